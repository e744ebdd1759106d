import { quoteName, quoteText } from "../../sql/quote.ts";
import type { InputTable } from "../engine.ts";
import type { Condition } from "./ask-conditions.ts";
import { refusal } from "./ask-failure.ts";
import type { Database } from "./database.ts";
import { escapePath } from "./paths.ts";

/** Values of one of these types are equal only if nothing tells them apart: not so 0 and -0, or a month and thirty days. */
const plainType = /^(?:VARCHAR|BOOLEAN|DATE|TIMESTAMP|U?(?:TINY|SMALL|BIG)INT|U?INTEGER|DECIMAL\(.*\))$/;

/** Below this weight the conditions on a column without text are cheaper where all rows are looked at anyway. */
const worthwhile = 3;

/** Most distinct values of one column, counted once for each group of rows, that are held at once. */
const mostValues = 2_000_000;

/** Files whose footers are looked at, spread over all. */
const filesLooked = 8;

/** How many rows meet each of some conditions, and how long it took to find out, in milliseconds. */
export interface TableOfValues {
  readonly conditions: readonly Condition[];
  readonly counts: readonly number[];
  readonly milliseconds: number;
}

/**
 * Ask conditions on one column of its distinct values instead of all rows, for columns with few of them. The writer of
 * the files has noted which those are: it keeps their values apart, and the engine groups rows without looking at them.
 */
export async function askValueTables(
  database: Database,
  table: InputTable,
  conditions: readonly Condition[],
): Promise<readonly TableOfValues[]> {
  const types = new Map(table.columns.map(({ name, engineType }) => [name, engineType]));
  const byColumn = new Map<string, Condition[]>();
  for (const condition of conditions) {
    const [column, ...others] = condition.columns;
    if (condition.syntax === undefined || column === undefined || others.length > 0) continue;
    if (!plainType.test(types.get(column) ?? "")) continue;
    byColumn.set(column, [...(byColumn.get(column) ?? []), condition]);
  }
  const worth = [...byColumn].filter(
    ([column, all]) =>
      types.get(column) === "VARCHAR" || all.reduce((sum, { weight }) => sum + weight, 0) >= worthwhile,
  );
  if (worth.length === 0) return [];
  const few = await columnsOfFewValues(
    database,
    table.files,
    worth.map(([column]) => column),
  );
  const answers: TableOfValues[] = [];
  for (const [column, all] of worth) {
    const answer = few.has(column) ? await askValues(database, column, all) : undefined;
    if (answer !== undefined) answers.push(answer);
  }
  return answers;
}

/** Undefined where the engine refuses one of the conditions: the rows tell which. */
async function askValues(
  database: Database,
  column: string,
  conditions: readonly Condition[],
): Promise<TableOfValues | undefined> {
  const name = quoteName(column);
  const times = quoteName(column === "times" ? "how often" : "times");
  const sums = conditions.map(
    ({ sql }, at) => `coalesce(sum(case when ${sql}\n then ${times} end), 0)::bigint as q${at}`,
  );
  const started = performance.now();
  try {
    // Where values are kept apart, a filter looks at each of them once for each group of rows, and reads on only if it finds one.
    const met = conditions.map((one) => `(${one.sql}\n)`).join(" or ");
    const { rows } = await database.one<{ rows: bigint }>(
      `select count(*) as rows from (select 1 from this where ${met} limit 1)`,
    );
    if (rows === 0n)
      return { conditions, counts: conditions.map(() => 0), milliseconds: performance.now() - started };
    const row = await database.one<Record<string, bigint>>(
      `select ${sums.join(", ")} from (select ${name}, count(*) as ${times} from this group by ${name}) as this`,
    );
    const milliseconds = performance.now() - started;
    return { conditions, counts: conditions.map((_, at) => Number(row[`q${at}`])), milliseconds };
  } catch (error) {
    refusal(error);
    return undefined;
  }
}

/** Those of some columns whose values stand apart in every group of rows that was looked at. */
async function columnsOfFewValues(
  database: Database,
  files: readonly string[],
  columns: readonly string[],
): Promise<ReadonlySet<string>> {
  const step = Math.max(1, Math.ceil(files.length / filesLooked));
  const looked = files.filter((_, at) => at % step === 0).map((path) => quoteText(escapePath(path)));
  const rows = await database.all<{ column: string }>(
    `select path_in_schema as "column" from parquet_metadata([${looked.join(", ")}])
    where path_in_schema in (${columns.map(quoteText).join(", ")})
    group by path_in_schema
    having bool_and(dictionary_page_offset is not null) and sum(coalesce(stats_distinct_count, ${mostValues})) * ${step} <= ${mostValues}`,
  );
  return new Set(rows.map(({ column }) => column));
}
