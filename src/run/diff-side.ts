import { SluiceError } from "../errors.ts";
import type { DatasetId, Graph } from "../graph/graph.ts";
import { didYouMean } from "../graph/nearest-name.ts";
import type { Version } from "../graph/version.ts";
import { existing } from "./environment.ts";
import type { Ports } from "./ports.ts";
import { pointedVersions } from "./pointed-versions.ts";
import { releaseFor } from "./read.ts";

/** One of the two things that a diff compares: what a release publishes, or a single version. */
export interface DiffSide {
  /** As people name it: `dev@3`, or the version's id. */
  readonly name: string;
  /** Absent for a single version. */
  readonly release?: { readonly environment: string; readonly number: number; readonly at: string };
  readonly versions: ReadonlyMap<DatasetId, Version>;
  /** The compiled project of the release; for a version, that of an environment which has its dataset. */
  graph(): Promise<Graph | undefined>;
}

const versionId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * What people mean by a name: an environment (`dev`: its current release), a release or a moment of one
 * (`dev@3`, `dev@2026-03-01`), or a version's id. Errors: `unknown-environment`, `unknown-release`, `bad-usage`.
 */
export async function diffSide(ports: Ports, name: string): Promise<DiffSide> {
  const known = await ports.store.environment(name);
  if (known && known.release > 0) return releaseSide(ports, name, undefined);
  if (versionId.test(name)) return versionSide(ports, name);
  const mark = name.lastIndexOf("@");
  if (mark > 0) return releaseSide(ports, name.slice(0, mark), name.slice(mark + 1));
  if (/^@?\d+$/.test(name)) {
    throw new SluiceError("bad-usage", `"${name}" does not say of which environment it is release`, {
      hint: `write dev@${name.replace("@", "")}`,
    });
  }
  await refuseUnknown(ports, name);
  return releaseSide(ports, name, undefined);
}

async function refuseUnknown(ports: Ports, name: string): Promise<void> {
  const names = (await ports.store.environments()).map((environment) => environment.name);
  const meant = didYouMean(name, names);
  if (meant === undefined) return;
  throw new SluiceError("unknown-environment", `there is no environment "${name}" with a release`, {
    hint: `${meant} A side is an environment (dev), a release (dev@3) or the id of a version`,
  });
}

async function releaseSide(ports: Ports, environment: string, at: string | undefined): Promise<DiffSide> {
  await existing(ports, environment);
  const release = await releaseFor(ports, { environment, at });
  const pointers = await ports.store.pointers(environment, release.number);
  const versions = await pointedVersions(ports.store, pointers.values());
  return {
    name: `${environment}@${release.number}`,
    release: { environment, number: release.number, at: release.at },
    versions: new Map(versions.map((version) => [version.dataset, version])),
    graph: () => ports.store.graph(release.graphHash),
  };
}

async function versionSide(ports: Ports, id: string): Promise<DiffSide> {
  const [version] = await ports.store.versions([id.toLowerCase()]).catch((cause: unknown) => {
    if (!(cause instanceof SluiceError) || cause.code !== "state-damaged") throw cause;
    throw new SluiceError("unknown-release", `there is no version "${id}"`, {
      cause,
      hint: "sluice show <dataset> tells the id of a dataset's version, sluice releases --json those of all",
    });
  });
  if (!version) throw new Error(`the store answered nothing about version ${id}`);
  return {
    name: version.id,
    versions: new Map([[version.dataset, version]]),
    graph: () => graphOf(ports, version.dataset),
  };
}

/** The compiled project of an environment that has a dataset; undefined where none has it any more. */
async function graphOf({ store }: Ports, dataset: DatasetId): Promise<Graph | undefined> {
  for (const { name, release } of await store.environments()) {
    const found = release > 0 ? await store.release(name, release) : undefined;
    const graph = found && (await store.graph(found.graphHash));
    if (graph?.datasets.some((node) => node.id === dataset)) return graph;
  }
  return undefined;
}
