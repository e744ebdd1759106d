import type { TableColumn } from "../graph/table-column.ts";

/** A row as text, cell by cell. */
export type RowText = readonly (string | null)[];

/** How the rows that a model holds differ from those that were expected. Cells are in the order of `columns`. */
export interface RowsDifference {
  readonly columns: readonly string[];
  readonly expected: number;
  readonly actual: number;
  readonly missing: readonly RowText[];
  readonly unexpected: readonly RowText[];
  /** Rows that are expected otherwise: those of one key, or most alike. */
  readonly changed: readonly { readonly expected: RowText; readonly actual: RowText }[];
  /** The rows are right, and this is the first that stands at another place than its own, from 0. */
  readonly misplaced?: { readonly at: number; readonly expected: RowText; readonly actual: RowText };
}

/** Numbers of floating point are the same within this share: the order of a sum decides about the last digits. */
const closeness = 1e-9;

/**
 * Compare rows as a multiset, or in their order. `key`: names of columns that tell rows from each other, to show what
 * changed side by side. Undefined where nothing differs.
 */
export function compareRows(
  columns: readonly TableColumn[],
  expected: readonly RowText[],
  actual: readonly RowText[],
  { ordered, key }: { readonly ordered: boolean; readonly key: readonly string[] },
): RowsDifference | undefined {
  const same = columns.map(({ engineType }) => sameCells(engineType));
  const isSame = (a: RowText, b: RowText): boolean =>
    same.every((equal, index) => equal(a[index] ?? null, b[index] ?? null));
  // Rows are told apart by identity from here on, and a list may hold one twice.
  const copies = (rows: readonly RowText[]): RowText[] => rows.map((row) => [...row]);
  const left = takeEqual(columns, copies(expected), copies(actual), isSame);
  const counts = {
    columns: columns.map(({ name }) => name),
    expected: expected.length,
    actual: actual.length,
  };
  if (left.expected.length + left.actual.length > 0) {
    const places = key.map((name) => columns.findIndex((column) => column.name === name));
    const keyed = places.length > 0 && places.every((place) => place >= 0);
    const likeness = (a: RowText, b: RowText): number => {
      const equal = same.map((test, index) => test(a[index] ?? null, b[index] ?? null));
      if (keyed) return places.every((place) => equal[place]) ? 1 : 0;
      return equal.filter(Boolean).length / columns.length;
    };
    return { ...counts, ...paired(left.expected, left.actual, likeness) };
  }
  const misplaced = ordered ? expected.findIndex((row, index) => !isSame(row, actual[index] ?? [])) : -1;
  if (misplaced < 0) return undefined;
  const rows = { expected: expected[misplaced] ?? [], actual: actual[misplaced] ?? [] };
  return { ...counts, missing: [], unexpected: [], changed: [], misplaced: { at: misplaced, ...rows } };
}

type SameCells = (a: string | null, b: string | null) => boolean;

function sameCells(engineType: string): SameCells {
  if (!/^(DOUBLE|FLOAT|JSON)$/.test(engineType)) return (a, b) => a === b;
  return (a, b) => {
    if (a === b || a === null || b === null) return a === b;
    if (engineType === "JSON") return plainJson(a) === plainJson(b);
    const [one, other] = [Number(a), Number(b)];
    return Math.abs(one - other) <= closeness * Math.max(Math.abs(one), Math.abs(other));
  };
}

function plainJson(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text));
  } catch {
    return text;
  }
}

/** What is left of two lists when equal rows have been taken from both. */
function takeEqual(
  columns: readonly TableColumn[],
  expected: readonly RowText[],
  actual: readonly RowText[],
  isSame: (a: RowText, b: RowText) => boolean,
): { readonly expected: readonly RowText[]; readonly actual: readonly RowText[] } {
  const exact = columns.map(({ engineType }) => !/^(DOUBLE|FLOAT|JSON)$/.test(engineType));
  const name = (row: RowText): string => JSON.stringify(row.filter((_, index) => exact[index]));
  const waiting = new Map<string, RowText[]>();
  for (const row of actual) {
    const alike = waiting.get(name(row));
    if (alike === undefined) waiting.set(name(row), [row]);
    else alike.push(row);
  }
  const missing = expected.filter((row) => {
    const alike = waiting.get(name(row)) ?? [];
    const found = alike.findIndex((one) => isSame(row, one));
    if (found >= 0) alike.splice(found, 1);
    return found < 0;
  });
  const rest = new Set([...waiting.values()].flat());
  return { expected: missing, actual: actual.filter((row) => rest.has(row)) };
}

/** Beyond so many, rows are only listed: pairing them would take long and tell nobody anything. */
const mostPaired = 200;

/** Rows that belong together, the most alike first; at least half of their cells are the same. */
function paired(
  expected: readonly RowText[],
  actual: readonly RowText[],
  likeness: (a: RowText, b: RowText) => number,
): Pick<RowsDifference, "missing" | "unexpected" | "changed"> {
  if (Math.max(expected.length, actual.length) > mostPaired)
    return { missing: expected, unexpected: actual, changed: [] };
  const pairs = expected
    .flatMap((one) => actual.map((other) => ({ one, other, like: likeness(one, other) })))
    .filter(({ like }) => like >= 0.5)
    .toSorted((a, b) => b.like - a.like);
  const used = new Set<RowText>();
  const partners = new Map<RowText, RowText>();
  for (const { one, other } of pairs) {
    if (partners.has(one) || used.has(other)) continue;
    partners.set(one, other);
    used.add(other);
  }
  return {
    missing: expected.filter((row) => !partners.has(row)),
    unexpected: actual.filter((row) => !used.has(row)),
    changed: expected.flatMap((row) => {
      const other = partners.get(row);
      return other === undefined ? [] : [{ expected: row, actual: other }];
    }),
  };
}
