/** Values of the engine as people and programs read them. Nothing loses digits on the way. */

/** A value that JSON can hold. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

/** `2026-03-01 10:00:00.5` or `2026-03-01 10:00:00.5+00`: how the engine writes an instant. */
const instant = /^([+-]?\d{4,6}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?)(?:\+00(?::?00)?)?$/;

function isoInstant(text: string): string {
  const parts = instant.exec(text);
  return parts ? `${parts[1]}T${parts[2]}Z` : text;
}

/**
 * A value as JSON: whole numbers up to 2^53 as numbers, larger ones and all decimals as exact text, instants in
 * ISO 8601 with `Z`, what JSON lacks (NaN, infinities) as text, bytes as hexadecimal text.
 */
export function jsonValue(value: unknown, engineType: string): JsonValue {
  if (value === null || value === undefined) return null;
  switch (typeof value) {
    case "bigint":
      return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
    case "number":
      if (engineType.startsWith("DECIMAL")) return String(value);
      return Number.isFinite(value) ? value : String(value);
    case "boolean":
      return value;
    case "string":
      return engineType.startsWith("TIMESTAMP") ? isoInstant(value) : value;
    default:
      return objectValue(value, engineType);
  }
}

function objectValue(value: object, engineType: string): JsonValue {
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString("hex");
  if (Array.isArray(value)) return value.map((item: unknown) => jsonValue(item, elementType(engineType)));
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, jsonValue(item, "")]));
  }
  return jsonValue(String(value), engineType);
}

const elementType = (engineType: string) => (engineType.endsWith("[]") ? engineType.slice(0, -2) : "");

/** A value as text, for tables and CSV: what is nested as JSON, nothing as nothing. */
export function textValue(value: unknown, engineType: string): string {
  const plain = jsonValue(value, engineType);
  if (plain === null) return "";
  return typeof plain === "object" ? JSON.stringify(plain) : String(plain);
}
