import type { ConsumerNode, DatasetId, Graph, ModelNode } from "./graph.ts";
import type { ColumnLineage, Derivation, IndirectSource, Influence, QueryLineage } from "./lineage.ts";
import { dependents, indexDatasets } from "./walks.ts";

/** A column of a dataset. */
export interface ColumnRef {
  readonly dataset: DatasetId;
  readonly column: string;
}

/** One hop: what a column has to do with its neighbour, seen from that neighbour's side. */
export interface ColumnLink extends ColumnRef {
  /** How values flow; absent where none do. */
  readonly direct?: Derivation;
  /** How it decides about this column alone. */
  readonly indirect: readonly Influence[];
  /** How it decides about the rows, and so bears on every column of the model. */
  readonly rows: readonly Influence[];
  /** False where the query could not be followed: the link is assumed, because it cannot be ruled out. */
  readonly proven: boolean;
}

/** A column at the far end of any number of hops. */
export interface ReachedColumn extends ColumnRef {
  /** False where a hop on every way to it is only assumed. */
  readonly proven: boolean;
}

/** Walks over columns. Each model is indexed when a walk first comes to it, so that asking about a few costs little. */
export interface ColumnLinks {
  /** One hop up: the columns of inputs that a column is made of, or whose values decide about it. */
  sources(ref: ColumnRef): readonly ColumnLink[];
  /** One hop down: the columns of models whose values or rows depend on this one. */
  readers(ref: ColumnRef): readonly ColumnLink[];
  /** Everything it depends on, nearest first. */
  upstream(ref: ColumnRef): readonly ReachedColumn[];
  /** Everything that depends on it, nearest first. */
  downstream(ref: ColumnRef): readonly ReachedColumn[];
  /**
   * The same for several columns at once, without those themselves; undefined where there are more than `most`
   * hops to follow.
   */
  reach(refs: readonly ColumnRef[], most: number): readonly ReachedColumn[] | undefined;
  /** Consumers that read the column itself; those of what depends on it are found from there. */
  consumersOf(ref: ColumnRef): readonly ConsumerNode[];
}

/** The columns of its inputs that a model reads, by input; undefined where that is not proven for every column. */
export function columnsRead(node: ModelNode): ReadonlyMap<DatasetId, ReadonlySet<string>> | undefined {
  const { lineage } = node;
  if (!isProven(node, lineage)) return undefined;
  const read = new Map<DatasetId, Set<string>>(node.inputs.map((input) => [input, new Set()]));
  const add = ({ dataset, column }: ColumnRef): void => void read.get(dataset)?.add(column);
  lineage.rows.forEach(add);
  for (const { direct, indirect } of lineage.columns) {
    direct.forEach(add);
    indirect.forEach(add);
  }
  return read;
}

function isProven(node: ModelNode, lineage: QueryLineage | undefined): lineage is QueryLineage {
  return (
    lineage !== undefined &&
    lineage.columns.length === node.columns.length &&
    lineage.columns.every((column) => column.proven)
  );
}

/** The engine does not tell names apart by letter case, and neither do walks. */
const key = ({ dataset, column }: ColumnRef): string => `${dataset}\n${column.toLowerCase()}`;

/** What one model's lineage says; answers are made when they are asked for, since a wide model has many. */
interface ModelIndex {
  up(column: string): readonly ColumnLink[];
  /** Links to the columns that a column of an input bears on. */
  down(ref: ColumnRef): readonly ColumnLink[];
}

/** Make the walks of a graph. */
export function columnLinks(graph: Graph): ColumnLinks {
  const datasets = indexDatasets(graph);
  const readersOf = dependents(graph);
  const indexes = new Map<DatasetId, ModelIndex>();
  const indexOf = (id: DatasetId): ModelIndex | undefined => {
    const known = indexes.get(id);
    if (known !== undefined) return known;
    const node = datasets.get(id);
    if (node?.kind !== "model") return undefined;
    const made = indexModel(node, (input) => datasets.get(input)?.columns ?? []);
    indexes.set(id, made);
    return made;
  };
  const sources = (ref: ColumnRef): readonly ColumnLink[] => indexOf(ref.dataset)?.up(ref.column) ?? [];
  const readers = (ref: ColumnRef): readonly ColumnLink[] =>
    (readersOf.get(ref.dataset) ?? []).flatMap((id) => indexOf(id)?.down(ref) ?? []);
  return {
    sources,
    readers,
    upstream: (ref) => spread([ref], sources, Number.POSITIVE_INFINITY) ?? [],
    downstream: (ref) => spread([ref], readers, Number.POSITIVE_INFINITY) ?? [],
    reach: (refs, most) => spread(refs, readers, most),
    consumersOf: consumerIndex(graph),
  };
}

function indexModel(
  node: ModelNode,
  columnsOf: (input: DatasetId) => readonly { readonly name: string }[],
): ModelIndex {
  const proven = new Map(
    (node.lineage?.columns ?? [])
      .filter((column) => column.proven)
      .map((column) => [column.column.toLowerCase(), column]),
  );
  let down: ModelIndex["down"] | undefined;
  return {
    up: (name) => {
      const column = proven.get(name.toLowerCase());
      return column !== undefined
        ? linksOf(column, node.lineage?.rows ?? [])
        : node.inputs.flatMap((dataset) =>
            columnsOf(dataset).map((input) => assumed({ dataset, column: input.name })),
          );
    },
    down: (ref) => (down ??= indexDown(node, proven))(ref),
  };
}

/** What the columns of its inputs bear on. Walks upwards never need it. */
function indexDown(node: ModelNode, proven: ReadonlyMap<string, ColumnLineage>): ModelIndex["down"] {
  const unproven = node.columns
    .filter(({ name }) => !proven.has(name.toLowerCase()))
    .map(({ name }) => assumed({ dataset: node.id, column: name }));
  const rows = Map.groupBy(node.lineage?.rows ?? [], key);
  const own = new Map<string, ColumnLineage[]>();
  for (const column of proven.values()) {
    for (const place of new Set([...column.direct, ...column.indirect].map(key))) {
      const list = own.get(place);
      if (list === undefined) own.set(place, [column]);
      else list.push(column);
    }
  }
  return (ref) => {
    const place = key(ref);
    const all = rows.get(place);
    const touched = all === undefined ? (own.get(place) ?? []) : [...proven.values()];
    const links = touched.map((column) =>
      linkTo({ dataset: node.id, column: column.column }, place, column, all),
    );
    return [...links, ...unproven];
  };
}

const assumed = (ref: ColumnRef): ColumnLink => ({ ...ref, indirect: [], rows: [], proven: false });

/** The link between a column and one of its sources, seen from either side. */
function linkTo(
  ref: ColumnRef,
  source: string,
  { direct, indirect }: ColumnLineage,
  rows: readonly IndirectSource[] = [],
): ColumnLink {
  const flow = direct.find((one) => key(one) === source);
  return {
    ...ref,
    ...(flow === undefined ? {} : { direct: flow.kind }),
    indirect: indirect.filter((one) => key(one) === source).map(({ by }) => by),
    rows: rows.map(({ by }) => by),
    proven: true,
  };
}

/** One link for each source of a column, whatever ways it comes in by. Sorted. */
function linksOf(column: ColumnLineage, rows: readonly IndirectSource[]): ColumnLink[] {
  interface Gathered extends ColumnRef {
    direct?: Derivation;
    readonly indirect: Influence[];
    readonly rows: Influence[];
  }
  const links = new Map<string, Gathered>();
  const at = (ref: ColumnRef): Gathered => {
    const place = key(ref);
    const known = links.get(place);
    if (known !== undefined) return known;
    const made: Gathered = { dataset: ref.dataset, column: ref.column, indirect: [], rows: [] };
    links.set(place, made);
    return made;
  };
  for (const source of column.direct) at(source).direct = source.kind;
  for (const source of column.indirect) at(source).indirect.push(source.by);
  for (const source of rows) at(source).rows.push(source.by);
  return [...links.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, link]) => ({ ...link, proven: true }));
}

function spread(
  from: readonly ColumnRef[],
  next: (ref: ColumnRef) => readonly ColumnLink[],
  most: number,
): readonly ReachedColumn[] | undefined {
  const reached = new Map<string, ReachedColumn>();
  const starts = new Set(from.map(key));
  let hops = 0;
  // What is proven goes first, so that a column that is reached both ways counts as proven.
  for (const proven of [true, false]) {
    const edge: ColumnRef[] = proven ? [...from] : [...from, ...reached.values()];
    for (const ref of edge) {
      for (const link of next(ref)) {
        if ((hops += 1) > most) return undefined;
        const place = key(link);
        if ((proven && !link.proven) || starts.has(place) || reached.has(place)) continue;
        const { dataset, column } = link;
        reached.set(place, { dataset, column, proven });
        edge.push({ dataset, column });
      }
    }
  }
  return [...reached.values()];
}

function consumerIndex(graph: Graph): ColumnLinks["consumersOf"] {
  const readers = new Map<DatasetId, { readonly consumer: ConsumerNode; readonly columns?: Set<string> }[]>();
  for (const consumer of graph.consumers) {
    for (const dataset of consumer.reads) {
      const names = consumer.columns?.[dataset];
      const columns = names && new Set(names.map((name) => name.toLowerCase()));
      const entry = columns === undefined ? { consumer } : { consumer, columns };
      const list = readers.get(dataset);
      if (list === undefined) readers.set(dataset, [entry]);
      else list.push(entry);
    }
  }
  return ({ dataset, column }) =>
    (readers.get(dataset) ?? [])
      .filter(({ columns }) => columns === undefined || columns.has(column.toLowerCase()))
      .map(({ consumer }) => consumer);
}
