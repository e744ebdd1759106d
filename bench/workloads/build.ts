/**
 * Workload (a): 10 million raw rows become 30 models under 120 checks, audited and published; against the
 * same SQL and the same Parquet in the bare engine.
 */
import { mkdir, readdir, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Contender } from "../contest.ts";
import { fingerprints } from "../fingerprint.ts";
import { ordersJob } from "../generate/bare-job.ts";
import { verdictOf } from "../generate/check-sql.ts";
import { ordersChecks, ordersModels, seededViolations } from "../generate/orders-models/orders-models.ts";
import { ordersSources } from "../generate/orders-sources.ts";
import { type RawFormat, rawTables, writeOrders } from "../generate/orders.ts";
import { writeSluiceProject } from "../generate/sluice-project.ts";
import { readJson } from "../read-json.ts";
import { dbtBuildContender } from "../peers/dbt.ts";
import { sqlmeshBuildContender } from "../peers/sqlmesh.ts";
import { absentPeers, peersNotAsked, programContender } from "../program-contender.ts";
import type { Goal } from "../result.ts";
import type { Row, RowContext } from "../row.ts";
import type { CheckVerdict, Evidence } from "../same-work.ts";
import { sluiceBuildContender } from "./sluice-build.ts";

const bareEngine = fileURLToPath(new URL("../floors/bare-engine.js", import.meta.url));

const goals: readonly Goal[] = [
  { against: "bare engine", measure: "wall ratio", atMost: 1.1 },
  { against: "dbt-duckdb", measure: "wall ratio", atMost: 0.6 },
  { against: "SQLMesh", measure: "wall ratio", atMost: 0.5 },
];

/** The data a build has to produce, the checks it has to answer, and those that have to fail. */
export const buildExpectation: Evidence["expected"] = {
  outputs: ordersModels.map((model) => model.name),
  checks: ordersChecks.map((check) => check.id),
  failing: seededViolations,
};

/** Cold builds from CSV and from Parquet, and a warm one: the second delivery replaces all landing files. */
export const buildRows: readonly Row[] = [
  buildRow("a-csv", "csv", "30 models, 120 checks, from CSV, nothing there before", "cold"),
  buildRow("a-parquet", "parquet", "30 models, 120 checks, from Parquet, nothing there before", "cold"),
  buildRow("a-second", "csv", "30 models, 120 checks, the second delivery replaces every CSV file", "warm"),
];

function buildRow(id: string, format: RawFormat, title: string, temperature: Row["temperature"]): Row {
  return {
    id,
    workload: "a",
    title,
    temperature,
    subject: "sluice",
    // The goals are about building from nothing.
    goals: temperature === "cold" ? goals : goals.slice(0, 1),
    warmUps: 0,
    async open(context) {
      const project = join(context.directory, "sluice");
      // Everybody reads the same files, where Sluice wants them.
      const landing = join(project, "landing");
      await writeSluiceProject(project, ordersModels, ordersSources(format));
      const deliver = (delivery: number): Promise<void> =>
        writeOrders(landing, format, context.scale, delivery);
      const subject = await sluiceBuildContender({
        project,
        deliver,
        temperature,
        directory: context.directory,
        expected: buildExpectation,
      });
      const contenders: Contender[] = [
        bareContender("bare engine", landing, format, context, false),
        bareContender("bare engine + one query per check", landing, format, context, true),
        subject,
      ];
      if (context.peers && temperature === "cold") {
        const { directory, scale } = context;
        const peer = { directory, landing, format, scale, expected: buildExpectation };
        contenders.push(await dbtBuildContender(peer), await sqlmeshBuildContender(peer));
      } else {
        contenders.push(...absentPeers(context.peers ? "peers build from nothing only" : peersNotAsked));
      }
      const rows = rawTables(context.scale).reduce((sum, table) => sum + table.rows, 0);
      return {
        contenders,
        facts: { "raw rows": rows, "raw MB": Math.round((await bytesBelow(landing)) / 1e6), format },
      };
    },
  };
}

/** The floor: one process, the engine, its SQL. With checks it asks each by a query of its own. */
export function bareContender(
  name: string,
  landing: string,
  format: RawFormat,
  context: RowContext,
  withChecks: boolean,
): Contender {
  const directory = join(context.directory, withChecks ? "bare-checked" : "bare");
  const output = join(directory, "output");
  const jobPath = join(directory, "job.json");
  const job = ordersJob(landing, format, context.scale, output, withChecks);
  return programContender({
    name,
    role: "floor",
    directory,
    settle: true,
    async prepare() {
      await rm(output, { recursive: true, force: true });
      await mkdir(output, { recursive: true });
      await writeFile(jobPath, JSON.stringify(job));
    },
    command: () => ({ program: process.execPath, args: [bareEngine, jobPath], directory }),
    async evidence() {
      const outputs = await fingerprints(
        {
          outputs: Object.fromEntries(job.steps.map((step) => [step.table, { files: [step.output] }])),
          ignored: [],
        },
        directory,
      );
      const verdicts =
        job.answers === undefined
          ? undefined
          : verdictsOf(await readJson<Record<string, number>>(job.answers));
      return { outputs, expected: buildExpectation, ...(verdicts ? { verdicts } : {}) };
    },
  });
}

function verdictsOf(answers: Readonly<Record<string, number>>): Record<string, CheckVerdict> {
  return Object.fromEntries(
    ordersChecks.flatMap((check) => {
      const value = answers[check.id];
      return value === undefined ? [] : [[check.id, verdictOf(check, value)] as const];
    }),
  );
}

async function bytesBelow(directory: string): Promise<number> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const sizes = await Promise.all(
    entries.filter((e) => e.isFile()).map(async (e) => (await stat(join(e.parentPath, e.name))).size),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
