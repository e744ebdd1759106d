/** While releases are published and rolled back, every reader sees one of them, whole. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ProjectOnDisk, projectOnDisk } from "./project-on-disk.ts";
import { config } from "./shop-project.ts";

/** Two branches that must agree on the batch, however they are read. */
const agreement = `select
  (select max(batch) from raw.ticks)::integer as source,
  (select batch from a.newest)::integer as a,
  (select batch from b.newest)::integer as b,
  (select count(distinct batch) from raw.ticks)::integer as batches`;
const releases = 20;

const ticks = (batch: number): string =>
  `batch,value\n${Array.from({ length: 50 }, (_, value) => `${batch},${value}\n`).join("")}`;

let project: ProjectOnDisk;
beforeAll(async () => {
  project = await projectOnDisk({
    "sluice.config.ts": config(),
    "sources/raw/ticks.ts": `import { files, source, t } from "sluice";
export default source({ from: files("landing/ticks.csv"), columns: { batch: t.integer(), value: t.integer() } });
`,
    "models/a/newest.sql": "select max(batch) as batch from raw.ticks",
    "models/b/newest.sql": "select batch, count(*) as readings from raw.ticks group by batch",
    "landing/ticks.csv": ticks(1),
  });
  expect(await project.run()).toMatchObject({ code: 0, release: 1 });
});
afterAll(() => project[Symbol.asyncDispose]());

test(`${releases} releases and rollbacks, one reader after the other`, async () => {
  let publishing = true;
  const seen: number[] = [];
  const read = async (): Promise<void> => {
    while (publishing) {
      const [row] = await project.query(agreement);
      expect(row).toMatchObject({ source: row?.["a"], a: row?.["a"], b: row?.["a"], batches: 1 });
      seen.push(Number(row?.["a"]));
    }
  };
  const publish = async (): Promise<void> => {
    try {
      for (let release = 2; release <= releases; release += 1) {
        // New data, then back, then forward again: every kind of move.
        if (release % 3 === 2) await project.write({ "landing/ticks.csv": ticks(release) });
        if (release % 3 === 0) expect((await project.sluice(["rollback"])).code).toBe(0);
        else expect(await project.run()).toMatchObject({ code: 0, release, failed: [] });
      }
    } finally {
      publishing = false;
    }
  };
  await Promise.all([publish(), read()]);
  expect(await project.releases("--limit", "50")).toHaveLength(releases);
  expect(new Set(seen).size).toBeGreaterThan(2);
});
