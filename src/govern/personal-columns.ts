import type { DatasetId, Graph } from "../graph/graph.ts";
import { classesOf } from "./classes.ts";

/** Whether a class of data is personal: `pii` and everything below it. */
export const isPersonal = (name: string): boolean => /^pii(\.|$)/.test(name);

/** For every dataset, the columns whose values may be somebody's: tagged so, or made of such values. */
export function personalColumns(graph: Graph): ReadonlyMap<DatasetId, ReadonlySet<string>> {
  const found = [...classesOf(graph)].map(([dataset, classes]) => {
    const personal = classes.filter((held) => isPersonal(held.class));
    return [dataset, new Set(personal.flatMap(({ columns }) => columns))] as const;
  });
  return new Map(found);
}
