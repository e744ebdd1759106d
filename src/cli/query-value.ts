/**
 * Values of rows as people and programs read them. The engine hands out plain values already: decimals and
 * instants as text, lists as arrays, structs as objects; here they become what JSON can hold.
 */

/** A value that JSON can hold. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

/**
 * A value as JSON. Nothing loses digits: whole numbers beyond 2^53 are text. What JSON lacks is text too: NaN and
 * infinities, and bytes in hexadecimal.
 */
export function jsonValue(value: unknown): JsonValue {
  switch (typeof value) {
    case "string":
    case "boolean":
      return value;
    case "number":
      return Number.isFinite(value) ? value : String(value);
    case "bigint":
      return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
    case "object":
      return value === null ? null : objectValue(value);
    default:
      return null;
  }
}

function objectValue(value: object): JsonValue {
  if (value instanceof Uint8Array) return Buffer.from(value).toString("hex");
  if (Array.isArray(value)) return value.map(jsonValue);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, jsonValue(item)]));
}

/** A value as text, for tables and CSV: what is nested as JSON, nothing as nothing. */
export function textValue(value: unknown): string {
  const plain = jsonValue(value);
  if (plain === null) return "";
  return typeof plain === "object" ? JSON.stringify(plain) : String(plain);
}
