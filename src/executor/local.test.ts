import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import type { BuildWork } from "./executor.ts";
import { localExecutor } from "./local.ts";

/** Numbers of the processes of this machine that are workers of a project. */
async function workersOf(root: string): Promise<readonly string[]> {
  const ids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const found = ids.map(async (id) => {
    const text = await readFile(`/proc/${id}/environ`, "utf8").catch(() => "");
    return text.includes("SLUICE_WORKER=") && text.includes(root) ? [id] : [];
  });
  return (await Promise.all(found)).flat();
}

test("workers end when nothing more is expected, and others begin when more comes all the same", async () => {
  const root = await mkdtemp(join(tmpdir(), "sluice-executor-"));
  const settings = { root, storage: join(root, "data"), owner: "me-1-2", memory: 200_000_000, threads: 1 };
  const executor = localExecutor(1, settings);
  const work = (id: string): BuildWork => ({
    kind: "build",
    dataset: "a.b",
    attempt: `me-1-2/${id}`,
    keyPrefix: `a.b/${id}`,
    questions: [],
    others: [],
    sql: "select 1 as n",
    parameters: {},
    inputs: [],
    columns: [{ name: "n", engineType: "INTEGER" }],
    ordered: false,
  });
  const build = async (id: string): Promise<number> =>
    (await executor.run(work(id), { signal: new AbortController().signal, onProgress: () => undefined }))
      .rows;
  try {
    expect(await build("one")).toBe(1);
    const [first] = await workersOf(root);
    executor.cool();
    await vi.waitFor(async () => expect(await workersOf(root)).toEqual([]), { timeout: 20_000 });
    expect(await build("two")).toBe(1);
    expect(await workersOf(root)).not.toContain(first);
    // What is at work is not disturbed.
    const third = build("three");
    executor.cool();
    expect(await third).toBe(1);
    await executor.close();
    expect(await workersOf(root)).toEqual([]);
  } finally {
    await executor.close();
    await rm(root, { recursive: true, force: true });
  }
});
