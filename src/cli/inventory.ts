import { SluiceError } from "../errors.ts";
import type { DatasetId, Graph } from "../graph/graph.ts";
import type { Held, Pointer, Version } from "../graph/version.ts";
import type { Release } from "../store/store.ts";
import type { Workspace } from "../wiring.ts";
import { heardOf } from "../run/environment.ts";
import { pointedVersions } from "../run/pointed-versions.ts";
import type { Shell } from "./shell.ts";

/** What a project defines and what an environment publishes of it, at one moment. */
export interface Inventory {
  readonly environment: string;
  readonly graph: Graph;
  /** Absent before the first release. */
  readonly release: Release | undefined;
  readonly pointers: ReadonlyMap<DatasetId, Pointer>;
  /** The published version of each dataset. */
  readonly versions: ReadonlyMap<DatasetId, Version>;
  readonly held: Readonly<Record<DatasetId, Held>>;
}

/**
 * Look at a project and an environment together. A project that does not compile is no reason to hide what
 * is published: then the project of the current release answers, and the user is told. Errors: `unknown-environment`,
 * `project-invalid`.
 */
export async function readInventory(
  shell: Shell,
  workspace: Workspace,
  environment: string,
): Promise<Inventory> {
  const { store } = workspace.ports;
  await heardOf(workspace.ports, environment);
  const number = (await store.environment(environment))?.release ?? 0;
  const release = number === 0 ? undefined : await store.release(environment, number);
  const graph = await currentGraph(shell, workspace, release);
  const pointers = release
    ? await store.pointers(environment, release.number)
    : new Map<DatasetId, Pointer>();
  const found = await pointedVersions(store, pointers.values());
  return {
    environment,
    graph,
    release,
    pointers,
    versions: new Map(found.map((version) => [version.dataset, version])),
    held: await store.held(environment),
  };
}

async function currentGraph(
  shell: Shell,
  workspace: Workspace,
  release: Release | undefined,
): Promise<Graph> {
  try {
    return (await workspace.project()).graph;
  } catch (error) {
    const released = release && (await workspace.ports.store.graph(release.graphHash));
    if (!released || !(error instanceof SluiceError) || error.code !== "project-invalid") throw error;
    await shell.err.write(
      `${shell.err.style.yellow("warning:")} the project does not compile (see sluice check); this is the one of release ${release.number}\n`,
    );
    return released;
  }
}
