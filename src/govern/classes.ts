/**
 * Classes of data along lineage: which kinds of personal or restricted data a dataset may hold, and in which
 * columns. This room decides; it never masks, deletes or asks anyone. A class goes where values flow: a column
 * that only filters or joins leaves nothing of it in the rows. Where a query could not be followed, a column is
 * taken to hold whatever is in its inputs.
 */
import type { DatasetId, DatasetNode, Graph } from "../graph/graph.ts";

/** One class a dataset may hold, and the columns of sources it comes from. */
export interface HeldClass {
  /** A tag of a column, such as `pii.email`. */
  readonly class: string;
  /** `schema.dataset.column`, sorted. */
  readonly from: readonly string[];
  /** Columns of the dataset whose values may be of the class, in its order. */
  readonly columns: readonly string[];
  /** Whether a column of the dataset itself carries the tag, or it is only inherited. */
  readonly declared: boolean;
}

/** What one column holds: classes with the columns that they come from. */
type Held = ReadonlyMap<string, ReadonlySet<string>>;

const nothing: Held = new Map();

/** For every dataset, the classes that its columns declare or that reach them from its inputs. */
export function classesOf(graph: Graph): ReadonlyMap<DatasetId, readonly HeldClass[]> {
  const known = new Map<DatasetId, ReadonlyMap<string, Held>>();
  const result = new Map<DatasetId, readonly HeldClass[]>();
  for (const node of graph.datasets) {
    const inherits = inherited(node, known);
    const columns = new Map(
      node.columns.map(({ name, declared }) => [
        name,
        withTags(inherits(name), declared?.tags ?? [], `${node.id}.${name}`),
      ]),
    );
    known.set(node.id, columns);
    result.set(node.id, summarise(node, columns));
  }
  return result;
}

/** What the columns of a dataset hold because of its inputs. */
function inherited(
  node: DatasetNode,
  known: ReadonlyMap<DatasetId, ReadonlyMap<string, Held>>,
): (column: string) => Held {
  if (node.kind === "source") return () => nothing;
  const all = unite(node.inputs.flatMap((input) => [...(known.get(input)?.values() ?? [])]));
  if (all.size === 0) return () => nothing;
  const lineage = new Map(node.lineage?.columns.map((column) => [column.column, column]));
  return (name) => {
    const column = lineage.get(name);
    if (column?.proven !== true) return all;
    return unite(column.direct.map((source) => known.get(source.dataset)?.get(source.column) ?? all));
  };
}

function unite(parts: readonly Held[]): Held {
  const full = [...new Set(parts)].filter((part) => part.size > 0);
  const [first = nothing, ...others] = full;
  if (others.length === 0) return first;
  const whole = new Map<string, Set<string>>();
  for (const part of full) {
    for (const [name, from] of part) {
      const origins = whole.get(name) ?? new Set();
      for (const origin of from) origins.add(origin);
      whole.set(name, origins);
    }
  }
  return whole;
}

/** A tag that is not inherited begins here. */
function withTags(held: Held, tags: readonly string[], column: string): Held {
  const own = tags.filter((tag) => !held.has(tag));
  return own.length === 0 ? held : new Map([...held, ...own.map((tag) => [tag, new Set([column])] as const)]);
}

function summarise(node: DatasetNode, columns: ReadonlyMap<string, Held>): readonly HeldClass[] {
  const declared = new Set(node.columns.flatMap((column) => column.declared?.tags ?? []));
  const whole = unite([...columns.values()]);
  return [...whole.keys()].sort().map((name) => ({
    class: name,
    from: [...(whole.get(name) ?? [])].sort(),
    columns: [...columns].flatMap(([column, held]) => (held.has(name) ? [column] : [])),
    declared: declared.has(name),
  }));
}
