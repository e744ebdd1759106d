/** Columns that may refer to another dataset, by their names and types: whether they do is for the rows to say. */
import type { DatasetId, DatasetNode, Graph } from "../../graph/graph.ts";
import { logicalTypeOf } from "../../sql/engine-type.ts";
import { downstream, upstream } from "../../graph/walks.ts";

/** A column, and the key of another dataset that it may name. */
export interface PossibleReference {
  readonly column: string;
  readonly dataset: DatasetId;
  readonly key: string;
}

/** The word for one of them: `customers` and `categories` are of a `customer` and a `category`. */
const one = (name: string): string =>
  name
    .toLowerCase()
    .replace(/ies$/, "y")
    .replace(/(ss|x|ch|sh)es$/, "$1")
    .replace(/(?<!s)s$/, "");

/**
 * Pairs of a column and a key that sound alike, such as `customer_id` and `raw.customers.id`. Datasets that this one is
 * built from, or that are built from it, are left out: of them its values come, or to them they go, in any case. Columns
 * that are unique themselves tell what this dataset is about: `own`, and those declared so.
 */
export function possibleReferences(
  graph: Graph,
  node: DatasetNode,
  own: ReadonlySet<string>,
): readonly PossibleReference[] {
  const related = new Set([...upstream(graph, [node.id]), ...downstream(graph, [node.id])]);
  const asked = new Set(
    node.checks.flatMap((check) => (check.check === "referential_integrity" ? [check.column] : [])),
  );
  const mine = singleKey(node);
  return graph.datasets.flatMap((other) => {
    const key = singleKey(other);
    if (key === undefined || related.has(other.id)) return [];
    const thing = one(other.id.slice(other.id.indexOf(".") + 1));
    const names = new Set(
      [thing, `${thing}_${key.name}`, `${thing}${key.name}`].map((name) => name.toLowerCase()),
    );
    if (key.name.toLowerCase() !== "id") names.add(key.name.toLowerCase());
    return node.columns
      .filter(
        ({ name, engineType, declared }) =>
          !(own.has(name) || name === mine?.name || declared?.unique === true) &&
          names.has(name.toLowerCase()) &&
          !asked.has(name) &&
          logicalTypeOf(engineType) === logicalTypeOf(key.engineType),
      )
      .map(({ name }) => ({ column: name, dataset: other.id, key: key.name }));
  });
}

/** The only column of a dataset's key. */
function singleKey({ columns }: DatasetNode) {
  const keys = columns.filter(({ declared }) => declared?.key === true);
  return keys.length === 1 ? keys[0] : undefined;
}
