import type { GraphColumn } from "../graph/graph.ts";
import { logicalTypeOf } from "../sql/engine-type.ts";

/** The TypeScript type, as source text, of a column's values in rows: what the engine reads, and what is promised. */
export function columnTypeOf({ engineType, declared }: GraphColumn): string {
  const value = listed(declared) ?? valueTypeOf(engineType);
  return declared?.nullable === false ? value : `${value} | null`;
}

/** The values of a column that lists them. Only where rows hold them as they are written in the contract. */
function listed(declared: GraphColumn["declared"]): string | undefined {
  const isPlain = declared?.type === "text" || declared?.type === "integer" || declared?.type === "number";
  return isPlain ? declared.oneOf?.map((one) => JSON.stringify(one)).join(" | ") : undefined;
}

/**
 * The TypeScript type, as source text, of an engine type's values in rows. Whole numbers are numbers, decimals
 * and times exact text, bytes `Uint8Array`; what lies in lists, structs and maps may always be null.
 */
export function valueTypeOf(engineType: string): string {
  const list = /^(.*)\[\d*\]$/s.exec(engineType);
  if (list?.[1] !== undefined) return `(${valueTypeOf(list[1])} | null)[]`;
  const nested = /^(STRUCT|MAP)\((.*)\)$/s.exec(engineType);
  if (nested?.[1] === "STRUCT") {
    const fields = splitParts(nested[2] ?? "").map((part) => {
      const [, name = "", type = ""] = /^("(?:[^"]|"")*"|\S+)\s+(.*)$/s.exec(part) ?? [];
      const plain = name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name;
      return `${propertyName(plain)}: ${valueTypeOf(type)} | null`;
    });
    return `{ ${fields.join("; ")} }`;
  }
  if (nested?.[1] === "MAP")
    return `Record<string, ${valueTypeOf(splitParts(nested[2] ?? "")[1] ?? "")} | null>`;
  if (engineType === "BLOB") return "Uint8Array";
  const logical = logicalTypeOf(engineType);
  if (logical === "integer" || logical === "number") return "number";
  return logical === "boolean" ? "boolean" : "string";
}

/** A property's name as TypeScript wants it written. */
export const propertyName = (name: string): string =>
  /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);

/** Parts between commas that are neither in parentheses nor in a quoted name. */
function splitParts(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (const { 0: token, index } of text.matchAll(/"(?:[^"]|"")*"|'(?:[^']|'')*'|[(),]/g)) {
    if (token === "(") depth += 1;
    else if (token === ")") depth -= 1;
    else if (token === "," && depth === 0) {
      parts.push(text.slice(start, index).trim());
      start = index + 1;
    }
  }
  return [...parts, text.slice(start).trim()];
}
