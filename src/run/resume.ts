import { SluiceError } from "../errors.ts";
import { heardOf } from "./environment.ts";
import type { DatasetId, DatasetNode, Graph } from "../graph/graph.ts";
import { endOf } from "./cancel.ts";
import type { Ports } from "./ports.ts";
import type { CompiledProject } from "./prepare.ts";
import { findRun, type RunStatus, statusOf } from "./runs.ts";

/** What it takes to go on behind a run that did not come to its end. */
export interface Resumption {
  readonly run: RunStatus;
  /** The project that run was pinned to. */
  readonly project: CompiledProject;
  /** Whether that is the project of the files as they are now. */
  readonly isCurrent: boolean;
  /** The versions it had recorded, and those it had taken over itself. */
  readonly built: ReadonlyMap<DatasetId, string>;
}

/**
 * Find the run to go on with: the one whose id begins so, with the project it was pinned to; without an id the
 * environment's newest, only while the project is still the same. `current` compiles the project's files.
 * Errors: `unknown-run`, `run-over`, `resume-refused`, `project-invalid`.
 */
export async function resume(
  ports: Ports,
  { id, environment }: { readonly id: string | undefined; readonly environment: string },
  current: () => Promise<CompiledProject>,
): Promise<Resumption> {
  const run = id === undefined ? await newest(ports, environment) : await findRun(ports, id);
  await refuseOver(ports, run);
  const now = await current().catch((error: unknown) => {
    // Who names a run means the project as it was then.
    if (id === undefined || !(error instanceof SluiceError) || error.code !== "project-invalid") throw error;
    return undefined;
  });
  const isCurrent = now?.graphHash === run.graphHash;
  const project = isCurrent ? now : await pinnedProject(ports, run, now?.graph, id !== undefined);
  return { run, project, isCurrent, built: await builtBefore(ports, run) };
}

async function newest(ports: Ports, environment: string): Promise<RunStatus> {
  const [run] = await ports.store.runs(1, { environment });
  if (run !== undefined) return statusOf(ports, run);
  await heardOf(ports, environment);
  throw new SluiceError("unknown-run", `"${environment}" has had no run`, {
    hint: `sluice run --env ${environment} is its first`,
  });
}

/** Errors: `run-over`, `resume-refused`. */
async function refuseOver({ store }: Ports, run: RunStatus): Promise<void> {
  const { id, environment, state, base } = run;
  const name = `run ${id} of "${environment}"`;
  if (state === "running") {
    throw new SluiceError("resume-refused", `${name} is still on its way`, {
      hint: `sluice cancel ${id.slice(0, 8)} stops it`,
    });
  }
  if (state === "published" || state === "unchanged" || state === "superseded") {
    throw new SluiceError("run-over", `${name} has nothing left to go on with; ${endOf(run)}`, {
      hint: `sluice run --env ${environment} does what there is to do now`,
    });
  }
  if (run.promotes !== undefined) {
    const from = run.promotes.slice(0, run.promotes.lastIndexOf("@"));
    throw new SluiceError("resume-refused", `${name} promoted ${run.promotes}`, {
      hint: `sluice promote ${from} ${environment}: what that run finished is not built twice`,
    });
  }
  const stands = (await store.environment(environment))?.release ?? 0;
  if (stands === base) return;
  throw new SluiceError(
    "resume-refused",
    `${name} started from release ${base}, and "${environment}" has moved on to release ${stands}`,
    { hint: `sluice run --env ${environment}: what that run finished is not built twice` },
  );
}

/** The project as the run had it. Code is not kept with it, so code must be what it was. Errors: `resume-refused`. */
async function pinnedProject(
  { store }: Ports,
  run: RunStatus,
  now: Graph | undefined,
  isNamed: boolean,
): Promise<CompiledProject> {
  const anew = `sluice run --env ${run.environment} goes on with the project as it is now; what was finished is not built twice`;
  if (!isNamed) {
    throw new SluiceError("resume-refused", `the project has changed since run ${run.id}`, {
      hint: `${anew}; sluice resume ${run.id.slice(0, 8)} goes on with it as it was`,
    });
  }
  const graph = await store.graph(run.graphHash);
  if (graph === undefined) throw new Error(`the project of run ${run.id} was not saved`);
  const today = new Map(now?.datasets.map((node) => [node.id, node]));
  const moved = graph.datasets.filter((node) => {
    const other = today.get(node.id);
    return isCode(node) && (other?.fingerprint !== node.fingerprint || other.path !== node.path);
  });
  if (moved.length === 0) return { graph, graphHash: run.graphHash };
  const names = moved.map(({ id }) => id).join(", ");
  throw new SluiceError(
    "resume-refused",
    now === undefined
      ? `the project does not compile now, so nobody can tell whether the code of ${names} is still what run ${run.id} started with`
      : `the code of ${names} is not what run ${run.id} started with`,
    { hint: anew },
  );
}

const isCode = (node: DatasetNode): boolean =>
  node.kind === "source" ? node.from.kind === "generator" : node.by.kind === "rows";

async function builtBefore({ store }: Ports, run: RunStatus): Promise<ReadonlyMap<DatasetId, string>> {
  const built = new Map<DatasetId, string>();
  let id: string | undefined = run.id;
  while (id !== undefined) {
    for (const [dataset, version] of await store.builtBy(id))
      if (!built.has(dataset)) built.set(dataset, version);
    const [earlier]: readonly { readonly resumes?: string }[] = await store.runs(1, { id });
    id = earlier?.resumes;
  }
  return built;
}
