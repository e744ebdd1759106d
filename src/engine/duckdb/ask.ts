import { type DuckDBValue, DuckDBTypeId } from "@duckdb/node-api";
import type { AggregateQuestion, CheckAnswer, CheckQuestion } from "../../quality/questions.ts";
import { quoteDataset, quoteName } from "../../sql/quote.ts";
import { trimQuery } from "../../sql/scan-sql.ts";
import type { InputTable } from "../engine.ts";
import type { Database } from "./database.ts";
import { engineFailure, machineFailure, plainWords } from "./engine-failure.ts";
import { isInteger, repeatedIntegers } from "./repeated-integers.ts";
import { withTables } from "./with-tables.ts";
import { nullable, readerOf } from "./values.ts";

/** Offending rows that an answer shows. */
const sampleSize = 5;

/** What rows of the same table are called of which it is known that nothing offends among them. */
const beforeName = "before";

type Aggregate = Pick<AggregateQuestion, "id" | "expression">;

/** What is asked about. */
interface Asked {
  readonly table: InputTable;
  /** Whether that is the whole table. */
  readonly isAll: boolean;
}

/**
 * Answer questions about a table, named `this`, and others it refers to. All aggregates share one scan; a
 * question that the engine refuses gets an answer that says so and spoils no other.
 */
export async function ask(
  database: Database,
  table: InputTable,
  questions: readonly CheckQuestion[],
  others: readonly InputTable[],
  before?: InputTable,
): Promise<readonly CheckAnswer[]> {
  const tables = [
    { ...table, name: "this" },
    ...others,
    ...(before === undefined ? [] : [{ ...before, name: beforeName }]),
  ];
  const asked: Asked = { table, isAll: before === undefined };
  return withTables(database, tables, async () => {
    const values = await aggregates(database, [
      ...questions.filter((question) => question.ask === "aggregate"),
      ...totals(questions),
    ]);
    const answers: CheckAnswer[] = [];
    for (const question of questions) answers.push(await answer(database, asked, question, values));
    return answers;
  });
}

/** Whether an answer is a number of offending rows, of which it is worth knowing of how many. */
const counts = (question: CheckQuestion): boolean =>
  question.ask === "aggregate" ? question.sample !== undefined : question.ask !== "measure";

const totalId = ({ where = "" }: CheckQuestion): string => `of ${where}`;

/** How many rows are judged, asked once for all questions that judge the same. */
function totals(questions: readonly CheckQuestion[]): readonly Aggregate[] {
  const asked = new Map(questions.filter(counts).map((question) => [totalId(question), question.where]));
  return [...asked].map(([id, where]) => ({
    id,
    expression: where === undefined ? "count(*)" : `count(case when (${where}\n) then 1 end)`,
  }));
}

/** One scan for all; where that fails, each on its own, leaving out those that fail again. */
async function aggregates(
  database: Database,
  questions: readonly Aggregate[],
): Promise<ReadonlyMap<string, number | null>> {
  if (questions.length === 0) return new Map();
  const list = questions.map(({ expression }, index) => `(${expression}\n) as q${index}`);
  try {
    const row = await database.one<Record<string, unknown>>(`select ${list.join(", ")} from this`);
    return new Map(questions.map(({ id }, index) => [id, numberOf(row[`q${index}`])]));
  } catch (error) {
    if (questions.length === 1) return new Map();
    refuseMachineFailure(error);
    const values: [string, number | null][] = [];
    for (const question of questions) values.push(...(await aggregates(database, [question])));
    return new Map(values);
  }
}

async function answer(
  database: Database,
  asked: Asked,
  question: CheckQuestion,
  values: ReadonlyMap<string, number | null>,
): Promise<CheckAnswer> {
  const { id } = question;
  try {
    const value = await valueOf(database, asked, question, values);
    if (value === null) return { id, value: 0, empty: true, sample: [] };
    const of = value === 0 || !counts(question) ? undefined : values.get(totalId(question));
    const total = of === undefined || of === null ? {} : { of };
    const sampled = value === 0 ? undefined : offenders(question, asked);
    return { id, value, ...total, sample: sampled === undefined ? [] : await sample(database, sampled) };
  } catch (error) {
    refuseMachineFailure(error);
    const failure = engineFailure(error);
    if (!failure) throw error;
    return { id, value: 0, sample: [], error: plainWords(failure) };
  }
}

async function valueOf(
  database: Database,
  asked: Asked,
  question: CheckQuestion,
  values: ReadonlyMap<string, number | null>,
): Promise<number | null> {
  if (question.ask === "measure") return one(database, question.sql);
  if (question.ask !== "aggregate") return count(database, asked, question);
  const value = values.get(question.id);
  // What had no value in the shared scan is asked again, so that its error is told.
  return value === undefined ? one(database, `select (${question.expression}\n) from this`) : value;
}

/** The only value of a query. */
async function one(database: Database, query: string): Promise<number | null> {
  const { value } = await database.one<{ value: unknown }>(`select (${query}\n) as value`);
  return numberOf(value);
}

/** A number that is none (as of a mean of infinities) is no measurement. */
function numberOf(value: unknown): number | null {
  const number = value === null || value === undefined ? Number.NaN : Number(value);
  return Number.isNaN(number) ? null : number;
}

async function count(
  database: Database,
  asked: Asked,
  question: Exclude<CheckQuestion, { readonly ask: "aggregate" | "measure" }>,
): Promise<number> {
  const { table, isAll } = asked;
  if (question.ask === "duplicates" && isAll && question.where === undefined) {
    const repeats = await quickRepeats(database, table, question.columns);
    if (repeats !== undefined) return repeats;
  }
  const sql =
    question.ask === "duplicates"
      ? `select coalesce(sum(copies - 1), 0) as value from (${repeated(question, asked)})`
      : `select count(*) as value from (${offenders(question, asked)}\n)`;
  const { value } = await database.one<{ value: unknown }>(sql);
  return Number(value);
}

async function quickRepeats(
  database: Database,
  { columns }: InputTable,
  [name, ...more]: readonly string[],
): Promise<number | undefined> {
  const column = columns.find((one) => one.name === name);
  if (column === undefined || more.length > 0 || !isInteger(column.engineType)) return undefined;
  return repeatedIntegers(database, "this", column.name);
}

/** The query whose rows offend; none where the question has no single rows to show. */
function offenders(question: CheckQuestion, asked: Asked): string | undefined {
  switch (question.ask) {
    case "aggregate":
      return question.sample === undefined
        ? undefined
        : `select ${inOrder(question.first, "")} from this where (${question.sample}\n)`;
    case "measure":
      return undefined;
    case "duplicates":
      return repeated(question, asked);
    case "rows":
      return trimQuery(question.sql);
    case "missing": {
      const column = `this.${quoteName(question.column)}`;
      const known = `${quoteDataset(question.table)} as known on known.${quoteName(question.key)} = ${column}`;
      const where =
        question.where === undefined ? "this" : `(select * from this where (${question.where}\n)) as this`;
      return `select ${inOrder(question.first, "this.")} from ${where} anti join ${known} where ${column} is not null`;
    }
  }
}

/** All columns, some of them before the others. */
function inOrder(first: readonly string[] | undefined, table: string): string {
  if (first === undefined || first.length === 0) return `${table}*`;
  const names = first.map((name) => `${table}${quoteName(name)}`).join(", ");
  return `${names}, ${table}* exclude (${first.map(quoteName).join(", ")})`;
}

/** Values of columns that more than one row has, with how often. Rows with a null in them do not count. */
function repeated(
  { columns, where }: { readonly columns: readonly string[]; readonly where?: string },
  { isAll }: Asked,
): string {
  const names = columns.map(quoteName).join(", ");
  const present = [
    ...columns.map((column) => `${quoteName(column)} is not null`),
    ...(where === undefined ? [] : [`(${where}\n)`]),
  ].join(" and ");
  const rows = isAll
    ? `this where ${present}`
    : `(select ${names} from this where ${present} union all
        select ${names} from (select * from ${beforeName} as this where ${present}) semi join this using (${names}))`;
  return `select ${names}, count(*) as copies from ${rows} group by ${names} having count(*) > 1`;
}

async function sample(database: Database, query: string): Promise<readonly Record<string, unknown>[]> {
  const reader = await database.connection.runAndReadAll(`select * from (${query}\n) limit ${sampleSize}`);
  const names = reader.deduplicatedColumnNames();
  // A number that JavaScript cannot hold is shown as its digits, and bytes as the engine writes them.
  const readers = reader
    .columnTypes()
    .map((type) => (type.typeId === DuckDBTypeId.BLOB ? undefined : nullable(readerOf(type, String))));
  return reader
    .getRows()
    .map((row) =>
      Object.fromEntries(row.map((value, at) => [names[at], readers[at]?.(value) ?? textOf(value)])),
    );
}

const textOf = (value: DuckDBValue): string | null => (value === null ? null : String(value));

/** A full disk or too little memory is nobody's check failing. */
function refuseMachineFailure(error: unknown): void {
  const failure = engineFailure(error);
  const machine = failure && machineFailure(failure, "the audit", error);
  if (machine) throw machine;
}
