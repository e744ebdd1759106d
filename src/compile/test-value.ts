const whole = /^\s*[+-]?\d+\s*$/;
const number = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?\s*$/i;
const time = String.raw`\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?`;
const dateTime = new RegExp(
  String.raw`^\s*(\d{4,6}-\d\d?-\d\d?)(?:[ T]${time}\s*(?:Z|[+-]\d\d(?::?\d\d)?)?)?\s*$`,
);

/**
 * Whether text can become a value of an engine type, as far as that is plain to see. What is not judged here the engine
 * judges when the test runs.
 */
export function fits(text: string, engineType: string): boolean {
  const [type = ""] = engineType.toUpperCase().split("(");
  if (/[[\]]|^(STRUCT|MAP|UNION)$/.test(engineType.toUpperCase()) || type === "STRUCT" || type === "MAP")
    return true;
  switch (type) {
    case "TINYINT":
    case "SMALLINT":
    case "INTEGER":
    case "BIGINT":
    case "HUGEINT":
      return whole.test(text);
    case "UTINYINT":
    case "USMALLINT":
    case "UINTEGER":
    case "UBIGINT":
    case "UHUGEINT":
      return whole.test(text) && !text.includes("-");
    case "DECIMAL":
      return number.test(text);
    case "FLOAT":
    case "DOUBLE":
      return number.test(text) || /^\s*[+-]?(nan|inf|infinity)\s*$/i.test(text);
    case "BOOLEAN":
      return /^(true|false|t|f|yes|no|y|n|1|0)$/i.test(text);
    case "DATE":
    case "TIMESTAMP":
    case "TIMESTAMP WITH TIME ZONE":
      return isDay(text) || /^\s*[+-]?infinity\s*$|^\s*epoch\s*$/i.test(text);
    case "UUID":
      return /^\{?[\da-f]{8}(-?[\da-f]{4}){3}-?[\da-f]{12}\}?$/i.test(text);
    case "JSON":
      return isJson(text);
    default:
      return true;
  }
}

/** A day of the calendar, with or without a time. */
function isDay(text: string): boolean {
  const [year = 0, month = 0, day = 0] = (dateTime.exec(text)?.[1] ?? "").split("-").map(Number);
  const date = new Date(Date.UTC(2000, 0, 1));
  date.setUTCFullYear(year, month - 1, day);
  return month > 0 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
