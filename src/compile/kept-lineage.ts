import type { IndirectSource, Influence, QueryLineage } from "../graph/lineage.ts";
import type { Materialized } from "../graph/materialized.ts";

/**
 * The lineage of a model's rows, from that of its query: what it is kept by decides which rows stand, and so bears on
 * every column.
 */
export function keptLineage(lineage: QueryLineage, materialized: Materialized | undefined): QueryLineage {
  const more = decisive(lineage, materialized);
  if (more.length === 0) return lineage;
  const rows = new Map([...lineage.rows, ...more].map((source) => [JSON.stringify(source), source]));
  return { ...lineage, rows: [...rows.values()].toSorted(byPlace) };
}

function decisive(lineage: QueryLineage, materialized: Materialized | undefined): readonly IndirectSource[] {
  const sourcesOf = (names: readonly (string | undefined)[], by: Influence): IndirectSource[] =>
    lineage.columns
      .filter(({ column }) => names.includes(column))
      .flatMap(({ direct, indirect }) => [...direct, ...indirect])
      .map(({ dataset, column }) => ({ dataset, column, by }));
  switch (materialized?.kind) {
    case "interval":
      return Object.entries(materialized.times).map(([dataset, column]) => ({
        dataset,
        column,
        by: "filter",
      }));
    case "upsert":
      return [
        ...sourcesOf(materialized.key, "group"),
        ...sourcesOf([materialized.order], "order"),
        ...sourcesOf([materialized.deleted], "filter"),
      ];
    default:
      return [];
  }
}

const placeText = ({ dataset, column, by }: IndirectSource): string => `${dataset}\n${column}\n${by}`;

const byPlace = (a: IndirectSource, b: IndirectSource): number =>
  placeText(a) < placeText(b) ? -1 : placeText(a) > placeText(b) ? 1 : 0;
