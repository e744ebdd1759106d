/**
 * What a dataset's rows let suggest. What a thing is by its nature, such as its key or its format, goes into the
 * contract; what is merely so today becomes a check that warns. Nothing is suggested of what is declared already.
 */
import type { CheckSpec } from "../../define/check-spec.ts";
import type { Addition, ColumnAddition } from "../../compile/edit/addition.ts";
import type { DatasetNode, GraphColumn } from "../../graph/graph.ts";
import { logicalTypeOf } from "../../sql/engine-type.ts";
import { counted as numbered } from "../offence.ts";
import type { ColumnCounts, ColumnProofs, Open, SeenColumn } from "./evidence.ts";
import { tellingFormats, tellingTypes } from "./evidence.ts";

/** Something to add, with what speaks for it. Without `addition` it is for people to decide. */
export interface Suggestion {
  readonly about: string;
  readonly column?: string;
  readonly addition?: Addition;
  readonly evidence: string;
}

/** A version of the past, as far as it is known. */
export interface PastVersion {
  readonly rows: number;
  /** The share of nulls of each column, from 0 to 1. */
  readonly nulls: Readonly<Record<string, number>>;
}

export interface Seen {
  readonly node: DatasetNode;
  readonly columns: readonly SeenColumn[];
  readonly rows: number;
  readonly counts: readonly ColumnCounts[];
  /** Of all columns; undefined where nothing was left open. */
  readonly proofs: readonly (ColumnProofs | undefined)[];
  /** Oldest first; the one that is looked at among them. */
  readonly past: readonly PastVersion[];
  /** Names of settings that the definition gives to a column itself. */
  readonly said: (column: string) => ReadonlySet<string>;
}

/** Fewer rows than these prove nothing. */
export const fewestRows = 30;
const mostValues = 20;
/** Characters; longer texts are no words of a list, and a definition is read by people. */
const longestValue = 80;
/** How often each value occurs at least, on average, where they are few. */
const timesEach = 10;

export const idLike =
  /(?:^|_)(?:id|key|code|uuid|guid|sku|number|no|nr|slug|hash|ref|reference|email|isin|iban)$/i;
const person =
  /(?:^|_)(?:(?:first|last|full|sur|user|family|given|middle|maiden)_?name|author|e?_?mail|phone|mobile|address|street|birth(?:day|_?date)?|dob|ssn|passport|iban)(?:_|$)/i;
const ofPeople: ReadonlySet<string> = new Set(["email", "phone", "e164", "iban", "credit_card"]);

/** Addresses and long numbers among few values: somebody's, whatever the column is called. */
const looksPersonal = /@|\d{7}/;

/** Whether a column is called as what is somebody's is called. */
export const soundsPersonal = (name: string): boolean =>
  person.test(name.replace(/([a-z])([A-Z])/g, "$1_$2"));

const declaredOf = ({ node }: Seen, name: string): GraphColumn["declared"] =>
  node.columns.find((column) => column.name === name)?.declared;

export const isAsked = ({ checks }: DatasetNode, kinds: readonly string[], column?: string): boolean =>
  checks.some(
    (one) =>
      kinds.includes(one.check) &&
      (column === undefined ||
        ("column" in one && one.column === column) ||
        (one.check === "duplicate_values" && one.columns.length === 1 && one.columns[0] === column)),
  );

/** What the first look leaves open of each column. */
export function leftOpen(seen: Omit<Seen, "proofs">): readonly Open[] {
  if (seen.rows < fewestRows) return [];
  return seen.columns.map((column, at): Open => {
    const { values = 0, distinct = 0 } = seen.counts[at] ?? {};
    const declared = declaredOf({ ...seen, proofs: [] }, column.name);
    const isPlainText =
      column.kind === "text" &&
      declared?.type !== "json" &&
      declared?.pattern === undefined &&
      declared?.oneOf === undefined &&
      declared?.format === undefined &&
      values >= fewestRows &&
      !isAsked(seen.node, ["format", "type_conformance", "invalid_values"], column.name);
    const isFew = distinct <= mostValues * 1.1 && values >= Math.max(fewestRows, distinct * timesEach);
    return {
      column,
      unique: values === seen.rows && distinct >= seen.rows * 0.85 && mayBeUnique(seen, at),
      formats: isPlainText && distinct >= 3 ? tellingFormats : [],
      types: isPlainText && distinct >= 3 ? tellingTypes : [],
      values: isPlainText && isFew && distinct > 1 && !column.personal,
    };
  });
}

/** A name that tells things apart, or the first column: other columns are unique by chance. */
function mayBeUnique({ node, columns }: Omit<Seen, "proofs">, at: number): boolean {
  const column = columns[at];
  const spec = node.columns.find(({ name }) => name === column?.name);
  if (column === undefined || spec === undefined || spec.declared?.key || spec.declared?.unique) return false;
  const type = logicalTypeOf(spec.engineType);
  if (isAsked(node, ["duplicate_values"], column.name)) return false;
  return (type === "text" || type === "integer") && (at === 0 || idLike.test(column.name));
}

/** Everything that is suggested but references: column by column, then about the whole. */
export function propose(seen: Seen): readonly Suggestion[] {
  const few = seen.rows < fewestRows;
  const keys = few ? [] : proposeKeys(seen);
  const columns = few ? [] : seen.columns.flatMap((_, at) => proposeColumn(seen, at, keys));
  return [...keys, ...columns, ...proposeRows(seen)];
}

export const counted = (value: number, one: string): string =>
  numbered(value, undefined, { one, many: `${one}s` });

/** How rare something must be that never happened among so many: below 3 of n, nineteen times of twenty. */
const rarer = (rows: number): string =>
  `fewer than ${Number((300 / rows).toPrecision(1))} % can be otherwise`;

const versionsOf = ({ past }: Seen): string => counted(Math.max(1, past.length), "version");

function proposeKeys(seen: Seen): readonly Suggestion[] {
  const unique = seen.columns.filter((_, at) => seen.proofs[at]?.distinct === seen.rows);
  const hasKey = seen.node.columns.some(({ declared }) => declared?.key);
  return unique.map(({ name }, at): Suggestion => {
    const isKey = !hasKey && at === 0;
    const evidence = `all ${counted(seen.rows, "row")} have a value of their own`;
    const rule: ColumnAddition["rule"] = isKey ? { key: true } : { unique: true };
    // What may be null by its contract cannot be its key.
    if (isKey && (seen.said(name).has("nullable") || (seen.node.kind === "model" && materializedByKey(seen))))
      return { about: "unique", column: name, addition: addition(seen, name, { unique: true }), evidence };
    return { about: isKey ? "key" : "unique", column: name, addition: addition(seen, name, rule), evidence };
  });
}

const materializedByKey = ({ node }: Seen): boolean =>
  node.kind === "model" && node.materialized?.kind === "upsert";

function addition(seen: Seen, column: string, rule: ColumnAddition["rule"]): ColumnAddition {
  const type = logicalTypeOf(seen.node.columns.find(({ name }) => name === column)?.engineType ?? "");
  return { column, type, rule };
}

/** A check that warns. */
export const warning = (check: CheckSpec): Addition => ({ check: { ...check, severity: "warn" } });

function proposeColumn(seen: Seen, at: number, keys: readonly Suggestion[]): readonly Suggestion[] {
  const column = seen.columns[at];
  const counts = seen.counts[at];
  if (column === undefined || counts === undefined) return [];
  const { name } = column;
  const key = keys.find((one) => one.column === name);
  const shape = proposeShape(seen, column, seen.proofs[at]);
  const declared = declaredOf(seen, name);
  const isKey = key?.about === "key" || declared?.key === true;
  const isUnique = key !== undefined || declared?.key === true || declared?.unique === true;
  return [
    ...(isKey ? [] : proposeNulls(seen, name, counts)),
    ...shape,
    ...(isKey || shape.length > 0 ? [] : proposeValues(seen, name, counts, seen.proofs[at])),
    ...(column.personal || isUnique ? [] : proposeRange(seen, column, counts)),
    ...proposeBlanks(seen, column, seen.proofs[at]),
  ];
}

function proposeNulls(seen: Seen, name: string, { values }: ColumnCounts): readonly Suggestion[] {
  const nulls = seen.rows - values;
  const wereNone = seen.past.every((version) => (version.nulls[name] ?? 0) === 0);
  const declared = declaredOf(seen, name);
  const isPromised = declared !== undefined && !declared.nullable;
  if (nulls > 0 || !wereNone || isPromised || isAsked(seen.node, ["null_values", "missing_values"], name))
    return [];
  const evidence = `none of ${counted(seen.rows, "row")} in ${versionsOf(seen)} is null; ${rarer(seen.rows)}`;
  const isOpen = seen.node.path.endsWith(".sql") && !seen.said(name).has("nullable");
  return [
    isOpen
      ? { about: "not null", column: name, addition: addition(seen, name, { nullable: false }), evidence }
      : {
          about: "not null",
          column: name,
          addition: warning({ check: "null_values", column: name }),
          evidence,
        },
  ];
}

/** What its texts are: of a format, or another type written as text. */
function proposeShape(
  seen: Seen,
  { name, tagged }: SeenColumn,
  proofs: ColumnProofs | undefined,
): readonly Suggestion[] {
  const all = `all values of ${counted(seen.rows, "row")} are so, in the part held out too`;
  const format = proofs?.formats[0];
  if (format !== undefined) {
    const tag: Suggestion = {
      about: "personal",
      column: name,
      evidence: `its values look like somebody's (${format}): tag it "pii.${format}", so that nobody sees them unasked`,
    };
    return [
      {
        about: "format",
        column: name,
        addition: addition(seen, name, { format }),
        evidence: `${format}: ${all}`,
      },
      ...(ofPeople.has(format) && !tagged ? [tag] : []),
    ];
  }
  const type = proofs?.types[0];
  if (type === undefined) return [];
  const check = warning({ check: "type_conformance", column: name, type });
  return [{ about: "type", column: name, addition: check, evidence: `text that reads as ${type}: ${all}` }];
}

function proposeValues(
  seen: Seen,
  name: string,
  { values, distinct, extent }: ColumnCounts,
  proofs: ColumnProofs | undefined,
): readonly Suggestion[] {
  const { learntValues = [], heldOutValues = [] } = proofs ?? {};
  const isSafe =
    proofs?.blanks === undefined &&
    !learntValues.some(
      (value) => value.trim() === "" || value.length > longestValue || looksPersonal.test(value),
    );
  const isStable = heldOutValues.every((value) => learntValues.includes(value));
  const are = counted(learntValues.length, "value");
  if (learntValues.length > 1 && learntValues.length <= mostValues && isStable && isSafe) {
    const evidence = `${are} in ${counted(values, "row")}; the part held out had no other`;
    const check = warning({ check: "invalid_values", column: name, values: learntValues });
    return [{ about: "values", column: name, addition: check, evidence }];
  }
  return distinct < 3 ? [] : proposeLength(seen, name, values, extent);
}

/** Texts that are all as long as each other are codes. */
function proposeLength(
  seen: Seen,
  name: string,
  values: number,
  extent: ColumnCounts["extent"],
): readonly Suggestion[] {
  const column = seen.columns.find((one) => one.name === name);
  const declared = declaredOf(seen, name);
  if (
    column?.kind !== "text" ||
    extent === undefined ||
    values < fewestRows ||
    declared?.pattern !== undefined
  )
    return [];
  const [length, longest] = extent.learnt;
  const isSame = length === longest && extent.heldOut.every((one) => one === length) && length > 1;
  const isSaid =
    declared?.maxLength !== undefined ||
    isAsked(seen.node, ["length", "invalid_values", "type_conformance", "format"], name);
  if (!isSame || isSaid || declared?.oneOf !== undefined || declared?.format !== undefined) return [];
  const check = warning({ check: "length", column: name, min: length, max: length });
  const evidence = `all values of ${counted(values, "row")} have ${counted(length, "character")}`;
  return [{ about: "length", column: name, addition: check, evidence }];
}

/** Limits with half of the spread as slack, learnt from one part and held against the other. */
function proposeRange(
  seen: Seen,
  { name, kind }: SeenColumn,
  { extent, values, distinct }: ColumnCounts,
): readonly Suggestion[] {
  const declared = declaredOf(seen, name);
  const isSaid = declared?.min !== undefined || declared?.max !== undefined || declared?.oneOf !== undefined;
  if (kind !== "number" || extent === undefined || values < fewestRows || isSaid || idLike.test(name))
    return [];
  if (isAsked(seen.node, ["value_range", "min", "max", "invalid_values"], name)) return [];
  const [low, high] = extent.learnt;
  if (high <= low || distinct < 5 || sentinels.has(low)) return [];
  const slack = (high - low) / 2;
  const step = 10 ** Math.floor(Math.log10(slack));
  const round = (value: number): number => Number(value.toPrecision(12));
  const min = low >= 0 && low - slack < 0 ? 0 : round(Math.floor((low - slack) / step) * step);
  const max = round(Math.ceil((high + slack) / step) * step);
  if (extent.heldOut[0] < min || extent.heldOut[1] > max) return [];
  const check = warning({ check: "value_range", column: name, min, max });
  const all = [...extent.learnt, ...extent.heldOut];
  const evidence = `${Math.min(...all)} to ${Math.max(...all)} in ${counted(values, "row")}, with half as much again on either side`;
  return [{ about: "range", column: name, addition: check, evidence }];
}

/** Numbers that people write where they have none. */
const sentinels: ReadonlySet<number> = new Set([-99, -999, -9999, -99_999, -999_999]);

function proposeBlanks(
  seen: Seen,
  { name, kind, personal }: SeenColumn,
  proofs: ColumnProofs | undefined,
): readonly Suggestion[] {
  if (declaredOf(seen, name)?.missing !== undefined) return [];
  const how = seen.node.kind === "source" ? `; missing in its contract reads that as null` : "";
  const told = (evidence: string): Suggestion => ({ about: "coded blanks", column: name, evidence });
  const at = seen.columns.findIndex((column) => column.name === name);
  const low = seen.counts[at]?.extent?.learnt[0];
  if (kind === "number" && !personal && low !== undefined && sentinels.has(low))
    return [told(`the smallest value is ${low}, which may stand for nothing${how}`)];
  if (proofs?.blanks === undefined) return [];
  const { rows, words } = proofs.blanks;
  const are = words.slice(0, 3).map((word) => JSON.stringify(word));
  return [told(`${counted(rows, "row")} with ${are.join(", ")}, which may stand for nothing${how}`)];
}

/** How many rows there are: a band where versions let know one, else that there are some. */
function proposeRows(seen: Seen): readonly Suggestion[] {
  if (seen.rows === 0 || isAsked(seen.node, ["row_count"])) return [];
  const sizes = seen.past.length === 0 ? [seen.rows] : [...seen.past.map(({ rows }) => rows), seen.rows];
  const [least, most] = [Math.min(...sizes), Math.max(...sizes)];
  const min = Math.max(1, Math.floor(least / 2));
  const isBand = sizes.length > 3 && most < least * 2;
  const limits = isBand ? { min, max: most * 2 } : { min: sizes.length > 3 ? min : 1 };
  const evidence = `${least === most ? "" : `${counted(least, "row")} to `}${counted(most, "row")} in ${versionsOf(seen)}`;
  return [{ about: "row count", addition: warning({ check: "row_count", ...limits }), evidence }];
}
