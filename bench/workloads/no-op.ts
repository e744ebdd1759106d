/**
 * Workload (b): what a run costs when there is nothing to do, when one leaf changed, and when a root was
 * rebuilt to the same rows; at 30, 1,000 and 10,000 models.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Contender } from "../contest.ts";
import { fingerprints } from "../fingerprint.ts";
import { type BareJob, parquetOptions } from "../floors/job.ts";
import { datasetsIn } from "../generate/model-definition.ts";
import { modelPath, modelText } from "../generate/sluice-project.ts";
import type { Measured } from "../measure-process.ts";
import { chainPeers } from "../peers/chain-peers.ts";
import { absentPeers, peersNotAsked, programContender } from "../program-contender.ts";
import type { Goal } from "../result.ts";
import type { OpenRow, Row, RowContext } from "../row.ts";
import { type Evidence, noEvidence } from "../same-work.ts";
import { parseRun, publishedDatasets, sluiceCommand } from "../sluice-cli.ts";
import { type ChainProject, chainProject } from "./chain-project.ts";
import { type Change, changedModel, changeExpectation, ignoredColumns } from "./change.ts";

const floors = (file: string): string => fileURLToPath(new URL(`../floors/${file}`, import.meta.url));
const nodeStart = "node -e 0";
const walkAndStat = "node, walk and stat";
const walkAndSql = "node, walk and stat, its SQL in the bare engine";

/** Seconds beyond process start that a run with nothing to do may take, by number of models. */
const noOpGoals: Readonly<Record<number, number>> = { 30: 0.08, 1000: 0.12, 10_000: 0.3 };

/** Three rows for each size of project. */
export const noOpRows: readonly Row[] = [30, 1000, 10_000].flatMap((count) => [
  changeRow(count, "nothing", `nothing to do, ${count} models`, [
    { against: nodeStart, measure: "wall difference", atMost: noOpGoals[count] ?? 0 },
    { against: "SQLMesh", measure: "wall ratio", atMost: 0.01 },
    { against: "dbt-duckdb", measure: "wall ratio", atMost: 1 / 30 },
  ]),
  changeRow(count, "leaf", `one leaf changed, ${count} models`, [
    { against: walkAndSql, measure: "wall difference", atMost: 0.3 },
  ]),
  changeRow(count, "root", `a root rebuilt to the same rows, ${count} models`, []),
]);

function changeRow(count: number, change: Change, title: string, goals: readonly Goal[]): Row {
  const short = { nothing: "noop", leaf: "leaf", root: "root" }[change];
  return {
    id: `b-${count}-${short}`,
    workload: "b",
    title,
    temperature: "warm",
    subject: "sluice",
    goals,
    warmUps: 1,
    open: (context) => openChange(count, change, context),
  };
}

async function openChange(count: number, change: Change, context: RowContext): Promise<OpenRow> {
  const project = await chainProject(count, context);
  const { directory } = context;
  const node = (name: string, args: readonly string[]): Contender =>
    programContender({
      name,
      role: "floor",
      directory,
      repeat: 3,
      command: () => ({ program: process.execPath, args, directory }),
    });
  const floor =
    change === "nothing"
      ? [node(nodeStart, ["-e", "0"]), node(walkAndStat, [floors("walk.js"), project.directory])]
      : [await sqlFloor(project, change, context)];
  const peers = context.peers
    ? await chainPeers(project, count, change, context)
    : absentPeers(peersNotAsked);
  return {
    contenders: [...floor, changedSluice(project, change, directory), ...peers],
    facts: { models: count, "first build s": Number(project.firstBuild.toFixed(1)) },
  };
}

/** Counts the changes made to each project, over all rows. */
const editions = new Map<string, number>();

function changedSluice(project: ChainProject, change: Change, scratch: string): Contender {
  const command = sluiceCommand(project.directory, ["run", "--json"], project.compileCache);
  const none = { name: "sluice", role: "subject" as const, directory: scratch, command: () => command };
  if (change === "nothing") {
    const nothingDone = async (measured: Measured): Promise<Evidence> => {
      const { release, built, failed, reused } = parseRun(measured).summary;
      const all = project.chain.models.length + project.chain.sources.length;
      if (release !== null || built.length + failed.length > 0 || reused.length !== all) {
        throw new Error(
          `a run with nothing to do built ${built.length}, reused ${reused.length} of ${all} and published ${release}`,
        );
      }
      return noEvidence;
    };
    return programContender({ ...none, repeat: 3, evidence: nothingDone });
  }
  const name = project.chain[change];
  return programContender({
    ...none,
    async prepare() {
      const edition = (editions.get(project.directory) ?? 0) + 1;
      editions.set(project.directory, edition);
      await writeFile(
        join(project.directory, modelPath(name)),
        modelText(changedModel(project, change, edition)),
      );
    },
    async evidence(measured) {
      const { built, failed, held } = parseRun(measured).summary;
      const rebuilt = built.filter((dataset) => dataset !== name);
      if (failed.length + held.length + rebuilt.length > 0) {
        throw new Error(
          `changing ${name} also built ${rebuilt.length} datasets, such as ${rebuilt[0]}, and failed for ${failed.length}`,
        );
      }
      const published = (await publishedDatasets(project.directory)).find((dataset) => dataset.name === name);
      const outputs = await fingerprints(
        { outputs: { [name]: { files: published?.files ?? [] } }, ignored: ignoredColumns },
        scratch,
      );
      return { outputs, expected: changeExpectation(project, change) };
    },
  });
}

/** Start Node, look at all files, run the changed model's SQL over its inputs: what nobody can do without. */
async function sqlFloor(
  project: ChainProject,
  change: "leaf" | "root",
  { directory }: RowContext,
): Promise<Contender> {
  await mkdir(directory, { recursive: true });
  const model = changedModel(project, change, 1);
  const published = await publishedDatasets(project.directory);
  const inputs = datasetsIn(
    model.sql,
    published.map((dataset) => dataset.name),
  ).flatMap((table) => {
    const files = published.find((dataset) => dataset.name === table)?.files ?? [];
    return [{ table, files }];
  });
  const output = join(directory, "floor.parquet");
  const job: BareJob = {
    walk: project.directory,
    settings: [],
    parquet: parquetOptions,
    inputs,
    steps: [{ table: model.name, sql: model.sql, output }],
  };
  const jobPath = join(directory, "floor.json");
  await writeFile(jobPath, JSON.stringify(job));
  return programContender({
    name: walkAndSql,
    role: "floor",
    directory,
    command: () => ({ program: process.execPath, args: [floors("bare-engine.js"), jobPath], directory }),
    evidence: async () => ({
      outputs: await fingerprints(
        { outputs: { [model.name]: { files: [output] } }, ignored: ignoredColumns },
        directory,
      ),
      expected: changeExpectation(project, change),
    }),
  });
}
