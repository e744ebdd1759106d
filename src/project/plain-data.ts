/** How deep settings may nest. */
const deepest = 20;

/**
 * A copy that can leave the thread: functions become `{ kind: "function" }`, so that a check of the settings
 * can say what they are. Errors: `RangeError` when the value contains itself.
 */
export function plainData(value: unknown, depth = 0): unknown {
  if (depth > deepest) throw new RangeError("its settings are nested without end");
  if (typeof value === "function") return { kind: "function" };
  if (typeof value === "bigint" || typeof value === "symbol") return String(value);
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof RegExp) return value.source;
  if (Array.isArray(value)) return value.map((item) => plainData(item, depth + 1));
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(entries.map(([name, inner]) => [name, plainData(inner, depth + 1)]));
}
