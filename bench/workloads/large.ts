/**
 * Workload (j): more data than memory. A hundred million rows are read, checked against their contract, built into a
 * model with a unique key and eight more checks, and published, under a limit of 1 GiB that the system enforces; against
 * the same SQL and the same questions in the bare engine under the same limit.
 */
import { mkdir, rm, rmdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type BareJob, parquetOptions } from "../floors/job.ts";
import { fingerprints } from "../fingerprint.ts";
import { checkSql } from "../generate/check-sql.ts";
import { checksOf } from "../generate/model-definition.ts";
import { readingRows, readingsModel, readingsSource, writeReadings } from "../generate/readings.ts";
import { writeSluiceProject } from "../generate/sluice-project.ts";
import { bareContender } from "../bare-contender.ts";
import type { Contender } from "../contest.ts";
import type { Command } from "../measure-process.ts";
import { absentContender, programContender } from "../program-contender.ts";
import type { Row } from "../row.ts";
import type { Evidence } from "../same-work.ts";
import { parseRun, publishedDatasets, sluiceCommand } from "../sluice-cli.ts";

const limit = 2 ** 30;
const floor = "bare engine + one query per check";

/** A control group of this process that limits the memory of all who join it; version 1 of the system's groups. */
async function memoryGroup(): Promise<string | undefined> {
  const group = `/sys/fs/cgroup/memory/sluice-bench-${process.pid}`;
  try {
    await mkdir(group);
    await writeFile(join(group, "memory.limit_in_bytes"), String(limit));
    process.once("exit", () => void rmdir(group).catch(() => undefined));
    return group;
  } catch {
    return undefined;
  }
}

/** The same command, within the group. */
const inGroup = (group: string, command: Command): Command => ({
  ...command,
  program: "/bin/sh",
  args: ["-c", `echo $$ > '${group}/tasks' && exec "$@"`, "sh", command.program, ...command.args],
});

const expected: Evidence["expected"] = {
  outputs: ["raw.readings", readingsModel.name],
  checks: [],
  failing: [],
};

/** One row: cold, from Parquet. */
export const largeRow: Row = {
  id: "j",
  workload: "j",
  title: "100 million rows under 1 GiB: read, key, eight checks, published",
  temperature: "cold",
  subject: "sluice",
  goals: [
    { against: floor, measure: "wall ratio", atMost: 1.1 },
    { against: "sluice", measure: "peak memory", atMost: limit / 1e6 },
  ],
  warmUps: 0,
  async open({ directory, scale, say }) {
    const group = await memoryGroup();
    if (group === undefined) {
      const reason =
        "this system lets nobody limit the memory of a group of processes (control groups, version 1)";
      return {
        contenders: [absentContender(floor, "floor", reason), absentContender("sluice", "subject", reason)],
        facts: {},
      };
    }
    const project = join(directory, "sluice");
    const landing = join(project, "landing", "readings");
    await writeSluiceProject(project, [readingsModel], [readingsSource]);
    say(`  writing ${readingRows(scale)} rows`);
    await writeReadings(landing, scale);
    return {
      contenders: [bareFloor(group, directory, landing), sluiceContender(group, directory, project)],
      facts: { rows: readingRows(scale), "limit MiB": limit / 2 ** 20 },
    };
  },
};

function bareFloor(group: string, directory: string, landing: string): Contender {
  const output = join(directory, "bare");
  const jobPath = join(directory, "job.json");
  const quoted = (path: string): string => path.replaceAll("'", "''");
  const file = (table: string): string => join(output, `${table}.parquet`);
  const raw = `select * from read_parquet('${quoted(landing)}/*.parquet')`;
  const job: BareJob = {
    settings: ["set memory_limit = '700MB'", `set temp_directory = '${quoted(join(output, "spill"))}'`],
    parquet: parquetOptions,
    inputs: [],
    steps: [
      { table: "raw.readings", sql: raw, output: file("raw.readings") },
      { table: readingsModel.name, sql: readingsModel.sql, output: file(readingsModel.name) },
    ],
    checks: checksOf(readingsModel).map((check) => ({ id: check.id, sql: checkSql(check) })),
    answers: join(directory, "answers.json"),
  };
  const files = job.steps.map((step) => [step.table, { files: [step.output] }] as const);
  return bareContender({
    name: floor,
    directory,
    output,
    job,
    path: jobPath,
    within: (command) => inGroup(group, command),
    evidence: async () => ({
      outputs: await fingerprints({ outputs: Object.fromEntries(files), ignored: [] }, directory),
      expected,
    }),
  });
}

function sluiceContender(group: string, directory: string, project: string): Contender {
  const compileCache = join(directory, "compile-cache");
  const command = sluiceCommand(project, ["run", "--json"], compileCache);
  return programContender({
    name: "sluice",
    role: "subject",
    directory,
    settle: true,
    prepare: async () => {
      await rm(join(project, ".sluice"), { recursive: true, force: true });
      await rm(compileCache, { recursive: true, force: true });
    },
    command: () => inGroup(group, command),
    evidence: async (measured) => {
      const { summary } = parseRun(measured);
      if (summary.release === null || summary.failed.length > 0)
        throw new Error(`nothing was published: ${JSON.stringify(summary)}`);
      const published = await publishedDatasets(project);
      const outputs = Object.fromEntries(
        published.map(({ name, files, without }) => [name, { files, without }]),
      );
      return { outputs: await fingerprints({ outputs, ignored: ["sluice_file"] }, directory), expected };
    },
  });
}
