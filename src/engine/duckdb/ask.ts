import { type DuckDBValue, DuckDBTypeId } from "@duckdb/node-api";
import type { CheckAnswer, CheckQuestion } from "../../quality/questions.ts";
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

/** What is asked about. */
interface Asked {
  readonly table: InputTable;
  /** Whether that is the whole table. */
  readonly isAll: boolean;
}

type Aggregate = Extract<CheckQuestion, { readonly ask: "aggregate" }>;

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
    const values = await aggregates(
      database,
      questions.filter((question) => question.ask === "aggregate"),
    );
    const answers: CheckAnswer[] = [];
    for (const question of questions) answers.push(await answer(database, asked, question, values));
    return answers;
  });
}

/** One scan for all; where that fails, each on its own, leaving out those that fail again. */
async function aggregates(
  database: Database,
  questions: readonly Aggregate[],
): Promise<ReadonlyMap<string, number>> {
  if (questions.length === 0) return new Map();
  const list = questions.map(({ expression }, index) => `(${expression}\n) as q${index}`);
  try {
    const row = await database.one<Record<string, unknown>>(`select ${list.join(", ")} from this`);
    return new Map(questions.map(({ id }, index) => [id, Number(row[`q${index}`] ?? 0)]));
  } catch (error) {
    if (questions.length === 1) return new Map();
    refuseMachineFailure(error);
    const values: [string, number][] = [];
    for (const question of questions) values.push(...(await aggregates(database, [question])));
    return new Map(values);
  }
}

async function answer(
  database: Database,
  asked: Asked,
  question: CheckQuestion,
  values: ReadonlyMap<string, number>,
): Promise<CheckAnswer> {
  const { id } = question;
  try {
    const value = question.ask === "aggregate" ? values.get(id) : await count(database, asked, question);
    const known = value ?? (await one(database, question as Aggregate));
    const sampled = known === 0 ? undefined : offenders(question, asked);
    return { id, value: known, sample: sampled === undefined ? [] : await sample(database, sampled) };
  } catch (error) {
    refuseMachineFailure(error);
    const failure = engineFailure(error);
    if (!failure) throw error;
    return { id, value: 0, sample: [], error: plainWords(failure) };
  }
}

/** An aggregate that had no value in the shared scan, asked again so that its error is told. */
async function one(database: Database, { expression }: Aggregate): Promise<number> {
  const { value } = await database.one<{ value: unknown }>(`select (${expression}\n) as value from this`);
  return Number(value ?? 0);
}

async function count(
  database: Database,
  asked: Asked,
  question: Exclude<CheckQuestion, Aggregate>,
): Promise<number> {
  const { table, isAll } = asked;
  if (question.ask === "duplicates" && isAll) {
    const repeats = await quickRepeats(database, table, question.columns);
    if (repeats !== undefined) return repeats;
  }
  const sql =
    question.ask === "duplicates"
      ? `select coalesce(sum(copies - 1), 0) as value from (${repeated(question.columns, asked)})`
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
      return question.sample === undefined ? undefined : `select * from this where (${question.sample}\n)`;
    case "duplicates":
      return repeated(question.columns, asked);
    case "rows":
      return trimQuery(question.sql);
    case "missing": {
      const column = `this.${quoteName(question.column)}`;
      const known = `${quoteDataset(question.table)} as known on known.${quoteName(question.key)} = ${column}`;
      return `select * from this anti join ${known} where ${column} is not null`;
    }
  }
}

/** Values of columns that more than one row has, with how often. Rows with a null in them do not count. */
function repeated(columns: readonly string[], { isAll }: Asked): string {
  const names = columns.map(quoteName).join(", ");
  const present = columns.map((column) => `${quoteName(column)} is not null`).join(" and ");
  const rows = isAll
    ? `this where ${present}`
    : `(select ${names} from this where ${present} union all
        select ${names} from ${beforeName} semi join this using (${names}))`;
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
