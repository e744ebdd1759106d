import type { RecordCounts } from "../graph/delivery.ts";
import { printable } from "./display-text.ts";
import { count } from "./quantity.ts";

/** What was read as null because it means that: `score 12, word 3`; empty where nothing was. */
export const blanksOf = (counts: RecordCounts | undefined): string =>
  Object.entries(counts?.blanks ?? {})
    .map(([column, values]) => `${printable(column)} ${count(values)}`)
    .join(", ");
