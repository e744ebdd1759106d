/** Peers in workload (c): load the project, and say what a run would do, without running anything. */
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Contender } from "../contest.ts";
import { type Chain, withSameRows, writeChainLanding } from "../generate/chain.ts";
import type { ModelDefinition } from "../generate/model-definition.ts";
import { type Command, measureProcess } from "../measure-process.ts";
import { absentContender, programContender } from "../program-contender.ts";
import type { RowContext } from "../row.ts";
import { changedModels, type Edits } from "../workloads/changed-models.ts";
import { chainSources } from "./chain-sources.ts";
import { dbtCommand, dbtPins } from "./dbt.ts";
import { dbtModelPath, dbtSql, writeDbtProject } from "./dbt-project.ts";
import { pythonEnvironment } from "./python-environment.ts";
import { sqlmeshExplain, sqlmeshPins } from "./sqlmesh.ts";
import { sqlmeshModelPath, sqlmeshModelText, writeSqlmeshProject } from "./sqlmesh-project.ts";

/** Most models that SQLMesh is asked to load: more take it minutes each time. */
const sqlmeshLimit = 1000;

interface CompilePeer {
  readonly name: string;
  readonly directory: string;
  readonly command: Command;
  /** What it remembers between commands, relative to its directory. */
  readonly memory: readonly string[];
  readonly rewrite: (model: ModelDefinition) => readonly [path: string, text: string];
}

/** dbt and SQLMesh with the same project, or the reason why not. */
export async function compilePeers(
  project: Chain,
  edits: Edits,
  context: RowContext,
): Promise<readonly Contender[]> {
  const dbt = await openDbt(project, context);
  const sqlmesh =
    project.models.length > sqlmeshLimit
      ? { notRun: `loading ${project.models.length} models takes it minutes each time` }
      : await openSqlmesh(project, context);
  return Promise.all([
    compiling("dbt-duckdb", dbt, project, edits, context),
    compiling("SQLMesh", sqlmesh, project, edits, context),
  ]);
}

async function compiling(
  name: string,
  peer: CompilePeer | { readonly notRun: string },
  project: Chain,
  edits: Edits,
  { directory }: RowContext,
): Promise<Contender> {
  if ("notRun" in peer) return absentContender(name, "peer", peer.notRun);
  if (edits !== "cold") await measureProcess(peer.command, join(directory, `${name}-first`));
  let edition = 0;
  return programContender({
    name,
    role: "peer",
    directory,
    command: () => peer.command,
    async prepare() {
      if (edits === "cold") {
        for (const path of peer.memory)
          await rm(join(peer.directory, path), { recursive: true, force: true });
        return;
      }
      edition += 1;
      for (const model of changedModels(project, edits)) {
        const [path, text] = peer.rewrite(withSameRows(model, edition));
        await writeFile(join(peer.directory, path), text);
      }
    },
  });
}

/** `dbt compile`: parses the project and renders the SQL of every model; it knows no columns. */
async function openDbt(
  { models, sources: raw }: Chain,
  context: RowContext,
): Promise<CompilePeer | { readonly notRun: string }> {
  const environment = await pythonEnvironment(dbtPins);
  if ("notRun" in environment) return environment;
  const directory = join(context.directory, "dbt");
  const sources = chainSources(raw, directory);
  const known = [...models, ...sources].map(({ name }) => name);
  await writeDbtProject(directory, models, sources);
  await writeChainLanding(directory);
  return {
    name: "dbt-duckdb",
    directory,
    command: dbtCommand(environment.bin, directory, ["compile"]),
    memory: ["target"],
    rewrite: (model) => [dbtModelPath(model.name), `${dbtSql(model.sql, known, sources)}\n`],
  };
}

/** `sqlmesh plan --explain`: loads the project, infers columns, and says what the plan would do. */
async function openSqlmesh(
  { models, sources: raw }: Chain,
  context: RowContext,
): Promise<CompilePeer | { readonly notRun: string }> {
  const environment = await pythonEnvironment(sqlmeshPins);
  if ("notRun" in environment) return environment;
  const directory = join(context.directory, "sqlmesh");
  const sources = chainSources(raw, directory);
  await writeSqlmeshProject(directory, models, sources);
  await writeChainLanding(directory);
  return {
    name: "SQLMesh",
    directory,
    command: sqlmeshExplain(environment.bin, directory),
    memory: [".cache", "warehouse.duckdb"],
    rewrite: (model) => [sqlmeshModelPath(model.name), sqlmeshModelText(model, sources)],
  };
}
