/**
 * A contract as SQL. Rows come with the delivered values in columns `r0`, `r1`, …; what they are read as
 * stands beside them in `v0`, `v1`, …; a row is fine or has reasons why not.
 */
import type { ColumnSpec } from "../../define/column.ts";
import type { TableColumn } from "../../graph/table-column.ts";
import { isTextFormat } from "../../define/text-format.ts";
import { formatHolds, notOfFormat } from "../../sql/formats/format-holds.ts";
import { patternHolds } from "../../sql/pattern-holds.ts";
import { quoteName, quoteText } from "../../sql/quote.ts";
import { type Cast, castText, castType, castTyped } from "./casts.ts";

export type ContractColumn = TableColumn & { readonly spec: ColumnSpec };

/** SQL for one contract over one shape of input. */
export interface Contract {
  /** `v0`, `v1`, … from `r0`, `r1`, … */
  readonly values: readonly string[];
  /** The accepted row's columns, from `v0`, `v1`, … */
  readonly outputs: readonly string[];
  /** True for a row without fault; false or null otherwise. */
  readonly fine: string;
  /** The reasons against a row, as a list of texts. */
  readonly reasons: string;
  /** Of columns with coded blanks: true for a row that was delivered with one. */
  readonly blanks: readonly { readonly column: string; readonly met: string }[];
}

/** A demand on one column. */
interface Rule {
  readonly reason: string;
  /** True where it is met; may be null where the value is. */
  readonly met: string;
}

/** What is known about the values before they are looked at. */
export interface Arrival {
  /** The engine types in which they arrive; text where they are not given. */
  readonly types: readonly string[];
  /** Whether there may be NUL characters in texts. To look for them costs more than all else. */
  readonly mayHoldNul: boolean;
}

export function compileContract(columns: readonly ContractColumn[], arrival: Arrival): Contract {
  const compiled = columns.map((column, index) => compileColumn(column, index, arrival));
  return {
    values: compiled.map(({ value }) => value),
    outputs: compiled.map(({ output }) => output),
    fine: compiled.flatMap(({ fine }) => fine).join(" and ") || "true",
    reasons: listOf(compiled.flatMap(({ reasons }) => reasons)),
    blanks: columns.flatMap(({ name, spec }, index) => {
      const met = isBlank(`r${index}`, arrival.types[index] ?? "VARCHAR", spec);
      return met === undefined ? [] : [{ column: name, met }];
    }),
  };
}

interface CompiledColumn {
  readonly value: string;
  readonly output: string;
  /** Conditions that all hold for a fine row. */
  readonly fine: readonly string[];
  /** Cases, each a text or null. */
  readonly reasons: readonly string[];
}

function compileColumn(column: ContractColumn, index: number, arrival: Arrival): CompiledColumn {
  const { spec } = column;
  const type = arrival.types[index] ?? "VARCHAR";
  const r = withoutBlanks(`r${index}`, type, spec);
  const v = `v${index}`;
  const required = spec.key || !spec.nullable;
  const cast = castOf(r, type, spec);
  const held = cast.holds?.(v);
  const readable = held ?? `${v} is not null`;
  const rules = rulesOf(column, v, arrival.mayHoldNul);
  const misread =
    cast.value === r && held === undefined ? [] : [`${r} is not null and (${readable}) is not true`];
  return {
    value: cast.value,
    output: `${converted(v, column)} as ${quoteName(column.name)}`,
    fine: [
      // No rule is met by a null, so where there is one it says that a required value is there.
      ...(required && (held !== undefined || rules.length === 0) ? [`(${readable})`] : []),
      ...(!required && misread.length > 0 ? [`(${r} is null or (${readable}))`] : []),
      ...rules.map(({ met }) => (required ? `(${met})` : `(${met}) is not false`)),
    ],
    reasons: [
      ...(required ? [reason(column, "required", `${r} is null`)] : []),
      ...misread.map((when) => reason(column, notA(spec), when)),
      ...rules.map((rule) => reason(column, rule.reason, `(${readable}) and (${rule.met}) is false`)),
    ],
  };
}

/** What was delivered, with null for whatever means it. */
function withoutBlanks(r: string, type: string, spec: ColumnSpec): string {
  const blank = isBlank(r, type, spec);
  return blank === undefined ? r : `(case when ${blank} then null else ${r} end)`;
}

/** Whether what was delivered means null; undefined where nothing does. */
function isBlank(r: string, type: string, { missing }: ColumnSpec): string | undefined {
  if (missing === undefined || missing.length === 0) return undefined;
  const text = type === "VARCHAR" ? r : `cast(${r} as varchar)`;
  const texts = missing.filter((value) => typeof value === "string").map(quoteText);
  const numbers = missing.filter((value) => typeof value === "number");
  const means = [
    ...(texts.length === 0 ? [] : [`list_contains([${texts.join(", ")}], trim(${text}))`]),
    ...(numbers.length === 0
      ? []
      : [`list_contains([${numbers.join(", ")}]::double[], try_cast(${text} as double))`]),
  ];
  return means.join(" or ");
}

function castOf(r: string, type: string, spec: ColumnSpec): Cast {
  if (type === "VARCHAR") return castText(r, spec);
  return castTyped(r, type, spec) ?? castText(`cast(${r} as varchar)`, spec);
}

const converted = (v: string, { engineType, spec }: ContractColumn): string =>
  engineType === castType(spec) ? v : `cast(${v} as ${engineType})`;

const reason = ({ name }: TableColumn, text: string, when: string): string =>
  `case when ${when} then ${quoteText(`${name}: ${text}`)} end`;

/** A list of those texts that are not null. */
export const listOf = (cases: readonly string[]): string =>
  cases.length === 0
    ? "cast([] as varchar[])"
    : `list_filter([${cases.join(", ")}], lambda x: x is not null)`;

function notA(spec: ColumnSpec): string {
  const { type, precision = 18, scale = 2 } = spec;
  const kind = {
    text: "text",
    integer: "an integer",
    number: "a number",
    decimal: `a decimal(${precision},${scale})`,
    boolean: "a boolean",
    date: "a date",
    timestamp: "a timestamp",
    json: "JSON",
  }[type];
  return `not ${kind}`;
}

function rulesOf({ spec }: ContractColumn, v: string, mayHoldNul: boolean): Rule[] {
  const text = spec.type === "text" || spec.type === "json" ? v : `cast(${v} as varchar)`;
  const rules: Rule[] = [];
  const add = (met: string, words: string): void => void rules.push({ met, reason: words });
  if (spec.type === "text" && mayHoldNul) add(`not contains(${v}, chr(0))`, "contains a NUL character");
  if (spec.min !== undefined) add(`${v} >= ${limit(spec.min, spec)}`, `below ${spec.min}`);
  if (spec.max !== undefined) add(`${v} <= ${limit(spec.max, spec)}`, `above ${spec.max}`);
  if (spec.minLength !== undefined) {
    const enough = spec.minLength === 1 ? `${text} <> ''` : `length(${text}) >= ${spec.minLength}`;
    add(enough, `shorter than ${spec.minLength}`);
  }
  if (spec.maxLength !== undefined) {
    // A character has a byte or more: short text need not be counted.
    const { maxLength } = spec;
    add(`(strlen(${text}) <= ${maxLength} or length(${text}) <= ${maxLength})`, `longer than ${maxLength}`);
  }
  if (spec.pattern !== undefined) {
    add(patternHolds(text, spec.pattern), `does not match ${spec.pattern}`);
  }
  if (spec.type === "text" && spec.format !== undefined && isTextFormat(spec.format)) {
    add(formatHolds(spec.format, v), notOfFormat(spec.format));
  }
  if (spec.oneOf && spec.oneOf.length > 0) {
    // Behind `in` the engine makes a join out of more than a few values, and a join costs rows their order.
    add(
      `list_contains([${spec.oneOf.map((value) => limit(value, spec)).join(", ")}], ${v})`,
      `not one of ${some(spec.oneOf)}`,
    );
  }
  return rules;
}

/** A value of the contract as SQL, read the way delivered values are. */
function limit(value: number | string, spec: ColumnSpec): string {
  if (typeof value === "number") return String(value);
  if (spec.type === "text" || spec.type === "json") return quoteText(value);
  return `(${castText(quoteText(value), { ...spec, format: undefined }).value})`;
}

const shown = 5;

const some = (values: readonly (string | number)[]): string =>
  values.slice(0, shown).join(", ") + (values.length > shown ? ", …" : "");
