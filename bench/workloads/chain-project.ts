import { cp, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type Chain, chain, writeChainLanding } from "../generate/chain.ts";
import { writeSluiceProject } from "../generate/sluice-project.ts";
import { measureProcess } from "../measure-process.ts";
import type { RowContext } from "../row.ts";
import { parseRun, sluiceCommand } from "../sluice-cli.ts";

/** A generated project of workload (b), built once by Sluice and with nothing left to do. */
export interface ChainProject {
  readonly chain: Chain;
  readonly directory: string;
  /** Where Node keeps Sluice's compiled code. */
  readonly compileCache: string;
  /** Seconds that the first build took; once, so an indication only. */
  readonly firstBuild: number;
}

const prepared = new Map<string, Promise<ChainProject>>();

/** The project of `count` models; the rows of one size share it. Errors: its first build fails. */
export function chainProject(count: number, context: RowContext): Promise<ChainProject> {
  const directory = join(context.shared, `chain-${count}`);
  const known = prepared.get(directory) ?? prepare(count, directory, context);
  prepared.set(directory, known);
  return known;
}

async function prepare(count: number, directory: string, context: RowContext): Promise<ChainProject> {
  const definitions = chain(count);
  const compileCache = join(context.shared, "compile-cache");
  await writeSluiceProject(directory, definitions.models, definitions.sources);
  await writeChainLanding(directory);
  const command = sluiceCommand(directory, ["run", "--json"], compileCache);
  const first = await measureProcess(command, join(context.shared, `chain-${count}-first`));
  const { built, failed } = parseRun(first).summary;
  if (failed.length > 0 || built.length !== count + definitions.sources.length) {
    throw new Error(
      `the first build of ${count} models built ${built.length} datasets and failed for ${failed.length}`,
    );
  }
  context.say(`  ${count} models built for the first time in ${first.sample.wall.toFixed(1)} s`);
  await measureProcess(command, join(context.shared, `chain-${count}-second`));
  return { chain: definitions, directory, compileCache, firstBuild: first.sample.wall };
}

/** A copy of the landing files for a peer. */
export async function copyLanding(project: ChainProject, directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  await cp(join(project.directory, "landing"), join(directory, "landing"), { recursive: true });
}
