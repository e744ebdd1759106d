/**
 * Workload (e): a little is new. A year of orders lies in 365 files, built and published, into a model of a row for each
 * order with a key, and one by day and product. Then one percent more comes, or one day is replaced; against the bare
 * engine that is told what is new and reads that alone, and against Sluice building everything anew.
 */
import { mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { bareContender, bareEngine } from "../bare-contender.ts";
import type { Contender } from "../contest.ts";
import { fingerprints } from "../fingerprint.ts";
import { type BareJob, parquetOptions } from "../floors/job.ts";
import { measureProcess } from "../measure-process.ts";
import { programContender } from "../program-contender.ts";
import type { Row, RowContext } from "../row.ts";
import type { Evidence } from "../same-work.ts";
import { parseRun, publishedDatasets, sluiceCommand } from "../sluice-cli.ts";
import { cloneState } from "./sluice-build.ts";

const floor = "bare engine, told what is new";
const anew = "sluice, everything anew";
const days = 365;

const source = `import { files, source, t } from "sluice";
export default source({
  from: files("landing/orders/*.parquet"),
  columns: { id: t.integer(), at: t.timestamp(), customer: t.integer().min(0), product: t.text(), amount: t.decimal(10, 2).min(0) },
});
`;

/** The models; the first is built in parts by files, the second by days. */
const models = {
  "shop.lines": {
    settings: `materialized: append
columns:
  id: { key: true }
  customer: { min: 0 }
checks:
  - row_count: { min: 1 }`,
    sql: `select id, "at", customer, upper(product) as product, amount, amount * 1.21 as gross from raw.orders where amount >= 1`,
  },
  "shop.daily": {
    settings: "materialized: { interval: { by: day, grain: day } }",
    sql: `select cast("at" as date) as day, product, count(*) as orders, cast(sum(amount) as decimal(18, 2)) as amount
from raw.orders group by all`,
  },
} as const;

type Model = keyof typeof models;

const quoted = (path: string): string => path.replaceAll("'", "''");

/** Write the orders of one day; another edition has other amounts. */
async function writeDay(path: string, day: number, rows: number, edition = 0): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  await connection.run(`copy (select (${day * 10_000_000} + i)::bigint as id,
      timestamp '2025-01-01' + to_days(${day}) + to_seconds((i % 86400)::bigint) as "at", (hash(i, ${day}) % 500000)::bigint as customer,
      concat('product ', hash(i, 1) % 300) as product, ((hash(i, ${day + 1}, ${edition}) % 20000) / 100)::decimal(10, 2) as amount
    from range(${rows}) r(i)) to '${quoted(path)}' (format parquet, compression zstd)`);
  connection.closeSync();
  instance.closeSync();
}

interface Increment {
  readonly id: string;
  readonly title: string;
  readonly model: Model;
  /** The day that comes or is replaced, and how many rows it has then, of as many as all have together. */
  readonly day: number;
  readonly rows: (all: number) => number;
}

const increments: readonly Increment[] = [
  {
    id: "e-append",
    title: "one percent more orders, row by row",
    model: "shop.lines",
    day: days,
    rows: (all) => Math.round(all / 100),
  },
  {
    id: "e-interval",
    title: "365 days, one of them replaced",
    model: "shop.daily",
    day: 200,
    rows: (all) => Math.round(all / days),
  },
];

async function open(increment: Increment, { directory, scale, say }: RowContext) {
  const { model, day } = increment;
  const all = Math.max(Math.round(10_000_000 * scale), 36_500);
  const project = join(directory, "sluice");
  const landing = join(project, "landing", "orders");
  const fileOf = (number: number): string => join(landing, `day-${String(number).padStart(3, "0")}.parquet`);
  say(`  writing ${all} rows`);
  for (let number = 0; number < days; number++)
    await writeDay(fileOf(number), number, Math.round(all / days));
  await writeProject(project, model);
  const compileCache = join(directory, "compile-cache");
  const before = join(directory, "state-before");
  const run = sluiceCommand(project, ["run", "--json"], compileCache);
  await measureProcess(run, join(directory, "first-build"));
  await rename(join(project, ".sluice"), before);
  await writeDay(fileOf(day), day, increment.rows(all), 1);
  const names = await readdir(landing);
  const rest = names.map((name) => join(landing, name)).filter((path) => path !== fileOf(day));
  const base = await buildBare(directory, "base", model, rest);
  const expected = { outputs: ["raw.orders", model], checks: [], failing: [] };
  const shared = { directory, project, model, expected, run };
  return {
    contenders: [
      bareFloor(shared, fileOf(day), base),
      sluiceContender({ ...shared, name: anew, role: "floor", prepare: async () => undefined }),
      sluiceContender({
        ...shared,
        name: "sluice",
        role: "subject",
        prepare: () => cloneState(before, join(project, ".sluice")),
      }),
    ],
    facts: { rows: all, new: increment.rows(all) },
  };
}

async function writeProject(project: string, model: Model): Promise<void> {
  const { settings, sql } = models[model];
  const files = {
    "sluice.config.ts": `import { project } from "sluice";\nexport default project({ name: "bench" });\n`,
    "sources/raw/orders.ts": source,
    [`models/${model.replace(".", "/")}.sql`]: `/*---\n${settings}\n---*/\n${sql}\n`,
  };
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(project, path)), { recursive: true });
    await writeFile(join(project, path), text);
  }
}

type Outputs = Readonly<Record<string, string>>;

function bareJob(
  output: string,
  model: Model,
  landed: readonly string[],
): { job: BareJob; outputs: Outputs } {
  const outputs = { "raw.orders": join(output, "orders.parquet"), [model]: join(output, "model.parquet") };
  const list = landed.map((path) => `'${quoted(path)}'`).join(", ");
  const job: BareJob = {
    settings: [],
    parquet: parquetOptions,
    inputs: [],
    steps: [
      {
        table: "raw.orders",
        sql: `select * from read_parquet([${list}])`,
        output: outputs["raw.orders"] ?? "",
      },
      { table: model, sql: models[model].sql, output: outputs[model] ?? "" },
    ],
  };
  return { job, outputs };
}

async function buildBare(
  directory: string,
  name: string,
  model: Model,
  landed: readonly string[],
): Promise<Outputs> {
  const { job, outputs } = bareJob(join(directory, name), model, landed);
  await mkdir(join(directory, name), { recursive: true });
  const path = join(directory, `${name}.json`);
  await writeFile(path, JSON.stringify(job));
  await measureProcess(
    { program: process.execPath, args: [bareEngine, path], directory },
    join(directory, name),
  );
  return outputs;
}

interface Shared {
  readonly directory: string;
  readonly project: string;
  readonly model: Model;
  readonly expected: Evidence["expected"];
  readonly run: ReturnType<typeof sluiceCommand>;
}

/** It reads the file that is new, and nothing else; what is older lies beside it. */
function bareFloor({ directory, model, expected }: Shared, landed: string, base: Outputs): Contender {
  const output = join(directory, "bare");
  const { job, outputs } = bareJob(output, model, [landed]);
  const path = join(directory, "bare.json");
  const both = Object.keys(outputs).map(
    (name) => [name, { files: [base[name] ?? "", outputs[name] ?? ""] }] as const,
  );
  return bareContender({
    name: floor,
    directory,
    output,
    job,
    path,
    evidence: async () => ({
      outputs: await fingerprints({ outputs: Object.fromEntries(both), ignored: [] }, directory),
      expected,
    }),
  });
}

function sluiceContender({
  name,
  role,
  directory,
  project,
  expected,
  run,
  prepare,
}: Shared & Pick<Contender, "name" | "role"> & { readonly prepare: () => Promise<void> }): Contender {
  return programContender({
    name,
    role,
    directory,
    settle: true,
    prepare: async () => {
      await rm(join(project, ".sluice"), { recursive: true, force: true });
      await prepare();
    },
    command: () => run,
    evidence: async (measured) => {
      const { summary } = parseRun(measured);
      if (summary.release === null || summary.failed.length + summary.held.length > 0)
        throw new Error(`the run was not clean: ${JSON.stringify(summary)}`);
      const published = await publishedDatasets(project);
      const outputs = Object.fromEntries(
        published.map(({ name: dataset, files, without }) => [dataset, { files, without }]),
      );
      return { outputs: await fingerprints({ outputs, ignored: ["sluice_file"] }, directory), expected };
    },
  });
}

/** One row for each way in which a little is new. */
export const incrementRows: readonly Row[] = increments.map((increment) => ({
  id: increment.id,
  workload: "e",
  title: increment.title,
  temperature: "warm",
  subject: "sluice",
  goals: [
    { against: floor, measure: "wall ratio", atMost: 1.3 },
    { against: anew, measure: "wall ratio", atMost: 0.04 },
  ],
  warmUps: 1,
  open: (context) => open(increment, context),
}));
