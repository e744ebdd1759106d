import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { DefinitionsThread, evaluate } from "./evaluate.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "sluice-evaluate-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** What became of a file with this code, given so many milliseconds. */
function evaluated(code: string, timeout: number): ReturnType<typeof evaluate> {
  writeFileSync(join(root, "a.ts"), code);
  return evaluate(root, [{ path: "a.ts" }], timeout);
}

test.each([
  ["computes for ever", "for (;;);"],
  ["waits for ever", "await new Promise((resolve) => setTimeout(resolve, 1e9));"],
])("a file that %s is given up", async (_, code) => {
  expect(await evaluated(code, 400)).toMatchObject({
    lostOn: { path: "a.ts" },
    problem: { message: "it does not finish loading within 0.4 s" },
  });
});

// To sleep in the middle of a computation is what a thread does that gets no processor.
const asleep = (milliseconds: number): string =>
  `Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ${milliseconds}); export default { kind: "value" };`;

test("a file whose thread got no processor is waited for, though not for ever", async () => {
  expect(await evaluated(asleep(1500), 400)).toMatchObject({ modules: [{ path: "a.ts" }] });
  expect(await evaluated(asleep(60_000), 200)).toMatchObject({ lostOn: { path: "a.ts" } });
});

test("a file that waits for nothing at all ends its thread", async () => {
  expect(await evaluated("await new Promise(() => {});", 60_000)).toMatchObject({ lostOn: { path: "a.ts" } });
});

test("a thread that goes on keeps what it has evaluated, and evaluates the rest", async () => {
  const value = (code: string): string => `export default { kind: "value", got: ${code} };`;
  writeFileSync(join(root, "a.ts"), value("process.hrtime.bigint().toString()"));
  writeFileSync(join(root, "b.ts"), `import a from "./a.ts"; ${value("a.got")}`);
  const thread = new DefinitionsThread(root);
  try {
    const first = await thread.evaluate([{ path: "a.ts" }], 10_000);
    const second = await thread.evaluate([{ path: "a.ts" }, { path: "b.ts" }], 10_000);
    if (!("modules" in first && "modules" in second)) throw new Error("the thread was lost");
    const got = second.modules.map(({ value: seen }) => seen?.["got"]);
    expect(got).toEqual(Array(2).fill(first.modules[0]?.value?.["got"]));
    expect(typeof got[0]).toBe("string");
  } finally {
    thread.close();
  }
});

test("a thread that its code ends between two questions says so", async () => {
  writeFileSync(join(root, "a.ts"), 'setTimeout(() => process.exit(), 1); export default { kind: "value" };');
  const thread = new DefinitionsThread(root);
  expect(await thread.evaluate([{ path: "a.ts" }], 10_000)).toMatchObject({ modules: [{ path: "a.ts" }] });
  expect(thread.isAlive).toBe(true);
  await expect.poll(() => thread.isAlive).toBe(false);
});
