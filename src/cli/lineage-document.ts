import type { ColumnLinks, ColumnRef } from "../graph/column-walks.ts";
import type { ColumnLineage } from "../graph/lineage.ts";
import type { DatasetId, DatasetNode, Graph } from "../graph/graph.ts";
import { dependents, indexDatasets } from "../graph/walks.ts";
import type { LineageTarget } from "./lineage-target.ts";

/** Where one output column comes from, in one step. Names are `schema.dataset.column`, sorted. */
export interface ColumnOrigin {
  readonly column: string;
  readonly type: string;
  /** Columns whose values flow into it; where nothing is proven, every column of every input. */
  readonly direct: readonly string[];
  /** Columns that decide about it, or about the rows it stands in. */
  readonly indirect: readonly string[];
  readonly kind: ColumnLineage["kind"] | "source" | "unknown";
  readonly proven: boolean;
}

const nameOf = ({ dataset, column }: ColumnRef): string => `${dataset}.${column}`;

/** The origin of every column of a dataset, in their order. */
export function columnOrigins(node: DatasetNode, links: ColumnLinks): readonly ColumnOrigin[] {
  const kinds = new Map(
    node.kind === "model"
      ? (node.lineage?.columns ?? []).map((one) => [one.column.toLowerCase(), one.kind])
      : [],
  );
  return node.columns.map(({ name, engineType }) => {
    const sources = links.sources({ dataset: node.id, column: name });
    const proven =
      sources.every((source) => source.proven) && (node.kind === "source" || kinds.has(name.toLowerCase()));
    const direct = sources.filter((source) => source.direct !== undefined || !source.proven);
    const indirect = sources.filter((source) => source.indirect.length + source.rows.length > 0);
    return {
      column: name,
      type: engineType,
      direct: direct.map(nameOf).toSorted(),
      indirect: indirect.map(nameOf).toSorted(),
      kind:
        node.kind === "source" ? "source" : proven ? (kinds.get(name.toLowerCase()) ?? "unknown") : "unknown",
      proven,
    };
  });
}

/** Something that lineage leads to. */
export interface Reached {
  /** `schema.dataset`, or `schema.dataset.column` where a column was asked for. */
  readonly name: string;
  readonly dataset: DatasetId;
  readonly column: string | null;
  /** Steps on the shortest way. */
  readonly distance: number;
  /** False where every way has a step that is only assumed. */
  readonly proven: boolean;
}

/** A step of a walk: between datasets nothing is assumed. */
interface Step {
  readonly dataset: DatasetId;
  readonly column?: string;
  readonly proven?: boolean;
}

const placeName = ({ dataset, column }: Step): string =>
  column === undefined ? dataset : `${dataset}.${column}`;

/** Everything up or down from a dataset or a column, nearest first. */
function reach(
  graph: Graph,
  links: ColumnLinks,
  { node, column }: LineageTarget,
  direction: "up" | "down",
  depth: number,
): readonly Reached[] {
  const next = stepper(graph, links, direction);
  const start: Step = { dataset: node.id, ...(column === undefined ? {} : { column }) };
  const seen = new Set([placeName(start).toLowerCase()]);
  const found: Reached[] = [];
  let assumed = false;
  let edge = [start];
  for (let distance = 1; distance <= depth && edge.length > 0; distance++) {
    const further: Step[] = [];
    for (const place of edge.flatMap(next)) {
      assumed ||= place.proven === false;
      const name = placeName(place);
      const key = name.toLowerCase();
      if (seen.has(key)) continue;
      seen.add(key);
      further.push(place);
      found.push({ name, dataset: place.dataset, column: place.column ?? null, distance, proven: true });
    }
    edge = further;
  }
  // The walk by what is proven alone is another one, which only matters where something is not.
  if (!assumed || column === undefined) return found;
  const far = links[direction === "up" ? "upstream" : "downstream"]({ dataset: node.id, column });
  const proven = new Map(far.map((one) => [nameOf(one).toLowerCase(), one.proven]));
  return found.map((one) => ({ ...one, proven: proven.get(one.name.toLowerCase()) ?? true }));
}

/** What lies one step up or down from a dataset or a column. */
function stepper(graph: Graph, links: ColumnLinks, direction: "up" | "down"): (at: Step) => readonly Step[] {
  const datasets = direction === "up" ? indexDatasets(graph) : undefined;
  const readers = direction === "up" ? undefined : dependents(graph);
  return ({ dataset, column }) => {
    if (column !== undefined)
      return direction === "up" ? links.sources({ dataset, column }) : links.readers({ dataset, column });
    const ids = datasets === undefined ? readers?.get(dataset) : datasets.get(dataset)?.inputs;
    return (ids ?? []).map((id) => ({ dataset: id }));
  };
}

/** What `lineage --json` prints; a direction that was not asked for is null. */
export function lineageDocument(
  graph: Graph,
  links: ColumnLinks,
  target: LineageTarget,
  asked: { readonly up: boolean; readonly down: boolean; readonly depth: number },
) {
  const { node, column } = target;
  const origins = columnOrigins(node, links);
  const downstream = asked.down ? reach(graph, links, target, "down", asked.depth) : null;
  const ends = downstream && [
    { dataset: node.id, column: column ?? null, distance: 0 },
    ...downstream.filter(({ distance }) => distance < asked.depth),
  ];
  const consumers = ends?.flatMap(({ dataset, column: read, distance }) => {
    const readBy =
      read === null
        ? graph.consumers.filter(({ reads }) => reads.includes(dataset))
        : links.consumersOf({ dataset, column: read });
    return readBy.map(({ name, type }) => ({
      consumer: name,
      type,
      reads: read === null ? dataset : `${dataset}.${read}`,
      distance: distance + 1,
    }));
  });
  return {
    dataset: node.id,
    column: column ?? null,
    kind: node.kind,
    columns: column === undefined ? origins : origins.filter((one) => one.column === column),
    upstream: asked.up ? reach(graph, links, target, "up", asked.depth) : null,
    downstream,
    consumers: consumers ?? null,
  };
}
