import type { DatasetId } from "../graph/graph.ts";
import type { DiffSide } from "./diff-side.ts";
import { called } from "../graph/version.ts";

/** Two sides with every dataset under the name that it has in the newer project, and the names it had before. */
export interface MatchedSides {
  readonly a: DiffSide;
  readonly b: DiffSide;
  /** The name on the other side, by the name under which it is compared. */
  readonly before: ReadonlyMap<DatasetId, DatasetId>;
}

/** Recognise datasets that one side knows under the name they had before: `renamedFrom` of the other says so. */
export async function matchRenames(a: DiffSide, b: DiffSide): Promise<MatchedSides> {
  const forward = await renames(a, b);
  const backward = await renames(b, a);
  const before = new Map([...forward, ...backward].map(([old, now]) => [now, old]));
  return { a: relabelled(a, forward), b: relabelled(b, backward), before };
}

/** By the name that the older side has, the one of the newer. Projects are read only where names are missing on both sides. */
async function renames(older: DiffSide, newer: DiffSide): Promise<ReadonlyMap<DatasetId, DatasetId>> {
  const lost = [...older.versions.keys()].filter((id) => !newer.versions.has(id));
  const gained = [...newer.versions.keys()].filter((id) => !older.versions.has(id));
  if (lost.length === 0 || gained.length === 0) return new Map();
  const graph = await newer.graph();
  const pairs = (graph?.datasets ?? []).flatMap(({ id, renamedFrom }) =>
    renamedFrom !== undefined && lost.includes(renamedFrom) && gained.includes(id)
      ? [[renamedFrom, id] as const]
      : [],
  );
  return new Map(pairs);
}

function relabelled(side: DiffSide, names: ReadonlyMap<DatasetId, DatasetId>): DiffSide {
  if (names.size === 0) return side;
  const versions = [...side.versions].map(([id, version]) => {
    const name = names.get(id) ?? id;
    return [name, called(version, name)] as const;
  });
  return { ...side, versions: new Map(versions) };
}
