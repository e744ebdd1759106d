/** Sluice as its users call it: the built program, one process a command, answers as JSON. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { RunEvent, RunSummary } from "../src/run/events.ts";
import type { CheckResult } from "../src/quality/verdict.ts";
import type { Command, Measured } from "./measure-process.ts";

const program = fileURLToPath(new URL("../bin/sluice.js", import.meta.url));

/** What a benchmark needs of a dataset that is published. */
export interface PublishedDataset {
  readonly name: string;
  readonly rows: number;
  /** Absolute paths of its Parquet files. */
  readonly files: readonly string[];
  /** By path: landing files whose rows in it nobody reads. */
  readonly without: Readonly<Record<string, readonly string[]>>;
}

/** A command of Sluice in a project. `compileCache` is where Node keeps the program's compiled code. */
export function sluiceCommand(project: string, args: readonly string[], compileCache: string): Command {
  return {
    program: process.execPath,
    args: [program, ...args],
    directory: project,
    env: { NODE_COMPILE_CACHE: compileCache },
  };
}

/** The events and the summary of a run. Errors: the last line is not the summary of a run. */
export function parseRun(measured: Pick<Measured, "stdout">): {
  readonly events: readonly RunEvent[];
  readonly summary: RunSummary;
} {
  const lines = measured.stdout.trim().split("\n");
  const summary = JSON.parse(lines.pop() ?? "null") as RunSummary | null;
  if (!Array.isArray(summary?.built))
    throw new Error(`the last line of the run is no summary: ${JSON.stringify(summary).slice(0, 300)}`);
  return { events: lines.map((line) => (JSON.parse(line) as { readonly event: RunEvent }).event), summary };
}

/** Run a command that is not measured, and read its JSON. */
export async function askSluice<T>(
  project: string,
  args: readonly string[],
  compileCache: string,
): Promise<T> {
  const { args: all, env } = sluiceCommand(project, [...args, "--json"], compileCache);
  const { stdout } = await promisify(execFile)(process.execPath, [...all], {
    cwd: project,
    env: { ...process.env, ...env },
    maxBuffer: 1 << 28,
  });
  return JSON.parse(stdout) as T;
}

/** Everything the environment `dev` publishes, with the files it lies in: versions may share them. */
export async function publishedDatasets(project: string): Promise<readonly PublishedDataset[]> {
  const { openSqliteStore } = await import("../src/store/sqlite.ts");
  const store = await openSqliteStore(join(project, ".sluice", "state.db"));
  try {
    const pointers = [...(await store.pointers("dev")).values()];
    const versions = await store.versions(pointers.map(({ version }) => version));
    const pathOf = (key: string): string => join(project, ".sluice", "data", ...key.split("/"));
    return versions.map(({ dataset, rows, files }) => ({
      name: dataset,
      rows,
      files: files.map(({ key }) => pathOf(key)),
      without: Object.fromEntries(
        files.flatMap(({ key, without }) =>
          without === undefined ? [] : [[pathOf(key), Object.keys(without)] as const],
        ),
      ),
    }));
  } finally {
    await store.close();
  }
}

/** Every check of a dataset's published version, with its outcome. */
export async function checkResults(
  project: string,
  dataset: string,
  compileCache: string,
): Promise<readonly CheckResult[]> {
  return (
    await askSluice<{ readonly checks: readonly CheckResult[] }>(project, ["show", dataset], compileCache)
  ).checks;
}
