/** What a column's values can be compared with, so that no check fails for its types when it is asked. */
import { logicalTypeOf } from "../sql/engine-type.ts";

export type ValueKind = "text" | "number" | "boolean" | "date" | "timestamp" | "time" | "uuid" | "other";

/** The kind of an engine type's values. Intervals, bytes, bits, lists and structs are `other`: nothing is written like them. */
export function valueKindOf(engineType: string): ValueKind {
  if (engineType === "VARCHAR") return "text";
  if (engineType === "TIME") return "time";
  if (engineType === "UUID") return "uuid";
  switch (logicalTypeOf(engineType)) {
    case "integer":
    case "number":
    case "decimal":
      return "number";
    case "boolean":
      return "boolean";
    case "date":
      return "date";
    case "timestamp":
      return "timestamp";
    case "text":
    case "json":
      return "other";
  }
}

/** What a value must be that is compared with such a column, in words; undefined where none can be. */
export const wantedValue: Readonly<Record<ValueKind, string | undefined>> = {
  text: "text",
  number: "a number",
  boolean: '"true" or "false"',
  date: "an ISO date",
  timestamp: "an ISO date",
  time: 'a time such as "08:30:00"',
  uuid: "a UUID",
  other: undefined,
};

/** Whether a value of a setting can be compared with a column of the kind. */
export function isComparable(kind: ValueKind, value: unknown): boolean {
  if (kind === "number") {
    return typeof value === "number" || (typeof value === "string" && /^-?\d+(?:\.\d+)?$/.test(value));
  }
  if (typeof value !== "string") return false;
  switch (kind) {
    case "text":
      return true;
    case "boolean":
      return /^(?:true|false)$/i.test(value);
    case "date":
    case "timestamp":
      return /^-?\d{4,}-\d\d-\d\d/.test(value) && !Number.isNaN(Date.parse(value));
    case "time":
      return /^(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,6})?)?$/.test(value);
    case "uuid":
      return /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i.test(value);
    case "other":
      return false;
  }
}
