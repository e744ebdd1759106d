import { quoteName } from "../../sql/quote.ts";
import type { ComparedColumn, CompareRequest } from "../engine.ts";
import type { Database } from "./database.ts";
import { chunksOf, columnValues } from "./rows.ts";
import { tableQuery } from "./tables.ts";

/** A column under the name it has while tables are compared: `c0`, `c1` and so on, whatever it is called. */
export interface AliasedColumn extends ComparedColumn {
  readonly alias: string;
}

/** A query for each of two tables, with columns of the same names. */
export interface Pair {
  readonly a: string;
  readonly b: string;
}

/** Two tables as SQL. */
export interface Sides extends Pair {
  /** The same with a hash in place of each value that may be long, but in the key: rows that fit into memory. */
  readonly light: Pair;
  /** The keys with the columns that are perhaps renamed, as `r0`, `r1` and so on. */
  readonly renames: Pair;
  readonly key: readonly AliasedColumn[];
  readonly others: readonly AliasedColumn[];
}

/** Two tables as SQL, with their columns alike in name, and in type where the engine does not see to it. */
export function comparedSides(request: CompareRequest): Sides {
  const columns = request.columns.map((column, index) => ({ ...column, alias: `c${index}` }));
  const key = columns.filter(({ name }) => request.key.includes(name));
  const others = columns.filter(({ name }) => !request.key.includes(name));
  const plain = (column: AliasedColumn): string => `${expression(column)} as ${column.alias}`;
  const light = (column: AliasedColumn): string =>
    isShort(column) ? plain(column) : `hash(${expression(column)}) as ${column.alias}`;
  const both = (list: (side: "a" | "b") => readonly string[]): Pair => {
    const side = (name: "a" | "b"): string =>
      `select ${list(name).join(", ")} from (${tableQuery(request[name])})`;
    return { a: side("a"), b: side("b") };
  };
  return {
    ...both(() => columns.map(plain)),
    light: both(() => [...key.map(plain), ...others.map(light)]),
    renames: both((side) => [
      ...key.map(plain),
      ...request.renames.map(
        (names, index) =>
          `hash(${quoteName(names[side])}) as r${index}, ${quoteName(names[side])} is not null as f${index}`,
      ),
    ]),
    key,
    others,
  };
}

/** The engine finds a common type for numbers and for times; other types meet as text. */
function expression({ name, a, b }: ComparedColumn): string {
  const column = quoteName(name);
  return a === b || (family(a) !== undefined && family(a) === family(b))
    ? column
    : `cast(${column} as varchar)`;
}

const isShort = ({ a, b }: ComparedColumn): boolean =>
  a === "BOOLEAN" && b === "BOOLEAN" ? true : family(a) !== undefined && family(a) === family(b);

function family(type: string): "number" | "time" | undefined {
  if (/^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|DECIMAL\(.*|FLOAT|DOUBLE)$/.test(type)) return "number";
  return /^(DATE|TIMESTAMP.*)$/.test(type) ? "time" : undefined;
}

/** The few rows of an answer, as values of JavaScript; whole numbers that no `number` holds stay `bigint`. */
export async function fewRows(database: Database, sql: string): Promise<unknown[][]> {
  database.refuseInterrupted();
  const result = await database.connection.stream(sql);
  const rows: unknown[][] = [];
  for await (const chunk of chunksOf(result)) {
    const columns = columnValues(chunk, result, () => (value) => value);
    for (let row = 0; row < chunk.rowCount; row++) rows.push(columns.map((column) => column[row]));
  }
  return rows;
}
