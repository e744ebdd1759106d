import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { evaluate } from "./evaluate.ts";

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
