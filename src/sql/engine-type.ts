/** Between the logical types a contract promises and the engine's own types. */
import type { ColumnSpec, LogicalType } from "../define/column.ts";

type TypeSpec = Pick<ColumnSpec, "type" | "precision" | "scale">;

const engineTypes: Record<Exclude<LogicalType, "decimal">, string> = {
  text: "VARCHAR",
  integer: "BIGINT",
  number: "DOUBLE",
  boolean: "BOOLEAN",
  date: "DATE",
  timestamp: "TIMESTAMP",
  json: "VARCHAR",
};

/** The engine type in which a declared column is kept. */
export function engineTypeOf(spec: TypeSpec): string {
  return spec.type === "decimal"
    ? `DECIMAL(${spec.precision ?? 18},${spec.scale ?? 2})`
    : engineTypes[spec.type];
}

const integerTypes =
  /^(?:TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT|UTINYINT|USMALLINT|UINTEGER|UBIGINT|UHUGEINT)$/;
const decimalType = /^DECIMAL\((\d+),\s*(\d+)\)$/;

/** The logical type that says most about an engine type. Nested values count as `json`, the rest as `text`. */
export function logicalTypeOf(engineType: string): LogicalType {
  const decimal = decimalType.exec(engineType);
  if (decimal !== null) return "decimal";
  if (integerTypes.test(engineType)) return "integer";
  if (engineType === "DOUBLE" || engineType === "FLOAT") return "number";
  if (engineType === "BOOLEAN") return "boolean";
  if (engineType === "DATE") return "date";
  if (engineType.startsWith("TIMESTAMP")) return "timestamp";
  return isNested(engineType) ? "json" : "text";
}

const isNested = (engineType: string): boolean =>
  engineType.endsWith("]") || /^(?:STRUCT|MAP|UNION)\b/.test(engineType);

/**
 * Whether values of a kept type become a declared type without losing anything silently: integers of
 * any width are integers, any number is a `number`, a scale may grow but not shrink. A value too large
 * for the declared type is an error of the build, never a wrong value.
 */
export function fits(engineType: string, spec: TypeSpec): boolean {
  const decimal = decimalType.exec(engineType);
  const isInteger = integerTypes.test(engineType);
  switch (spec.type) {
    case "text":
      return engineType === "VARCHAR" || engineType === "UUID";
    case "json":
      return engineType === "VARCHAR";
    case "integer":
      return isInteger || decimal?.[2] === "0";
    case "number":
      return isInteger || decimal !== null || engineType === "DOUBLE" || engineType === "FLOAT";
    case "decimal":
      return isInteger || (decimal !== null && Number(decimal[2]) <= (spec.scale ?? 2));
    case "boolean":
      return engineType === "BOOLEAN";
    case "date":
      return engineType === "DATE";
    case "timestamp":
      return engineType === "TIMESTAMP" || engineType === "TIMESTAMP WITH TIME ZONE";
  }
}

/**
 * The type in which a column of an inferred type is kept. Files know fewer types than the engine: they would
 * turn 128-bit integers into floating point numbers silently, take times of day out of their zones, and turn the others below
 * into text or lists.
 */
export function storedType(engineType: string): string {
  return engineType.replaceAll(keptOtherwise, (part, type: string | undefined) => {
    if (type === undefined) return part.startsWith("[") ? "[]" : part.startsWith("ENUM(") ? "VARCHAR" : part;
    // A column of its own is refused where a file would change it; the parts of a nested one are kept as text.
    if (engineType === "INTERVAL") return engineType;
    return type.endsWith("HUGEINT")
      ? "DECIMAL(38,0)"
      : type.startsWith("TIMESTAMP")
        ? "TIMESTAMP"
        : "VARCHAR";
  });
}

/** Quoted names come first, so that nothing in them matches; a field's name is followed by a space, a type is not. */
const keptOtherwise =
  /"(?:[^"]|"")*"|ENUM\((?:'(?:[^']|'')*'(?:, )?)*\)|\[\d+\]|\b(U?HUGEINT|JSON|BIT|BIGNUM|TIME_NS|TIME WITH TIME ZONE|TIMESTAMP_S|TIMESTAMP_MS|INTERVAL)(?=[[\]),]|$)/g;
