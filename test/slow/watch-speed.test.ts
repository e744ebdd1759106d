import { appendFile } from "node:fs/promises";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { median } from "../../bench/statistics.ts";
import { projectOnDisk } from "../e2e/project-on-disk.ts";

const count = 1000;
const name = (index: number): string => `layer_${Math.floor(index / 100)}.m_${index}`;

/** A thousand models in ten layers, each reading two of the layer before. */
function project(): Record<string, string> {
  const files: Record<string, string> = {
    "sluice.config.ts": 'import { project } from "sluice";\nexport default project({ name: "large" });\n',
    "sources/raw/orders.ts":
      'import { files, source, t } from "sluice";\nexport default source({ from: files("landing/*.csv"), columns: { id: t.text().key(), amount: t.integer() } });\n',
  };
  for (let index = 0; index < count; index++) {
    const above = index < 100 ? "raw.orders" : name(index - 100);
    const beside = index < 100 ? "raw.orders" : name(index - 100 + (index % 7));
    files[`models/${name(index).replace(".", "/")}.sql`] =
      `/*---\nowner: us\ncolumns:\n  id: { key: true }\n---*/\nselect a.id, a.amount + b.amount as amount\nfrom ${above} a join ${beside} b on a.id = b.id\n`;
  }
  return files;
}

/** Milliseconds that this machine needs at this moment to start Node and do nothing. */
function nodeStart(): number {
  const started = performance.now();
  spawnSync(process.execPath, ["-e", "0"]);
  return performance.now() - started;
}

test("check --watch answers within 300 ms of a save in a project of 1,000 models", async () => {
  await using root = await projectOnDisk(project());
  let arrived = Promise.withResolvers<string>();
  const { child, ended } = root.start(["check", "--watch", "--json"], {
    onLine: (line) => arrived.resolve(line),
  });
  expect(JSON.parse(await arrived.promise)).toMatchObject({ models: count, diagnostics: [] });
  const times: number[] = [];
  const starts: number[] = [];
  for (let save = 0; save < 9; save++) {
    arrived = Promise.withResolvers<string>();
    const started = performance.now();
    await appendFile(join(root.root, `models/${name(100 * save).replace(".", "/")}.sql`), `-- ${save}\n`);
    expect(JSON.parse(await arrived.promise)).toMatchObject({ models: count, diagnostics: [] });
    times.push(performance.now() - started);
    starts.push(nodeStart());
  }
  child.kill("SIGINT");
  expect((await ended).code).toBe(0);
  // A busy machine starts Node more slowly as well.
  expect(median(times)).toBeLessThan(Math.max(300, 6 * median(starts)));
});
