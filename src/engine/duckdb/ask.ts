import type { KnownTable } from "../../quality/prove.ts";
import type { Answered, CheckAnswer, CheckQuestion } from "../../quality/questions.ts";
import { quoteDataset, quoteName } from "../../sql/quote.ts";
import { trimQuery } from "../../sql/scan-sql.ts";
import type { InputTable } from "../engine.ts";
import { refusal } from "./ask-failure.ts";
import { sampleOf, sampleTogether } from "./ask-samples.ts";
import {
  type Aggregate,
  countOf,
  type Found,
  isCount,
  numberOf,
  scan,
  type TableStatistics,
  worthPlanning,
} from "./ask-scan.ts";
import type { Database } from "./database.ts";
import { haveDistinctHashes } from "./distinct-hashes.ts";
import { plainWords } from "./engine-failure.ts";
import { isInteger, repeatedIntegers } from "./repeated-integers.ts";
import { withTables } from "./with-tables.ts";

/** What rows of the same table are called of which it is known that nothing offends among them. */
const beforeName = "before";

/** What is asked about. */
interface Asked {
  readonly table: InputTable;
  /** Whether that is the whole table. */
  readonly isAll: boolean;
}

/**
 * Answer questions about a table, named `this`, and others it refers to. Aggregates share one scan, as far as no scan at
 * all is needed; a question that the engine refuses gets an answer that says so and spoils no other. `known`: what the
 * statistics of the table say, or of more rows.
 */
export async function ask(
  database: Database,
  table: InputTable,
  questions: readonly CheckQuestion[],
  others: readonly InputTable[],
  before?: InputTable,
  known?: KnownTable,
): Promise<readonly CheckAnswer[]> {
  const tables = [
    { ...table, name: "this" },
    ...others,
    ...(before === undefined ? [] : [{ ...before, name: beforeName }]),
  ];
  const asked: Asked = { table, isAll: before === undefined };
  const started = performance.now();
  const answers = await withTables(database, tables, async () => {
    const aggregates = questions.filter((question) => question.ask === "aggregate");
    // Of a part of a table nobody has told how many rows it has.
    const statistics: TableStatistics | undefined =
      known && (before === undefined ? known : { columns: known.columns });
    // Of how many rows new ones offend, whoever knows those before can tell: of a part nobody wants it.
    const judged = before === undefined ? totals(questions, known?.rows) : [];
    const repeats = questions.flatMap((question) => repeatsOf(question, statistics?.rows));
    const values = new Map(await scan(database, table, [...aggregates, ...repeats, ...judged], statistics));
    if (known !== undefined && before === undefined)
      values.set(totalId({}), { value: known.rows, answered: { by: "statistics", milliseconds: 0 } });
    const samples = await samplesOf(database, table, aggregates, values);
    const answers: CheckAnswer[] = [];
    for (const question of questions) answers.push(await answer(database, asked, question, values, samples));
    return answers;
  });
  return withRest(answers, performance.now() - started);
}

/** What nobody in particular had caused, such as opening files and reading questions, is shared by all. */
function withRest(answers: readonly CheckAnswer[], milliseconds: number): readonly CheckAnswer[] {
  const told = answers.reduce((sum, { answered }) => sum + (answered?.milliseconds ?? 0), 0);
  const rest = Math.max(0, milliseconds - told) / Math.max(1, answers.length);
  return answers.map((answer) => {
    if (answer.answered === undefined) return answer;
    const { by, milliseconds: own } = answer.answered;
    return { ...answer, answered: { by, milliseconds: own + rest } };
  });
}

/** Rows that offend in ways which the scan has counted. */
async function samplesOf(
  database: Database,
  table: InputTable,
  aggregates: readonly (Aggregate & { readonly first?: readonly string[] })[],
  values: ReadonlyMap<string, Found>,
): Promise<Samples> {
  const wanted = aggregates.flatMap((one) => {
    const rows = values.get(one.id)?.value ?? 0;
    const { id, sample: condition, first = [] } = one;
    return rows === 0 || condition === undefined || !isCount(one) ? [] : [{ id, condition, rows, first }];
  });
  const started = performance.now();
  const rows = await sampleTogether(database, table, wanted);
  return { rows, milliseconds: (performance.now() - started) / Math.max(rows.size, 1) };
}

interface Samples {
  readonly rows: ReadonlyMap<string, CheckAnswer["sample"]>;
  /** What each of them cost. */
  readonly milliseconds: number;
}

/** Whether an answer is a number of offending rows, of which it is worth knowing of how many. */
const counts = (question: CheckQuestion): boolean =>
  question.ask === "aggregate" ? question.sample !== undefined : question.ask !== "measure";

const totalId = ({ where = "" }: Pick<CheckQuestion, "where">): string => `of ${where}`;

/** How many rows are judged, asked once for all questions that judge the same; `rows`: how many there are, if known. */
function totals(questions: readonly CheckQuestion[], rows: number | undefined): readonly Aggregate[] {
  const asked = new Map(questions.filter(counts).map((question) => [totalId(question), question.where]));
  return [...asked].flatMap(([id, where]): Aggregate[] => {
    if (where === undefined) return rows === undefined ? [{ id, expression: "count(*)" }] : [];
    const sample = `(${where}\n)`;
    return [{ id, expression: countOf(sample), sample }];
  });
}

/** Of few rows, values that repeat are counted in the scan of everything else. */
function repeatsOf(question: CheckQuestion, rows: number | undefined): readonly Aggregate[] {
  if (question.ask !== "duplicates" || rows === undefined || rows >= worthPlanning) return [];
  const names = question.columns.map(quoteName);
  const value = names.length === 1 ? names.join("") : `row(${names.join(", ")})`;
  const present = `filter (where ${presentIn(question)})`;
  return [
    { id: question.id, expression: `count(${value}) ${present} - count(distinct ${value}) ${present}` },
  ];
}

/** The condition under which a row takes part in a comparison of values: none is null, and it is judged. */
const presentIn = ({ columns, where }: Pick<Duplicates, "columns" | "where">): string =>
  [
    ...columns.map((column) => `${quoteName(column)} is not null`),
    ...(where === undefined ? [] : [`(${where}\n)`]),
  ].join(" and ");

type Duplicates = Extract<CheckQuestion, { readonly ask: "duplicates" }>;

async function answer(
  database: Database,
  asked: Asked,
  question: CheckQuestion,
  values: ReadonlyMap<string, Found>,
  samples: Samples,
): Promise<CheckAnswer> {
  const { id } = question;
  const started = performance.now();
  const own = (): Answered => ({ by: "own query", milliseconds: performance.now() - started });
  try {
    // What had no value in the scan is asked again, so that its error is told.
    const found = values.get(id) ?? { value: await valueOf(database, asked, question), answered: own() };
    const { value } = found;
    if (value === null) return { id, value: 0, empty: true, sample: [], answered: found.answered };
    if (value === 0) return { id, value, sample: [], answered: found.answered };
    const of = counts(question) ? values.get(totalId(question))?.value : undefined;
    const offending = offenders(question, asked);
    const known = samples.rows.get(id);
    const sample = known ?? (offending === undefined ? [] : await sampleOf(database, offending));
    const more = known === undefined ? performance.now() - started : samples.milliseconds;
    const { by, milliseconds } = found.answered;
    const answered = by === "own query" ? own() : { by, milliseconds: milliseconds + more };
    return { id, value, ...(of === undefined || of === null ? {} : { of }), sample, answered };
  } catch (error) {
    return { id, value: 0, sample: [], error: plainWords(refusal(error)), answered: own() };
  }
}

async function valueOf(database: Database, asked: Asked, question: CheckQuestion): Promise<number | null> {
  if (question.ask === "measure") return one(database, question.sql);
  if (question.ask !== "aggregate") return count(database, asked, question);
  return one(database, `select (${question.expression}\n) from this`);
}

/** The only value of a query. */
async function one(database: Database, query: string): Promise<number | null> {
  const { value } = await database.one<{ value: unknown }>(`select (${query}\n) as value`);
  return numberOf(value);
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

/** How many rows repeat the values of others, where that is known without grouping all of them. */
async function quickRepeats(
  database: Database,
  { columns, files, view }: InputTable,
  names: readonly string[],
): Promise<number | undefined> {
  const [name, ...more] = names;
  const column = columns.find((one) => one.name === name);
  if (column !== undefined && more.length === 0 && isInteger(column.engineType)) {
    const repeats = await repeatedIntegers(database, "this", column.name);
    if (repeats !== undefined) return repeats;
  }
  // The rows of a view are made anew each time that they are read.
  if (view !== undefined || files.length === 0) return undefined;
  return (await haveDistinctHashes(database, "this", names)) ? 0 : undefined;
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
function repeated(question: Pick<Duplicates, "columns" | "where">, { isAll }: Asked): string {
  const names = question.columns.map(quoteName).join(", ");
  const present = presentIn(question);
  const rows = isAll
    ? `this where ${present}`
    : `(select ${names} from this where ${present} union all
        select ${names} from (select * from ${beforeName} as this where ${present}) semi join this using (${names}))`;
  return `select ${names}, count(*) as copies from ${rows} group by ${names} having count(*) > 1`;
}
