/** Columns as declared: read from settings, judged once their types are known. */
import type { ColumnSpec } from "../define/column.ts";
import { isTextFormat, textFormats } from "../define/text-format.ts";
import { didYouMean, nearestName } from "../graph/nearest-name.ts";
import { columnSchema, logicalTypes } from "./schemas.ts";
import { isRecord } from "./settings.ts";
import { type Mistakes, show, validate } from "./validate.ts";
import { type ValueKind, isComparable, valueKindOf, wantedValue } from "./value-kind.ts";

/** A declared column. Without `type` the engine's own type is taken. */
export interface ColumnDraft {
  readonly name: string;
  readonly spec: Omit<ColumnSpec, "type"> & { readonly type?: ColumnSpec["type"] };
  /** Nothing is wrong with it as far as it was written. */
  readonly sound: boolean;
}

/** Read a mapping of columns. `nullable`: whether a column that does not say may be empty. */
export function readColumns(
  columns: Readonly<Record<string, unknown>>,
  mistakes: Mistakes,
  options: {
    readonly nullable: boolean;
    readonly role: "source" | "model";
    readonly missing?: readonly (string | number)[] | undefined;
  },
): ColumnDraft[] {
  const drafts: ColumnDraft[] = [];
  const seen = new Map<string, string>();
  for (const [name, raw] of Object.entries(columns)) {
    if (!acceptName(name, seen, mistakes, options.role)) continue;
    const before = mistakes.diagnostics.length;
    const spec = validate(columnSchema, spellOut(raw, name, mistakes), mistakes, ["columns", name]);
    const { key = false, unique = false, tags = [], ...rest } = spec ?? {};
    const nullable = rest.nullable ?? (options.nullable && !key);
    if (options.role === "model") refuseForModel(name, rest, mistakes);
    if (key && nullable) {
      mistakes.add(
        "bad-setting",
        ["columns", name],
        `column "${name}" is part of the key, so it cannot be nullable`,
      );
    }
    const sound = mistakes.diagnostics.length === before;
    drafts.push({
      name,
      spec: dropUndefined({
        missing: options.missing,
        ...rest,
        key,
        unique,
        tags,
        nullable: nullable && !key,
      }),
      sound,
    });
  }
  return drafts;
}

/** How values arrive is said by sources; what a text is may be promised by models too. */
function refuseForModel(
  name: string,
  {
    from,
    format,
    missing,
  }: {
    readonly from?: unknown;
    readonly format?: string | undefined;
    readonly missing?: unknown;
  },
  mistakes: Mistakes,
): void {
  const refuse = (setting: string): void =>
    mistakes.add(
      "bad-setting",
      ["columns", name, setting],
      `"${setting}" is for sources; a model's query says it`,
    );
  if (from !== undefined) refuse("from");
  if (missing !== undefined) refuse("missing");
  if (format === undefined || isTextFormat(format)) return;
  if (format.includes("%") || format.startsWith("epoch")) refuse("format");
  else mistakes.add("bad-setting", ["columns", name, "format"], ...unknownFormat(name, format));
}

const unknownFormat = (column: string, format: string): [string, { readonly suggestion: string }] => [
  `column "${column}": there is no format ${show(format)}`,
  { suggestion: didYouMean(format, textFormats) ?? `formats of text are ${textFormats.join(", ")}` },
];

function acceptName(name: string, seen: Map<string, string>, mistakes: Mistakes, role: string): boolean {
  const earlier = seen.get(name.toLowerCase());
  seen.set(name.toLowerCase(), name);
  if (earlier !== undefined) {
    mistakes.add(
      "bad-setting",
      ["columns", name],
      `columns "${earlier}" and "${name}" differ in letter case only`,
    );
    return false;
  }
  if (name === "" || name.includes("\0")) {
    mistakes.add("bad-setting", ["columns", name], "a column has a name that cannot be one");
    return false;
  }
  if (role === "source" && name.toLowerCase().startsWith("sluice_")) {
    const suggestion = "choose another name, and tell where the value comes from with from(…)";
    mistakes.add("bad-setting", ["columns", name], 'names beginning with "sluice_" are Sluice\'s own', {
      suggestion,
    });
    return false;
  }
  return true;
}

/** `decimal(18, 2)` is short for a type with precision and scale; a column without settings is `{}`. */
function spellOut(raw: unknown, name: string, mistakes: Mistakes): unknown {
  if (raw === null || raw === undefined) return {};
  if (typeof raw === "string") return spellOut({ type: raw }, name, mistakes);
  if (!isRecord(raw) || typeof raw["type"] !== "string") return raw;
  const type = raw["type"];
  const decimal = /^decimal\s*\(\s*(\d+)\s*,\s*(\d+)\s*\)$/i.exec(type);
  if (decimal !== null)
    return { precision: Number(decimal[1]), scale: Number(decimal[2]), ...raw, type: "decimal" };
  if ((logicalTypes as readonly string[]).includes(type)) return raw;
  const meant = engineNames[type.toLowerCase().replace(/\(.*$/, "")] ?? nearestName(type, logicalTypes);
  mistakes.add("bad-setting", ["columns", name, "type"], `"${type}" is not a type of a contract`, {
    suggestion: meant === undefined ? `types are ${logicalTypes.join(", ")}` : `did you mean "${meant}"?`,
  });
  const { type: _, ...rest } = raw;
  return rest;
}

/** What people write who think in SQL or JSON. */
const engineNames: Readonly<Record<string, string>> = {
  varchar: "text",
  string: "text",
  char: "text",
  bigint: "integer",
  int: "integer",
  smallint: "integer",
  double: "number",
  float: "number",
  real: "number",
  numeric: "decimal",
  bool: "boolean",
  datetime: "timestamp",
  timestamptz: "timestamp",
};

const dropUndefined = <T extends object>(value: T): T =>
  Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as T;

const numeric: ReadonlySet<string> = new Set(["integer", "number", "decimal"]);
const textual: ReadonlySet<string> = new Set(["text", "json"]);
const temporal: ReadonlySet<string> = new Set(["date", "timestamp"]);

/** Report rules that make no sense for the column's type. `engineType`: what the engine keeps it as. */
export function judgeColumn(name: string, spec: ColumnSpec, mistakes: Mistakes, engineType: string): void {
  const refuse = (setting: string, why: string): void =>
    mistakes.add("bad-setting", ["columns", name, setting], `column "${name}": ${why}`);
  const kind = valueKindOf(engineType);
  // What contracts have no word for counts as text there, and is called as the engine calls it here.
  const type = textual.has(spec.type) && kind !== "text" ? engineType : spec.type;
  for (const setting of ["min", "max"] as const) {
    const limit = spec[setting];
    if (limit === undefined) continue;
    if (numeric.has(type)) {
      const ok = typeof limit === "number" || (type === "decimal" && /^-?\d+(\.\d+)?$/.test(limit));
      if (!ok)
        refuse(setting, `"${setting}" of a column of type ${type} must be a number, not ${show(limit)}`);
    } else if (temporal.has(type)) {
      const ok =
        typeof limit === "string" && /^-?\d{4,}-\d\d-\d\d/.test(limit) && !Number.isNaN(Date.parse(limit));
      if (!ok)
        refuse(setting, `"${setting}" of a column of type ${type} must be an ISO date, not ${show(limit)}`);
    } else {
      refuse(
        setting,
        `"${setting}" is for numbers and times${textual.has(type) ? `; for text use "${setting}Length"` : ""}`,
      );
    }
  }
  for (const setting of ["minLength", "maxLength", "pattern"] as const) {
    if (spec[setting] !== undefined && !textual.has(type))
      refuse(setting, `"${setting}" is for text, not for ${type}`);
  }
  judgeListed(spec, kind, type, refuse);
  judgeFormat(name, spec.format, type, mistakes);
  const precision = spec.precision ?? 18;
  if (type === "decimal" && (spec.scale ?? 2) > precision) {
    refuse("scale", `"scale" cannot be more than the ${precision} digits of "precision"`);
  }
  if (type !== "decimal" && (spec.precision !== undefined || spec.scale !== undefined)) {
    refuse(spec.precision === undefined ? "scale" : "precision", `"precision" and "scale" are for decimals`);
  }
  judgeLimits(spec, refuse);
  if (spec.unit !== undefined && !numeric.has(type)) refuse("unit", `"unit" is for numbers, not for ${type}`);
}

function judgeFormat(name: string, format: string | undefined, type: string, mistakes: Mistakes): void {
  if (format === undefined) return;
  const add = (message: string, more: { readonly suggestion?: string } = {}): void =>
    mistakes.add("bad-setting", ["columns", name, "format"], message, more);
  if (type === "text") {
    if (!isTextFormat(format)) add(...unknownFormat(name, format));
  } else if (!temporal.has(type)) {
    add(`column "${name}": "format" is for text, dates and timestamps, not for ${type}`);
  } else if (isTextFormat(format)) {
    const suggestion = `declare the column as text, or leave "format" out: ISO 8601 is read as it is`;
    add(`column "${name}": the format "${format}" is of text, not of a ${type}`, { suggestion });
  }
}

function judgeListed(
  { oneOf }: ColumnSpec,
  kind: ValueKind,
  type: string,
  refuse: (setting: string, why: string) => void,
): void {
  if (oneOf === undefined) return;
  if (kind === "number" || kind === "text") {
    const wanted = kind === "number" ? "number" : "string";
    if (oneOf.every((one) => typeof one === wanted)) return;
    const words = wanted === "number" ? "numbers" : "text";
    refuse("oneOf", `the values of "oneOf" must be ${words} like the column`);
  } else if (kind === "other") refuse("oneOf", `"oneOf" is not for ${type}`);
  else {
    const wrong = oneOf.find((one) => !isComparable(kind, one));
    if (wrong === undefined) return;
    refuse("oneOf", `the values of "oneOf" must each be ${wantedValue[kind]}, not ${show(wrong)}`);
  }
}

function judgeLimits(spec: ColumnSpec, refuse: (setting: string, why: string) => void): void {
  const { min, max, minLength, maxLength } = spec;
  if (
    typeof min === typeof max &&
    min !== undefined &&
    max !== undefined &&
    min > max &&
    typeof min === "number"
  ) {
    refuse("min", `"min" is more than "max": no value fits`);
  }
  if (minLength !== undefined && maxLength !== undefined && minLength > maxLength) {
    refuse("minLength", `"minLength" is more than "maxLength": no value fits`);
  }
}
