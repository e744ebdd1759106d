import { quoteName } from "../../sql/quote.ts";
import { trimQuery } from "../../sql/scan-sql.ts";
import type { TableColumn } from "../../graph/table-column.ts";
import type { UpsertRequest } from "../engine.ts";
import { asKept } from "./as-kept.ts";
import { plainType } from "./same-columns.ts";

/** A column under the name it has while rows are judged: `c0`, `c1` and so on, whatever it is called. */
interface JudgedColumn extends TableColumn {
  readonly alias: string;
}

/** The columns of what is kept by key, as SQL. */
export interface UpsertRows {
  /** The query's rows under aliases, whatever its inputs are just now. */
  readonly query: string;
  readonly columns: readonly JudgedColumn[];
  readonly key: readonly JudgedColumn[];
  readonly order: JudgedColumn;
  /** All aliases, listed. */
  readonly list: string;
  /** SQL: whether a row says that its key is gone. */
  readonly isGone: string;
  /** What comes first stands. A total order: rows that are neither before nor after each other are the same. */
  readonly lastFirst: string;
  /** Back under the names of the output. */
  readonly named: string;
}

export function upsertRows({ sql, columns, key, order, deleted }: UpsertRequest): UpsertRows {
  const judged = columns.map((column, index) => ({ ...column, alias: `c${index}` }));
  const find = (name: string): JudgedColumn => {
    const found = judged.find((column) => column.name === name);
    if (found === undefined) throw new Error(`there is no column ${name} to keep rows by`);
    return found;
  };
  const casts = judged.map((column) => `${asKept(column)} as ${column.alias}`);
  const last = find(order);
  return {
    // The new line ends a comment that the query may end with.
    query: `select ${casts.join(", ")} from (${trimQuery(sql)}\n)`,
    columns: judged,
    key: key.map(find),
    order: last,
    list: judged.map(({ alias }) => alias).join(", "),
    isGone: deleted === undefined ? "false" : `coalesce(cast(${find(deleted).alias} as boolean), false)`,
    lastFirst: lastFirst(last, judged),
    named: judged.map(({ name, alias }) => `${alias} as ${quoteName(name)}`).join(", "),
  };
}

/** Values that are equal and not the same, such as 0 and -0, are told apart by their texts. */
function lastFirst(order: JudgedColumn, columns: readonly JudgedColumn[]): string {
  const values = [order, ...columns.filter((column) => column !== order)].map(({ alias }) => alias);
  const texts = columns
    .filter(({ engineType }) => !plainType.test(engineType))
    .map(({ alias }) => `cast(${alias} as varchar)`);
  return [...values, ...texts].map((value) => `${value} desc nulls last`).join(", ");
}

/** The last row of each key. `rows` is SQL with the columns under their aliases. */
export const lastOfEach = ({ key, list, lastFirst: order }: UpsertRows, rows: string): string =>
  `select ${list} from (${rows}) qualify row_number() over (partition by ${aliases(key)} order by ${order}) = 1`;

export const aliases = (columns: readonly JudgedColumn[], table = ""): string =>
  columns.map(({ alias }) => `${table}${alias}`).join(", ");

/** SQL: whether the keys of two tables are the same. */
export const sameKey = ({ key }: UpsertRows, a: string, b: string): string =>
  key.map(({ alias }) => `${a}.${alias} = ${b}.${alias}`).join(" and ");

/** SQL: whether `a` comes after `b`, where null comes before everything. */
export const isAfter = (a: string, b: string): string =>
  `coalesce(${a} > ${b}, ${a} is not null and ${b} is null)`;
