import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { afterAll, beforeAll, expect, test } from "vitest";
import { measureProcess } from "./measure-process.ts";

let directory: string;
beforeAll(async () => void (directory = await mkdtemp(join(tmpdir(), "sluice-bench-test-"))));
afterAll(() => rm(directory, { recursive: true }));

const node = (script: string, more: { goodExits?: readonly number[]; limit?: number } = {}) =>
  measureProcess(
    { program: process.execPath, args: ["-e", script], directory, ...more },
    join(directory, "log"),
  );

const burn = "while (process.cpuUsage().user < 300_000);";
const spawnChild = (script: string, options = "{ stdio: 'ignore' }") =>
  `require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(script)}], ${options})`;

test("counts the CPU time of the processes it starts", async () => {
  const idle = await node("");
  const { sample } = await node(`${spawnChild(burn)}; ${spawnChild(burn)};`);
  expect(sample.cpu).toBeGreaterThan(0.4);
  expect(sample.cpu).toBeGreaterThan(idle.sample.cpu);
});

test("adds up the memory of the processes it starts", async () => {
  const hold = "const held = Buffer.alloc(120e6, 1)";
  // Children hold theirs until they are killed, which is a second after both have it.
  const child = spawnChild(
    `${hold}; console.log(held.length); setInterval(() => held.length, 1000)`,
    "{ stdio: ['ignore', 'pipe', 'ignore'] }",
  );
  const one = await node(`${hold}; setTimeout(() => held.length, 1000)`);
  const three = await node(`${hold}; const all = [${child}, ${child}];
    Promise.all(all.map(({ stdout }) => new Promise((told) => stdout.once('data', told)))).then(() =>
      setTimeout(() => all.forEach((one) => one.kill(held.length && 'SIGKILL')), 1000))`);
  expect(one.sample.peakMemory).toBeGreaterThan(120e6);
  expect(three.sample.peakMemory).toBeGreaterThan(one.sample.peakMemory + 200e6);
});

test("waits for the end, and keeps what was said", async () => {
  const { sample, stdout, stderr } = await node(
    "setTimeout(() => { console.log('out'); console.error('err') }, 200)",
  );
  expect(sample.wall).toBeGreaterThan(0.2);
  expect([stdout, stderr]).toEqual(["out\n", "err\n"]);
});

test("refuses a bad exit code with what was said, and accepts one that is good", async () => {
  await expect(node("console.error('no such table'); process.exit(3)")).rejects.toThrow(
    /exit code 3: no such table/,
  );
  expect((await node("process.exit(2)", { goodExits: [0, 2] })).exit).toBe(2);
});

test("stops a program that runs past its limit", async () => {
  await expect(node("setInterval(() => {}, 1000)", { limit: 0.3 })).rejects.toThrow(/stopped after 0.3 s/);
});

test("refuses a program that leaves work behind", async () => {
  const stays = "setTimeout(() => {}, 6000)";
  await expect(
    node(`${spawnChild(stays, "{ detached: true, stdio: 'ignore' }")}.unref(); setTimeout(() => {}, 150)`),
  ).rejects.toThrow(/left 1 processes behind/);
});
