import type { EngineSession, InputTable } from "../engine/engine.ts";
import { SluiceError } from "../errors.ts";
import type { GraphColumn } from "../graph/graph.ts";
import type { RowsText } from "../graph/model-test.ts";
import { quoteDataset, quoteName } from "../sql/quote.ts";
import { compareRows, type RowsDifference, type RowText } from "./compare-rows.ts";
import { asText, rowsQuery } from "./test-rows.ts";

/** The rows of one test, read by an engine that is asked one thing at a time. */
export interface TestReading {
  readonly session: EngineSession;
  readonly newId: () => string;
  readonly signal: AbortSignal;
  readonly inTurn: <T>(work: () => Promise<T>) => Promise<T>;
}

/** The rows that there were instead of the expected ones, in the columns that were compared. */
export interface HeldRows {
  readonly columns: readonly GraphColumn[];
  readonly rows: readonly RowText[];
}

/** How a table differs from what is expected of it, in the columns that are named there. */
export async function compareTable(
  reading: TestReading,
  table: InputTable,
  all: readonly GraphColumn[],
  expect: RowsText,
  how: { readonly ordered: boolean; readonly key: readonly string[] },
): Promise<{ readonly difference: RowsDifference; readonly held: HeldRows } | undefined> {
  const columns = all.filter(({ name }) => expect.columns.includes(name));
  // Where nothing is expected, all columns show what came instead.
  const shown = columns.length === 0 ? all : columns;
  const rows = "rows" in expect ? rowsQuery(shown, expect.columns, expect.rows) : expect.sql;
  const isEmpty = "rows" in expect && expect.rows.length === 0;
  const casts = shown.map(({ name, engineType }) => castTo(name, engineType)).join(", ");
  const both = [quoteDataset(table.name), ...(isEmpty ? [] : [`(select ${casts} from (${rows}\n))`])];
  const names = shown.map(({ name }) => name);
  const [actual = [], expected = []] = await queryRows(reading, names, both, [table]);
  const difference = compareRows(shown, expected, actual, how);
  return difference && { difference, held: { columns: shown, rows: actual } };
}

const castTo = (name: string, engineType: string): string =>
  `cast(${quoteName(name)} as ${engineType}) as ${quoteName(name)}`;

/** Rows of table expressions as text, for each in its order. */
export async function queryRows(
  { session, newId, signal, inTurn }: TestReading,
  columns: readonly string[],
  from: readonly string[],
  inputs: readonly InputTable[] = [],
): Promise<RowText[][]> {
  const names = columns.map((_, at) => `c${at}`);
  const text = ["side", ...names].map((name) => ({ name, engineType: "VARCHAR" }));
  const view = { id: newId(), sql: asText(columns, from), inputs };
  return inTurn(async () => {
    const rows = from.map((): RowText[] => []);
    for await (const row of session.rows({ name: "test.rows", files: [], columns: text, view })) {
      // A query of a test may answer without end.
      if (signal.aborted) throw new SluiceError("interrupted", "the test was stopped");
      rows[Number(row["side"])]?.push(names.map((name) => (row[name] ?? null) as string | null));
    }
    return rows;
  });
}
