import type { KnownTable } from "../../quality/prove.ts";
import type { AggregateQuestion, Answered } from "../../quality/questions.ts";
import type { InputTable } from "../engine.ts";
import { type Condition, readConditions } from "./ask-conditions.ts";
import { refusal } from "./ask-failure.ts";
import { askValueTables } from "./ask-value-tables.ts";
import type { Database } from "./database.ts";
import { isNeverTrue } from "./never-true.ts";

/** An aggregate over `this`; with `sample`, usually the number of rows that meet that condition. */
export type Aggregate = Pick<AggregateQuestion, "id" | "expression" | "sample">;

/** What an aggregate came to; null: it has no value. */
export interface Found {
  readonly value: number | null;
  readonly answered: Answered;
}

/** What is known of a table beside its files; of a part of one nobody has told how many rows it has. */
export type TableStatistics = Pick<KnownTable, "columns"> & { readonly rows?: number };

/** Fewer rows are looked at in less time than it takes to read what is asked of them. */
const worthReading = 5000;

/** Of fewer rows all is asked in one scan. */
export const worthPlanning = 100_000;

/**
 * The values of aggregates over a table, by their ids, each found in the cheapest way: by the statistics of the table, by
 * the distinct values of a column, and all others together by looking once at all rows. What the engine refuses is left
 * out. `known`: what the statistics say, and how many rows there are, where that is known.
 */
export async function scan(
  database: Database,
  table: InputTable,
  aggregates: readonly Aggregate[],
  known?: TableStatistics,
): Promise<ReadonlyMap<string, Found>> {
  // Equal questions are asked once.
  const asked = new Map(aggregates.map((one) => [one.expression, one]));
  const found = new Map<string, Found>();
  // What is no file has nothing to be looked up, and what only measures nothing to be understood.
  const isWorth = table.view === undefined && table.files.length > 0 && aggregates.some(isCount);
  const rows = isWorth ? (known?.rows ?? (await rowsOf(database))) : 0;
  const conditions = await conditionsOf(database, table, [...asked.values()], rows);
  for (const [expression, { syntax }] of conditions) {
    if (known !== undefined && syntax !== undefined && isNeverTrue(syntax, known.columns))
      found.set(expression, { value: 0, answered: { by: "statistics", milliseconds: 0 } });
  }
  const open = [...conditions].filter(([expression]) => !found.has(expression));
  const expressions = new Map(open.map(([expression, condition]) => [condition, expression]));
  const worthTables = rows < worthPlanning ? [] : [...expressions.keys()];
  for (const { conditions: all, counts, milliseconds } of await askValueTables(
    database,
    table,
    worthTables,
  )) {
    const shares = shared(
      all.map(({ weight }) => weight),
      milliseconds,
    );
    for (const [at, condition] of all.entries())
      found.set(expressions.get(condition) ?? "", {
        value: counts[at] ?? 0,
        answered: { by: "value table", milliseconds: shares[at] ?? 0 },
      });
  }
  const rest = [...asked.values()].filter(({ expression }) => !found.has(expression));
  for (const [expression, one] of await shareScan(database, rest, conditions)) found.set(expression, one);
  const times = Map.groupBy(aggregates, ({ expression }) => expression);
  return new Map(
    aggregates.flatMap(({ id, expression }) => {
      const one = found.get(expression);
      if (one === undefined) return [];
      const { by, milliseconds } = one.answered;
      const share = milliseconds / (times.get(expression)?.length ?? 1);
      return [[id, { value: one.value, answered: { by, milliseconds: share } }] as const];
    }),
  );
}

/** Whether an aggregate is the number of rows that meet its condition. */
export const isCount = ({ expression, sample }: Aggregate): boolean => expression === countOf(sample);

/** The aggregate that counts the rows that meet a condition. */
export const countOf = (condition: string | undefined): string => `count(case when ${condition} then 1 end)`;

/** By expression, the conditions that are worth looking into. */
async function conditionsOf(
  database: Database,
  table: InputTable,
  aggregates: readonly Aggregate[],
  rows: number,
): Promise<ReadonlyMap<string, Condition>> {
  const counts = aggregates.filter(isCount);
  if (counts.length === 0 || rows < worthReading) return new Map();
  const conditions = await readConditions(
    database,
    counts.map(({ sample = "" }) => sample),
    table.columns,
  );
  return new Map(
    counts.flatMap(({ expression }, at) => {
      const condition = conditions[at];
      return condition === undefined ? [] : [[expression, condition] as const];
    }),
  );
}

async function rowsOf(database: Database): Promise<number> {
  const { rows } = await database.one<{ rows: bigint }>("select count(*) as rows from this");
  return Number(rows);
}

/** One scan for all; where that fails, one for each half, until what fails is found out. */
async function shareScan(
  database: Database,
  aggregates: readonly Aggregate[],
  conditions: ReadonlyMap<string, Condition>,
): Promise<ReadonlyMap<string, Found>> {
  if (aggregates.length === 0) return new Map();
  const list = aggregates.map((one, at) => `${formOf(one, conditions.get(one.expression))} as q${at}`);
  const started = performance.now();
  try {
    const row = await database.one<Record<string, unknown>>(`select ${list.join(", ")} from this`);
    const weights = aggregates.map(({ expression }) => conditions.get(expression)?.weight ?? 1);
    const shares = shared(weights, performance.now() - started);
    return new Map(
      aggregates.map((one, at) => [
        one.expression,
        {
          // The number of rows that meet a condition is null where there are none to look at.
          value: numberOf(row[`q${at}`]) ?? (isCount(one) ? 0 : null),
          answered: { by: "shared scan", milliseconds: shares[at] ?? 0 },
        },
      ]),
    );
  } catch (error) {
    refusal(error);
    if (aggregates.length === 1) return new Map();
    const half = Math.ceil(aggregates.length / 2);
    const parts = [aggregates.slice(0, half), aggregates.slice(half)];
    const found: [string, Found][] = [];
    for (const part of parts) found.push(...(await shareScan(database, part, conditions)));
    return new Map(found);
  }
}

/** Counting what is true is faster than counting what is made of it, but looks at both sides of every `or`. */
function formOf(one: Aggregate, condition: Condition | undefined): string {
  const { expression, sample = "" } = one;
  const mayGuard = condition === undefined ? !isCount(one) || chooses.test(sample) : condition.mayGuard;
  return mayGuard ? `(${expression}\n)` : `count_if(cast((${sample}\n) as boolean))`;
}

/** What a condition says that looks at some of its parts only where others let it, or elsewhere than in its row. */
const chooses = /\b(?:and|or|case|coalesce|if|ifnull|nullif|try|select|from)\b|\?/i;

/** A time divided by weights. */
function shared(weights: readonly number[], milliseconds: number): readonly number[] {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => (milliseconds * weight) / sum);
}

/** A number that is none (as of a mean of infinities) is no measurement. */
export function numberOf(value: unknown): number | null {
  const number = value === null || value === undefined ? Number.NaN : Number(value);
  return Number.isNaN(number) ? null : number;
}
