/**
 * From what was delivered to the types a contract promises. Every cast is strict: the engine's own would
 * round `1.5` to an integer, drop an offset, or read a date out of `2024-01-01junk`.
 */
import type { ColumnSpec } from "../../define/column.ts";
import { quoteText } from "../../sql/quote.ts";

/** What decides how a value is read. */
export type Reading = Pick<ColumnSpec, "type" | "precision" | "scale" | "format">;

/** A cast in two steps, so that the engine computes the value once. */
export interface Cast {
  /** SQL of the value; null where the engine cannot read it at all. */
  readonly value: string;
  /**
   * SQL that must be true beside: that the value, now in the column `v`, is there and says exactly what was
   * delivered. Without it, being there is enough.
   */
  readonly holds: ((v: string) => string) | undefined;
}

/** The type a cast results in. */
export function castType({ type, precision = 18, scale = 2 }: Reading): string {
  return type === "decimal" ? `DECIMAL(${precision},${scale})` : castTypes[type];
}

const castTypes = {
  text: "VARCHAR",
  integer: "BIGINT",
  number: "DOUBLE",
  boolean: "BOOLEAN",
  date: "DATE",
  timestamp: "TIMESTAMP",
  json: "VARCHAR",
} as const;

/** Read text. `x` is SQL that costs nothing to repeat, such as a column. */
export function castText(x: string, reading: Reading): Cast {
  switch (reading.type) {
    case "text":
      return { value: x, holds: undefined };
    case "integer":
      return { value: `try_cast(${x} as bigint)`, holds: (v) => isWhole(x, v) };
    case "number":
      return { value: `try_cast(${x} as double)`, holds: (v) => `isfinite(${v})` };
    case "decimal":
      return {
        value: `try_cast(${x} as ${castType(reading)})`,
        holds: (v) => keepsDigits(x, v, reading.scale ?? 2),
      };
    case "boolean":
      return { value: `try_cast(${x} as boolean)`, holds: undefined };
    case "date":
      return castDate(x, reading.format);
    case "timestamp":
      return {
        value: instantOf(x, reading.format),
        holds: (v) => inCalendar(v, "timestamp", reading.format === undefined ? x : undefined),
      };
    case "json":
      return { value: x, holds: () => `json_valid(${x})` };
  }
}

/** By number of digits, the smallest integer that has as many. */
const smallest = `([0, ${Array.from({ length: 18 }, (_, zeros) => `1${"0".repeat(zeros + 1)}`).join(", ")}]::bigint[])`;

/**
 * An integer with as many digits as its text has characters leaves no room for a fraction, which the engine
 * would round away. Only other text is looked at closely.
 */
const isWhole = (x: string, v: string): string =>
  `case when ${v} >= ${smallest}[strlen(${x})] then true else ${v} is not null and regexp_full_match(${x}, '\\s*[+-]?\\d+(\\.0*)?\\s*') end`;

/**
 * More digits behind the point than the scale has would be rounded away, unless they are zeros. Text that is
 * the value's own spelling is soon seen to be exact; only other text is looked at closely.
 */
function keepsDigits(x: string, v: string, scale: number): string {
  const plain = `[+-]?\\d*(\\.\\d{0,${scale}}0*)?`;
  const exponent = `contains(lower(${x}), 'e') and cast(${v} as double) = try_cast(${x} as double)`;
  const few = `strpos(${x}, '.') = 0 or strlen(${x}) - strpos(${x}, '.') <= ${scale}`;
  return `(case when ${v} is null then false when cast(${v} as varchar) = ${x} then true when contains(lower(${x}), 'e') then ${exponent} when ${few} then true else regexp_full_match(trim(${x}), '${plain}') end)`;
}

/**
 * A day may be delivered as its first instant, as spreadsheets and databases do. Only a format that says so
 * takes the day out of any instant.
 */
function castDate(x: string, format: string | undefined): Cast {
  if (format !== undefined) {
    return { value: `cast(${instantOf(x, format)} as date)`, holds: (v) => inCalendar(v, "date") };
  }
  const first = `try_cast(${x} as timestamp)`;
  const closely = (v: string): string =>
    `${inCalendar(v, "date", x)} and (strlen(${x}) <= 10 or ${first} = ${v})`;
  return {
    value: `cast(${first} as date)`,
    // The usual spelling has ten characters, which is too short for a time and too long for a word.
    holds: (v) => `case when strlen(${x}) = 10 then ${inCalendar(v, "date")} else ${closely(v)} end`,
  };
}

/** Text without an offset is UTC; with one the plain cast would drop it, so those take the slower way. */
function instantOf(x: string, format: string | undefined): string {
  if (format === "epoch_s") return epoch(x, 6, 1_000_000);
  if (format === "epoch_ms") return epoch(x, 3, 1000);
  if (format !== undefined) return `cast(try_strptime(${x}, ${quoteText(format)}) as timestamp)`;
  const plain = `try_cast(${x} as timestamp)`;
  const offset = `contains(${x}, '+') or contains(substring(${x}, 11), '-')`;
  return `case when ends_with(${x}, 'Z') then ${plain} when ${offset} then timezone('UTC', try_cast(${x} as timestamptz)) else ${plain} end`;
}

/** Seconds or milliseconds since 1970, with digits behind the point down to microseconds. */
const epoch = (x: string, scale: number, micros: number): string =>
  `make_timestamp(cast(cast(try_cast(${x} as decimal(18, ${scale})) as decimal(38, ${scale})) * ${micros} as bigint))`;

/**
 * Years 1 to 9999, and no words such as "infinity" or "epoch", which the engine takes for times. `x`: the text
 * that was read without a format.
 */
function inCalendar(v: string, type: "date" | "timestamp", x?: string): string {
  const last = type === "date" ? "9999-12-31" : "9999-12-31 23:59:59.999999";
  const years = `${v} between ${type} '0001-01-01' and ${type} '${last}'`;
  return x === undefined ? years : `${years} and (${v} <> ${type} '1970-01-01' or strlen(${x}) >= 8)`;
}

const whole = /^U?(?:TINY|SMALL|BIG|HUGE)?INT(?:EGER)?$/;
const fraction = /^(?:FLOAT|DOUBLE)$|^DECIMAL/;
const instants = /^TIMESTAMP(?:_S|_MS|_NS)?$/;
const nested = /\]$|^(?:STRUCT|MAP|UNION|VARIANT)\b/;

/** Read a value that has a type already, such as a column of a Parquet file. Undefined: read it as text. */
export function castTyped(x: string, type: string, reading: Reading): Cast | undefined {
  const exact = { value: x, holds: undefined };
  switch (reading.type) {
    case "text":
    case "json":
      return castToText(x, type, reading);
    case "integer":
      if (whole.test(type)) return { value: `try_cast(${x} as bigint)`, holds: undefined };
      return fraction.test(type)
        ? { value: `try_cast(${x} as bigint)`, holds: (v) => `${v} = ${x}` }
        : undefined;
    case "number":
      if (!whole.test(type) && !fraction.test(type)) return undefined;
      return { value: `try_cast(${x} as double)`, holds: (v) => `isfinite(${v})` };
    case "decimal":
      if (!whole.test(type) && !fraction.test(type)) return undefined;
      // Binary fractions are never exact decimals; decimals with more digits are.
      return {
        value: `try_cast(${x} as ${castType(reading)})`,
        holds: type.startsWith("DECIMAL") ? (v) => `${v} = ${x}` : undefined,
      };
    case "boolean":
      return type === "BOOLEAN" ? exact : undefined;
    case "date":
      if (type === "DATE") return { value: x, holds: (v) => inCalendar(v, "date") };
      if (!instants.test(type)) return undefined;
      return {
        value: `try_cast(${x} as date)`,
        holds: (v) => `${inCalendar(v, "date")} and ${x} = ${v}`,
      };
    case "timestamp":
      return castToInstant(x, type);
  }
}

function castToText(x: string, type: string, reading: Reading): Cast | undefined {
  if (type === "VARCHAR") return undefined;
  if (type === "BLOB") return castText(`try(decode(${x}))`, reading);
  if (reading.type === "json" || nested.test(type))
    return { value: `cast(to_json(${x}) as varchar)`, holds: undefined };
  return { value: `cast(${x} as varchar)`, holds: undefined };
}

function castToInstant(x: string, type: string): Cast | undefined {
  const holds = (v: string): string => inCalendar(v, "timestamp");
  if (type === "TIMESTAMP WITH TIME ZONE") return { value: `timezone('UTC', ${x})`, holds };
  return instants.test(type) || type === "DATE" ? { value: `try_cast(${x} as timestamp)`, holds } : undefined;
}
