import type { ColumnStatistics } from "../graph/table-column.ts";

/** Between which values those of a column lie. Numbers compare as numbers, times as texts of one length. */
export interface ColumnBounds {
  readonly kind: "integer" | "decimal" | "double" | "day" | "instant";
  readonly low: number | string;
  readonly high: number | string;
  readonly mayBeNull: boolean;
}

/** The limits of a column, as far as its statistics tell them exactly; undefined where they do not. */
export function columnBounds(column: ColumnStatistics | undefined): ColumnBounds | undefined {
  if (column?.min === undefined || column.max === undefined) return undefined;
  const kind = kindOf(column);
  const [low, high] = [column.min, column.max].map((text) => {
    if (kind === "day" || kind === "instant") return instantOf(text)?.text;
    return kind === "double" ? finiteNumber(text) : exactNumber(text);
  });
  if (kind === undefined || low === undefined || high === undefined) return undefined;
  return { kind, low, high, mayBeNull: column.nulls > 0 };
}

/**
 * Text has limits that may be cut off or sorted otherwise, a number of single precision another value than its text, and
 * of the widest types not every two values can be compared.
 */
function kindOf({ engineType, numbers }: ColumnStatistics): ColumnBounds["kind"] | undefined {
  if (/^(?:U?(?:TINY|SMALL)INT|U?INTEGER|BIGINT)$/.test(engineType)) return "integer";
  if (/^DECIMAL\((?:\d|1[0-8]),/.test(engineType)) return "decimal";
  if (engineType === "DATE") return "day";
  if (engineType === "TIMESTAMP") return "instant";
  return engineType === "DOUBLE" && numbers ? "double" : undefined;
}

/** Fifteen digits are told apart by every number of JavaScript. */
export function exactNumber(text: string): number | undefined {
  return /^-?\d+(?:\.\d+)?$/.test(text) && text.replaceAll(/[-.]/g, "").length <= 15
    ? Number(text)
    : undefined;
}

function finiteNumber(text: string): number | undefined {
  const number = Number(text);
  return text !== "" && Number.isFinite(number) ? number : undefined;
}

/** Days and instants of the years 1000 to 9999, all in one form. Undefined for what is in no calendar. */
export function instantOf(
  text: string,
): { readonly kind: "day" | "instant"; readonly text: string } | undefined {
  const parts =
    /^(?<day>[1-9]\d{3}-\d\d-\d\d)(?:[ T](?<time>\d\d:\d\d:\d\d)(?:\.(?<fraction>\d{1,6}))?)?$/.exec(
      text,
    )?.groups;
  if (parts === undefined) return undefined;
  const { day = "", time = "00:00:00", fraction = "" } = parts;
  const second = Date.parse(`${day}T${time}Z`);
  if (Number.isNaN(second) || new Date(second).toISOString() !== `${day}T${time}.000Z`) return undefined;
  return {
    kind: parts["time"] === undefined ? "day" : "instant",
    text: `${day} ${time}.${fraction.padEnd(6, "0")}`,
  };
}
