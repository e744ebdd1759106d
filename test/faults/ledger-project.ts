/**
 * A project in which every loss and every doubling shows: two sources that count the same batches, one over
 * files and one over a generator with a cursor, and models on both that must agree.
 */
import type { ProjectFiles } from "../e2e/project-on-disk.ts";

const ticks = `import { check, files, source, t } from "sluice";
export default source({
  owner: "ledger-team",
  from: files("landing/ticks/*.csv"),
  columns: { id: t.integer().key(), batch: t.integer(), value: t.text().minLength(1) },
  checks: [check.rowCount({ min: 1 })],
  quarantine: { warn: 1, stop: 1 },
});
`;

/** Reads one file a page, as an API would be read, and remembers the last page. */
const pages = `import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { generator, source, t } from "sluice";
export default source({
  owner: "ledger-team",
  from: generator(async function* ({ cursor, directory }) {
    for (let page = ((cursor as number | undefined) ?? 0) + 1; ; page += 1) {
      const path = join(directory, "pages", \`\${page}.json\`);
      if (!existsSync(path)) return;
      yield { records: JSON.parse(readFileSync(path, "utf8")) as unknown[], cursor: page };
    }
  }),
  columns: { id: t.integer().key(), batch: t.integer(), value: t.text() },
  quarantine: { warn: 1, stop: 1 },
});
`;

const computed = `import { model, t } from "sluice";
import ticks from "../../sources/raw/ticks.ts";
export default model({
  inputs: { ticks },
  columns: { batch: t.integer().key(), letters: t.integer() },
  async *rows({ ticks }) {
    const letters = new Map<number, number>();
    for await (const { batch, value } of ticks) letters.set(Number(batch), (letters.get(Number(batch)) ?? 0) + String(value).length);
    for (const [batch, sum] of letters) yield { batch, letters: sum };
  },
});
`;

/** The definitions; `workers` build at once. */
const definitions = (workers: number): ProjectFiles => ({
  "sluice.config.ts": `import { project } from "sluice";
export default project({ name: "ledger", state: "state/state.db", engine: { workers: ${workers}, memory: "600MB" } });
`,
  "sources/raw/ticks.ts": ticks,
  "sources/raw/pages.ts": pages,
  "models/a/newest.sql": "select max(batch) as batch, count(*) as rows from raw.ticks",
  "models/b/newest.sql": "select max(batch) as batch, count(*) as rows from raw.pages",
  "models/b/computed.ts": computed,
  "models/c/both.sql":
    "select t.batch, count(distinct t.id) as ticks, count(distinct p.id) as pages from raw.ticks t join raw.pages p using (batch) group by t.batch",
});

const linesOf = (batch: number, rows: number): string =>
  Array.from({ length: rows }, (_, row) => {
    const id = batch * 1000 + row;
    // Every tenth breaks the contract, every fiftieth is no record at all.
    if (row % 50 === 7) return `${id},${batch},v,extra\n`;
    return row % 10 === 3 ? `${id},${batch},\n` : `${id},${batch},value ${id}\n`;
  }).join("");

const pageOf = (batch: number, page: number): string =>
  JSON.stringify(
    Array.from({ length: 40 }, (_, row) => ({
      id: page * 1000 + row,
      batch,
      value: row % 20 === 5 ? null : `page ${page}`,
    })),
  );

/** The ledger with its first batch. */
export const ledger = (workers = 2): ProjectFiles => ({
  ...definitions(workers),
  "landing/ticks/1.csv": `id,batch,value\n${linesOf(1, 120)}`,
  "landing/ticks/old.csv": `id,batch,value\n900001,0,old\n`,
  "landing/ticks/changing.csv": `id,batch,value\n900002,1,before\n`,
  "pages/1.json": pageOf(1, 1),
  "pages/2.json": pageOf(1, 2),
});

/** What arrives for a later batch: a new file, a changed one, a removed one, two pages. */
export const delivery = (batch: number): ProjectFiles => ({
  [`landing/ticks/${batch}.csv`]: `id,batch,value\n${linesOf(batch, 120)}`,
  "landing/ticks/changing.csv": `id,batch,value\n900002,${batch},after ${batch}\n`,
  ...(batch === 2 ? { "landing/ticks/old.csv": null } : {}),
  [`pages/${batch * 2 - 1}.json`]: pageOf(batch, batch * 2 - 1),
  [`pages/${batch * 2}.json`]: pageOf(batch, batch * 2),
});

/** What readers must agree on: one row in which every number is the same batch. */
export const agreement = `select (select max(batch) from raw.ticks)::integer as ticks, (select max(batch) from raw.pages)::integer as pages,
  (select batch from a.newest)::integer as a, (select batch from b.newest)::integer as b,
  (select max(batch) from b.computed)::integer as computed, (select max(batch) from c.both)::integer as both_of_them`;
