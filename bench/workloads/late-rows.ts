/**
 * Workload (e), late rows: 1 % more changes come to a model that keeps the last row of each key; against building
 * everything anew, in Sluice and in the bare engine.
 */
import { execFile } from "node:child_process";
import { link, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { DuckDBInstance } from "@duckdb/node-api";
import { type BareJob, parquetOptions } from "../floors/job.ts";
import { changeRows, writeChanges } from "../generate/changes.ts";
import { bareContender } from "../bare-contender.ts";
import type { Contender } from "../contest.ts";
import { programContender } from "../program-contender.ts";
import type { Row } from "../row.ts";
import type { Evidence } from "../same-work.ts";
import { askSluice, parseRun, sluiceCommand } from "../sluice-cli.ts";

const everything = "sluice, everything";

const project: Readonly<Record<string, string>> = {
  "sluice.config.ts": `import { project } from "sluice";
export default project({ name: "shop" });
`,
  "sources/raw/changes.ts": `import { files, source, t } from "sluice";
export default source({ from: files("landing/*.parquet"), columns: { order_id: t.integer(), changed_at: t.timestamp(),
  state: t.text(), amount: t.decimal(9, 2).min(0), customer: t.text(), note: t.text(), gone: t.boolean() } });
`,
  "models/shop/orders.sql": `/*---
materialized: { upsert: { order: changed_at, deleted: gone } }
columns:
  order_id: { key: true }
  amount: { min: 0 }
  state: { oneOf: [placed, paid, shipped, delivered] }
---*/
from raw.changes
`,
};

/** What tells one content from another: the number of rows, and the sum of their hashes. */
const content = `select count(*)::integer as rows, sum(hash(order_id, changed_at, state, amount, customer, note)::hugeint)::varchar as hash
  from shop.orders`;

export const lateRowsRow: Row = {
  id: "e-late",
  workload: "e",
  title: "1 % of late rows, kept by key",
  temperature: "warm",
  subject: "sluice",
  goals: [{ against: everything, measure: "wall ratio", atMost: 0.04 }],
  warmUps: 0,
  async open({ directory, scale, say }) {
    const landing = join(directory, "landing");
    say(`  writing ${changeRows(scale).first} rows`);
    await writeChanges(landing, scale);
    const compileCache = join(directory, "compile-cache");
    const [whole, step] = [join(directory, "whole"), join(directory, "step")];
    for (const root of [whole, step]) await writeProject(root);
    for (const [root, name] of [
      [whole, "first"],
      [whole, "late"],
      [step, "first"],
    ] as const)
      await deliver(landing, root, name);
    await askRun(step, compileCache);
    await promisify(execFile)("cp", ["-a", join(step, ".sluice"), join(directory, "before")]);
    return {
      contenders: [
        bareFloor(directory, landing),
        sluiceContender(everything, "floor", whole, compileCache, () =>
          rm(join(whole, ".sluice"), { recursive: true, force: true }),
        ),
        sluiceContender("sluice", "subject", step, compileCache, async () => {
          await rm(join(step, ".sluice"), { recursive: true, force: true });
          await promisify(execFile)("cp", ["-a", join(directory, "before"), join(step, ".sluice")]);
          await deliver(landing, step, "late");
        }),
      ],
      facts: { ...changeRows(scale) },
    };
  },
};

async function writeProject(root: string): Promise<void> {
  for (const [path, text] of Object.entries(project)) {
    await mkdir(join(root, path, ".."), { recursive: true });
    await writeFile(join(root, path), text);
  }
  await mkdir(join(root, "landing"), { recursive: true });
}

async function deliver(from: string, root: string, name: string): Promise<void> {
  const place = join(root, "landing", `${name}.parquet`);
  await rm(place, { force: true });
  await link(join(from, `${name}.parquet`), place);
}

/** A run that is not measured. */
async function askRun(root: string, compileCache: string): Promise<void> {
  const { args, env } = sluiceCommand(root, ["run"], compileCache);
  await promisify(execFile)(process.execPath, [...args], { cwd: root, env: { ...process.env, ...env } });
}

function sluiceContender(
  name: string,
  role: "floor" | "subject",
  root: string,
  compileCache: string,
  prepare: () => Promise<void>,
): Contender {
  return programContender({
    name,
    role,
    directory: root,
    settle: true,
    prepare,
    command: () => sluiceCommand(root, ["run", "--json"], compileCache),
    evidence: async (measured) => {
      const { summary } = parseRun(measured);
      if (summary.release === null || summary.failed.length > 0)
        throw new Error(`nothing was published: ${JSON.stringify(summary)}`);
      const [row] = await askSluice<readonly { readonly rows: number; readonly hash: string }[]>(
        root,
        ["query", content],
        compileCache,
      );
      if (row === undefined) throw new Error("the query gave no row");
      return evidenceOf(row);
    },
  });
}

const evidenceOf = (orders: { readonly rows: number; readonly hash: string }): Evidence => ({
  outputs: { "shop.orders": orders },
  expected: { outputs: ["shop.orders"], checks: [], failing: [] },
});

/** The content of a Parquet file. */
async function contentOf(path: string): Promise<{ readonly rows: number; readonly hash: string }> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  try {
    const sql = content.replace("shop.orders", `read_parquet('${path.replaceAll("'", "''")}')`);
    const reader = await connection.runAndReadAll(sql);
    const [row] = reader.getRowObjectsJS() as unknown as { readonly rows: number; readonly hash: string }[];
    if (row === undefined) throw new Error(`nothing came of ${path}`);
    return row;
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** The floor: the raw rows as Parquet, and of each key the last row, as people write it. */
function bareFloor(directory: string, landing: string): Contender {
  const output = join(directory, "bare");
  const jobPath = join(directory, "job.json");
  const quoted = (path: string): string => path.replaceAll("'", "''");
  const file = (table: string): string => join(output, `${table}.parquet`);
  const job: BareJob = {
    settings: [`set temp_directory = '${quoted(join(output, "spill"))}'`],
    parquet: parquetOptions,
    inputs: [],
    steps: [
      {
        table: "raw.changes",
        sql: `select * from read_parquet('${quoted(landing)}/*.parquet')`,
        output: file("raw.changes"),
      },
      {
        table: "shop.orders",
        sql: `select * from (select * from raw.changes qualify row_number() over (
          partition by order_id order by changed_at desc, state desc, amount desc, customer desc, note desc, gone desc) = 1) where not gone`,
        output: file("shop.orders"),
      },
    ],
  };
  return bareContender({
    name: "bare engine, everything",
    directory,
    output,
    job,
    path: jobPath,
    evidence: async () => evidenceOf(await contentOf(file("shop.orders"))),
  });
}
