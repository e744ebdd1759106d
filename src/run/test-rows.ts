/** Rows of tests as queries. Every name and every value is quoted: nothing in them is code. */
import type { GraphColumn } from "../graph/graph.ts";
import type { TableColumn } from "../graph/table-column.ts";
import { quoteName, quoteText } from "../sql/quote.ts";
import type { RowText } from "./compare-rows.ts";

/**
 * A query for rows of a dataset. A column that is not written is null, or where its contract promises a value a stand-in:
 * the row's number where no two rows share one, else the least the type has. `from` is the number of the first row.
 */
export function rowsQuery(
  columns: readonly GraphColumn[],
  written: readonly string[],
  rows: readonly RowText[],
  from = 1,
): string {
  const places = columns.map(({ name }) => written.indexOf(name));
  const lines = rows.map((row, index) => {
    const cells = columns.map((column, at) => {
      const place = places[at] ?? -1;
      const text = place < 0 ? standIn(column, from + index) : (row[place] ?? null);
      return castCell(text, column.engineType);
    });
    return `(${cells.join(", ")})`;
  });
  const names = columns.map(({ name }) => quoteName(name)).join(", ");
  return `select * from (values ${lines.join(", ")}) t(${names})`;
}

/** Rows of tables or queries as text, each with the number of where it is from; the columns are called `c0`, `c1`, …. */
export const asText = (columns: readonly string[], from: readonly string[]): string =>
  from
    .map((table, side) => {
      const cells = columns.map((name, at) => `, cast(${quoteName(name)} as varchar) as c${at}`);
      return `select '${side}' as side${cells.join("")} from ${table}`;
    })
    .join(" union all ");

function castCell(text: string | null, type: string): string {
  if (text === null) return `cast(null as ${type})`;
  // Lists and mappings are written as JSON; the engine's own notation is cast as it is.
  const nested = /[\]]$|^(STRUCT|MAP|UNION)\b/i.test(type) && isJson(text);
  return nested ? `cast(cast(${quoteText(text)} as json) as ${type})` : `cast(${quoteText(text)} as ${type})`;
}

function isJson(text: string): boolean {
  try {
    return typeof JSON.parse(text) === "object";
  } catch {
    return false;
  }
}

function standIn({ declared, engineType }: GraphColumn, row: number): string | null {
  if (declared === undefined || declared.nullable) return null;
  const { oneOf = [], min, key, unique } = declared;
  const alone = key || unique;
  if (oneOf[0] !== undefined) return String(oneOf[0]);
  const [type = ""] = engineType.split("(");
  switch (type) {
    case "VARCHAR":
      return alone ? String(row) : "";
    case "BOOLEAN":
      return "false";
    case "DATE":
    case "TIMESTAMP":
      return alone ? new Date(row * 86_400_000).toISOString().slice(0, 10) : String(min ?? "1970-01-01");
    case "JSON":
      return alone ? String(row) : "{}";
    default:
      return alone ? String(row) : String(min ?? 0);
  }
}

export const withoutSpec = ({ name, engineType }: TableColumn): TableColumn => ({ name, engineType });
