import { appendFile, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fileSink } from "./file.ts";

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "sluice-sink-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

test("each document is a line, appended, whoever else appends", async () => {
  const path = join(directory, "events", "lineage.ndjson");
  const sinks = ["a", "b"].map((who) => ({ who, sink: fileSink(path) }));
  const long = "x".repeat(100_000);
  for (let n = 0; n < 20; n++) for (const { who, sink } of sinks) sink.send({ who, n, long });
  for (const { sink } of sinks) expect(await sink.close()).toEqual({ delivered: 20, lost: 0, to: path });
  const lines = (await readFile(path, "utf8"))
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as { who: string; n: number });
  for (const { who } of sinks)
    expect(lines.filter((line) => line.who === who).map(({ n }) => n)).toEqual([...Array(20).keys()]);
});

test("a line that was cut does not spoil the next", async () => {
  const path = join(directory, "cut.ndjson");
  await appendFile(path, '{"cut":');
  const sink = fileSink(path);
  sink.send({ whole: true });
  await sink.close();
  expect(await readFile(path, "utf8")).toBe('{"cut":\n{"whole":true}\n');
});

test("a file that cannot be written is told, and nothing thrown", async () => {
  const sink = fileSink(join(directory, "cut.ndjson", "below-a-file.ndjson"));
  sink.send(1);
  sink.send(2);
  expect(await sink.close()).toMatchObject({
    delivered: 0,
    lost: 2,
    problem: expect.stringMatching(/ENOTDIR|EEXIST/),
  });
});
