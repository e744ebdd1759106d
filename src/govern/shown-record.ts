import type { GraphColumn } from "../graph/graph.ts";
import { isPersonal } from "./personal-columns.ts";

/** A record as it came, as far as it may be shown. */
export interface ShownRecord {
  /** Null where nothing of it may be. */
  readonly raw: string | null;
  /** What was left out: names of fields, or `*` for all of it. */
  readonly hidden: readonly string[];
}

/** Under which name a column's value arrives at the top of a record. */
const arrivesAs = ({ name, declared }: GraphColumn): readonly string[] =>
  (declared?.from ?? [name]).map((path) => (path.split(".")[0] ?? path).toLowerCase());

/**
 * A refused record as it may be shown to anyone who looks at the source. Where the contract knows of personal data, a
 * record that is JSON is shown by the fields that the contract knows and does not call personal; of a line of text nobody
 * knows where a field begins, least of all in one that could not be read.
 */
export function shownRecord(raw: string, columns: readonly GraphColumn[]): ShownRecord {
  const personal = columns.filter((column) => column.declared?.tags.some(isPersonal));
  if (personal.length === 0) return { raw, hidden: [] };
  const record = parsed(raw);
  if (record === undefined) return { raw: null, hidden: ["*"] };
  const secret = new Set(personal.flatMap(arrivesAs));
  const known = new Set(columns.flatMap(arrivesAs).filter((name) => !secret.has(name)));
  const isShown = (name: string): boolean => known.has(name.toLowerCase());
  const entries = Object.entries(record);
  return {
    raw: JSON.stringify(Object.fromEntries(entries.filter(([name]) => isShown(name)))),
    hidden: entries.map(([name]) => name).filter((name) => !isShown(name)),
  };
}

function parsed(raw: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(raw);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
