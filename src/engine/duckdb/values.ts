import {
  type DuckDBDateValue,
  type DuckDBListType,
  type DuckDBListValue,
  type DuckDBMapType,
  type DuckDBMapValue,
  type DuckDBStructType,
  type DuckDBStructValue,
  type DuckDBBlobValue,
  type DuckDBType,
  DuckDBTypeId,
  type DuckDBValue,
} from "@duckdb/node-api";

/** From a value of the engine that is not null to one of JavaScript. */
export type Reader = (value: never) => unknown;

/** What becomes of a whole number that no `number` holds exactly. */
export type LargeInteger = (value: bigint) => unknown;

/**
 * How values of a type are read: whole numbers become `number` (or what `large` makes of them beyond 2^53),
 * decimals exact text, dates `YYYY-MM-DD`, instants ISO 8601 with `Z`, lists arrays, structs objects, bytes
 * `Uint8Array`, everything else the engine's text.
 */
export function readerOf(type: DuckDBType, large: LargeInteger): Reader {
  switch (type.typeId) {
    case DuckDBTypeId.BOOLEAN:
    case DuckDBTypeId.TINYINT:
    case DuckDBTypeId.SMALLINT:
    case DuckDBTypeId.INTEGER:
    case DuckDBTypeId.UTINYINT:
    case DuckDBTypeId.USMALLINT:
    case DuckDBTypeId.UINTEGER:
    case DuckDBTypeId.FLOAT:
    case DuckDBTypeId.DOUBLE:
    case DuckDBTypeId.VARCHAR:
    case DuckDBTypeId.ENUM:
      return (value) => value;
    case DuckDBTypeId.BIGINT:
    case DuckDBTypeId.UBIGINT:
    case DuckDBTypeId.HUGEINT:
    case DuckDBTypeId.UHUGEINT:
      return (value: bigint) => {
        const number = Number(value);
        return Number.isSafeInteger(number) ? number : large(value);
      };
    case DuckDBTypeId.DATE:
      return readDate;
    case DuckDBTypeId.TIMESTAMP:
    case DuckDBTypeId.TIMESTAMP_TZ:
      return (value: { readonly micros: bigint }) => instant(value.micros);
    case DuckDBTypeId.TIMESTAMP_S:
      return (value: { readonly seconds: bigint }) => instant(value.seconds * 1_000_000n);
    case DuckDBTypeId.TIMESTAMP_MS:
      return (value: { readonly millis: bigint }) => instant(value.millis * 1000n);
    case DuckDBTypeId.TIMESTAMP_NS:
      return (value: { readonly nanos: bigint }) => instant(value.nanos / 1000n);
    case DuckDBTypeId.BLOB:
      return (value: DuckDBBlobValue) => value.bytes;
    case DuckDBTypeId.LIST:
    case DuckDBTypeId.ARRAY: {
      const item = nullable(readerOf((type as DuckDBListType).valueType, large));
      return (value: DuckDBListValue) => value.items.map(item);
    }
    case DuckDBTypeId.STRUCT:
      return structReader(type, large);
    case DuckDBTypeId.MAP:
      return mapReader(type, large);
    default:
      return (value) => String(value);
  }
}

/** The same for values that may be null. */
export function nullable(reader: Reader): (value: DuckDBValue) => unknown {
  return (value) => (value === null ? null : reader(value as never));
}

function structReader(type: DuckDBStructType, large: LargeInteger): Reader {
  const fields = type.entryNames.map((name, index) => {
    const field = type.entryTypes[index];
    if (!field) throw new Error(`field ${name} has no type`);
    return { name, read: nullable(readerOf(field, large)) };
  });
  return (value: DuckDBStructValue) =>
    Object.fromEntries(fields.map(({ name, read }) => [name, read(value.entries[name] ?? null)]));
}

function mapReader(type: DuckDBMapType, large: LargeInteger): Reader {
  const key = nullable(readerOf(type.keyType, large));
  const read = nullable(readerOf(type.valueType, large));
  return (value: DuckDBMapValue) =>
    Object.fromEntries(value.entries.map((entry) => [String(key(entry.key)), read(entry.value)]));
}

const millisecondsPerDay = 86_400_000;

function readDate(value: DuckDBDateValue): string {
  const date = new Date(value.days * millisecondsPerDay);
  return Number.isNaN(date.getTime()) ? String(value) : isoText(date).slice(0, -14);
}

/** Microseconds since 1970 as ISO 8601: with milliseconds, and the digits behind them only where there are any. */
function instant(micros: bigint): string {
  const rest = ((micros % 1000n) + 1000n) % 1000n;
  const date = new Date(Number((micros - rest) / 1000n));
  if (Number.isNaN(date.getTime())) return micros > 0n ? "infinity" : "-infinity";
  const text = isoText(date);
  return rest === 0n ? text : `${text.slice(0, -1)}${String(rest).padStart(3, "0")}Z`;
}

const isoText = (date: Date): string => date.toISOString();
