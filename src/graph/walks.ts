import type { DatasetId, DatasetNode, Graph } from "./graph.ts";

/** Datasets by name. */
export function indexDatasets(graph: Graph): ReadonlyMap<DatasetId, DatasetNode> {
  return new Map(graph.datasets.map((node) => [node.id, node]));
}

/** Who reads a dataset directly, for every dataset; in graph order. */
export function dependents(graph: Graph): ReadonlyMap<DatasetId, readonly DatasetId[]> {
  const readers = new Map<DatasetId, DatasetId[]>(graph.datasets.map((node) => [node.id, []]));
  for (const node of graph.datasets) for (const input of node.inputs) readers.get(input)?.push(node.id);
  return readers;
}

/** The given datasets and what they are built from, at most `depth` steps up. */
export function upstream(
  graph: Graph,
  from: Iterable<DatasetId>,
  depth = Number.POSITIVE_INFINITY,
): Set<DatasetId> {
  const index = indexDatasets(graph);
  return spread(from, (id) => index.get(id)?.inputs ?? [], depth);
}

/** The given datasets and what is built from them, at most `depth` steps down. */
export function downstream(
  graph: Graph,
  from: Iterable<DatasetId>,
  depth = Number.POSITIVE_INFINITY,
): Set<DatasetId> {
  const readers = dependents(graph);
  return spread(from, (id) => readers.get(id) ?? [], depth);
}

function spread(
  from: Iterable<DatasetId>,
  next: (id: DatasetId) => readonly DatasetId[],
  depth: number,
): Set<DatasetId> {
  const reached = new Set(from);
  let edge = [...reached];
  for (let step = 0; step < depth && edge.length > 0; step++) {
    const further: DatasetId[] = [];
    for (const id of edge) {
      for (const neighbour of next(id)) {
        if (reached.has(neighbour)) continue;
        reached.add(neighbour);
        further.push(neighbour);
      }
    }
    edge = further;
  }
  return reached;
}

/** Whom a change of a dataset touches. Names are sorted. */
export interface Impact {
  /** Consumers that read the dataset or anything built from it. */
  readonly consumers: readonly string[];
  /** Stories of the dataset, of everything built from it, and of those consumers. */
  readonly stories: readonly string[];
}

/** The impact of every dataset, found in one walk from the last to the first. */
export function impacts(graph: Graph): ReadonlyMap<DatasetId, Impact> {
  // Most datasets of a large project touch nobody: sets are made for those that do.
  const consumers = new Map<DatasetId, Set<string>>();
  const stories = new Map<DatasetId, Set<string>>();
  for (const { id, story } of graph.datasets) if (story !== undefined) stories.set(id, new Set([story]));
  for (const { name, reads, story } of graph.consumers) {
    for (const id of reads) {
      addAll(consumers, id, [name]);
      if (story !== undefined) addAll(stories, id, [story]);
    }
  }
  for (const { id, inputs } of graph.datasets.toReversed()) {
    const [users, served] = [consumers.get(id), stories.get(id)];
    for (const input of inputs) {
      if (users !== undefined) addAll(consumers, input, users);
      if (served !== undefined) addAll(stories, input, served);
    }
  }
  return new Map(
    graph.datasets.map(({ id }) => [
      id,
      { consumers: sorted(consumers.get(id)), stories: sorted(stories.get(id)) },
    ]),
  );
}

function addAll(sets: Map<DatasetId, Set<string>>, id: DatasetId, values: Iterable<string>): void {
  const set = sets.get(id);
  if (set === undefined) sets.set(id, new Set(values));
  else for (const value of values) set.add(value);
}

const none: readonly string[] = [];

const sorted = (values: ReadonlySet<string> | undefined): readonly string[] =>
  values === undefined ? none : [...values].sort();

/** Names in dependence order (inputs first, ties by name), and the rings that have no order. */
export interface Order {
  /** Groups whose members do not depend on each other: each reads only from groups before it. */
  readonly levels: readonly (readonly DatasetId[])[];
  /** Circles of dependence, each from its alphabetically first member on: `[a, b]` means a reads b reads a. */
  readonly rings: readonly (readonly DatasetId[])[];
}

/** Put names in order of dependence. Inputs that are not names of the map are ignored. */
export function orderByInputs(inputs: ReadonlyMap<DatasetId, readonly DatasetId[]>): Order {
  const ids = [...inputs.keys()].sort();
  // By their numbers: to look up names again and again would take most of the time.
  const numbers = new Map(ids.map((id, number) => [id, number]));
  const waiting = new Uint32Array(ids.length);
  const readers: number[][] = ids.map(() => []);
  for (const [number, id] of ids.entries()) {
    for (const input of new Set(inputs.get(id))) {
      const list = readers[numbers.get(input) ?? -1];
      if (list === undefined) continue;
      list.push(number);
      waiting[number] = (waiting[number] ?? 0) + 1;
    }
  }
  const levels: DatasetId[][] = [];
  let ready = [...ids.keys()].filter((number) => waiting[number] === 0);
  let left = ids.length;
  while (ready.length > 0) {
    levels.push(ready.map((number) => ids[number] ?? ""));
    left -= ready.length;
    const next: number[] = [];
    for (const number of ready) {
      for (const reader of readers[number] ?? []) {
        const still = (waiting[reader] ?? 0) - 1;
        waiting[reader] = still;
        if (still === 0) next.push(reader);
      }
    }
    ready = next.sort((a, b) => a - b);
  }
  const stuck = left === 0 ? [] : ids.filter((_, number) => (waiting[number] ?? 0) > 0);
  return { levels, rings: findRings(inputs, stuck) };
}

/** Shortest circle through each member of a circle, every circle once. `candidates` must be sorted. */
function findRings(
  inputs: ReadonlyMap<DatasetId, readonly DatasetId[]>,
  candidates: readonly DatasetId[],
): DatasetId[][] {
  const seen = new Set<DatasetId>();
  const rings: DatasetId[][] = [];
  for (const start of candidates) {
    if (seen.has(start)) continue;
    const ring = shortestRing(inputs, start);
    // A member that was already told about is part of a circle that is already known.
    if (ring === undefined || ring.some((id) => seen.has(id))) continue;
    for (const id of ring) seen.add(id);
    rings.push(ring);
  }
  return rings;
}

function shortestRing(
  inputs: ReadonlyMap<DatasetId, readonly DatasetId[]>,
  start: DatasetId,
): DatasetId[] | undefined {
  const cameFrom = new Map<DatasetId, DatasetId>();
  const queue = [start];
  for (const id of queue) {
    for (const input of inputs.get(id) ?? []) {
      if (input === start) {
        const ring = [id];
        for (let at = id; at !== start;) ring.push((at = cameFrom.get(at) ?? start));
        return ring.reverse();
      }
      if (cameFrom.has(input) || !inputs.has(input)) continue;
      cameFrom.set(input, id);
      queue.push(input);
    }
  }
  return undefined;
}
