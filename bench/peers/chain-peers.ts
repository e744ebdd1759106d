/** Peers in workload (b): nothing to do, one leaf changed, a root rebuilt to the same rows. */
import { cp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Contender } from "../contest.ts";
import { fingerprints } from "../fingerprint.ts";
import type { ModelDefinition } from "../generate/model-definition.ts";
import { type Command, measureProcess } from "../measure-process.ts";
import { absentContender, programContender } from "../program-contender.ts";
import type { RowContext } from "../row.ts";
import { noEvidence } from "../same-work.ts";
import { type ChainProject, copyLanding } from "../workloads/chain-project.ts";
import { type Change, changedModel, changeExpectation, ignoredColumns } from "../workloads/change.ts";
import { chainSources } from "./chain-sources.ts";
import { dbtCommand, dbtPins } from "./dbt.ts";
import { dbtModelPath, dbtName, dbtSql, writeDbtProject } from "./dbt-project.ts";
import { pythonEnvironment } from "./python-environment.ts";
import { sqlmeshPins, sqlmeshPlan } from "./sqlmesh.ts";
import { sqlmeshModelPath, sqlmeshModelText, writeSqlmeshProject } from "./sqlmesh-project.ts";

/** What a peer brings to a changed project. */
interface ChainPeer {
  readonly name: string;
  readonly directory: string;
  readonly command: Command;
  /** The changed model's definition: path and text. */
  readonly rewrite: (model: ModelDefinition) => readonly [string, string];
  /** The table or view that holds a model. */
  readonly table: (dataset: string) => string;
}

/** dbt and SQLMesh with the project built once, or the reason why not. */
export async function chainPeers(
  project: ChainProject,
  count: number,
  change: Change,
  context: RowContext,
): Promise<readonly Contender[]> {
  const contenders: Contender[] = [];
  for (const { name, open, limit } of [
    // With nothing built dbt can still say that nothing changed, so there the size does not matter.
    { name: "dbt-duckdb", open: openDbt, limit: change === "nothing" ? Infinity : 1000 },
    { name: "SQLMesh", open: openSqlmesh, limit: 1000 },
  ]) {
    if (change === "root" && count > 30)
      contenders.push(absentContender(name, "peer", "it rebuilds everything downstream: see 30 models"));
    else if (count > limit)
      contenders.push(
        absentContender(name, "peer", `its first build of ${count} models would take an hour or more`),
      );
    else {
      const peer = await open(project, count, context);
      contenders.push(
        "notRun" in peer
          ? absentContender(name, "peer", peer.notRun)
          : changedPeer(peer, project, change, context.directory),
      );
    }
  }
  return contenders;
}

function changedPeer(peer: ChainPeer, project: ChainProject, change: Change, scratch: string): Contender {
  const program = { name: peer.name, role: "peer" as const, directory: scratch, command: () => peer.command };
  if (change === "nothing") return programContender({ ...program, evidence: async () => noEvidence });
  let edition = 0;
  return programContender({
    ...program,
    async prepare() {
      edition += 1;
      const [path, text] = peer.rewrite(changedModel(project, change, edition));
      await writeFile(join(peer.directory, path), text);
    },
    async evidence() {
      const name = project.chain[change];
      const database = { file: join(peer.directory, "warehouse.duckdb"), catalog: "warehouse" };
      const outputs = { [name]: { table: peer.table(name) } };
      return {
        outputs: await fingerprints({ database, outputs, ignored: ignoredColumns }, scratch),
        expected: changeExpectation(project, change),
      };
    },
  });
}

/** Largest project that dbt builds before it is asked for changes; above it only parses. */
const dbtBuildLimit = 1000;

const opened = new Map<string, Promise<ChainPeer | { readonly notRun: string }>>();

function once(
  key: string,
  open: () => Promise<ChainPeer | { readonly notRun: string }>,
): Promise<ChainPeer | { readonly notRun: string }> {
  const known = opened.get(key) ?? open();
  opened.set(key, known);
  return known;
}

/** dbt with `state:modified+` against the manifest of the last build: its documented way to do only what changed. */
function openDbt(
  project: ChainProject,
  count: number,
  context: RowContext,
): Promise<ChainPeer | { readonly notRun: string }> {
  const directory = join(context.shared, `chain-${count}-dbt`);
  return once(directory, async () => {
    const environment = await pythonEnvironment(dbtPins);
    if ("notRun" in environment) return environment;
    const { models } = project.chain;
    const sources = chainSources(project.chain.sources, directory);
    const known = [...models, ...sources].map(({ name }) => name);
    await writeDbtProject(directory, models, sources);
    await copyLanding(project, directory);
    const first = await measureProcess(
      dbtCommand(environment.bin, directory, [count <= dbtBuildLimit ? "build" : "parse"]),
      join(context.shared, `chain-${count}-dbt-first`),
    );
    context.say(
      `  dbt ${count <= dbtBuildLimit ? "built" : "parsed"} ${count} models for the first time in ${first.sample.wall.toFixed(1)} s`,
    );
    await cp(join(directory, "target"), join(directory, "state"), { recursive: true });
    return {
      name: "dbt-duckdb",
      directory,
      command: dbtCommand(environment.bin, directory, [
        "build",
        "--select",
        "state:modified+",
        "--state",
        "state",
      ]),
      rewrite: (model) => [dbtModelPath(model.name), `${dbtSql(model.sql, known, sources)}\n`],
      table: (dataset) => `main.${dbtName(dataset)}`,
    };
  });
}

function openSqlmesh(
  project: ChainProject,
  count: number,
  context: RowContext,
): Promise<ChainPeer | { readonly notRun: string }> {
  const directory = join(context.shared, `chain-${count}-sqlmesh`);
  return once(directory, async () => {
    const environment = await pythonEnvironment(sqlmeshPins);
    if ("notRun" in environment) return environment;
    const sources = chainSources(project.chain.sources, directory);
    await writeSqlmeshProject(directory, project.chain.models, sources);
    await copyLanding(project, directory);
    const command = sqlmeshPlan(environment.bin, directory);
    const first = await measureProcess(command, join(context.shared, `chain-${count}-sqlmesh-first`));
    context.say(`  SQLMesh built ${count} models for the first time in ${first.sample.wall.toFixed(1)} s`);
    return {
      name: "SQLMesh",
      directory,
      command,
      rewrite: (model) => [sqlmeshModelPath(model.name), sqlmeshModelText(model, sources)],
      table: (dataset) => dataset,
    };
  });
}
