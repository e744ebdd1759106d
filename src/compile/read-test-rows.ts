import type { GraphColumn } from "../graph/graph.ts";
import type { RowsText } from "../graph/model-test.ts";
import { didYouMean } from "../graph/nearest-name.ts";
import type { Binder } from "../sql/binder.ts";
import { isRecord, type SettingPath } from "./settings.ts";
import { fits } from "./test-value.ts";
import { parseCsv } from "./test-csv.ts";
import { type Mistakes, show } from "./validate.ts";

/** What rows of a test are rows of. */
export interface RowsOf {
  readonly dataset: string;
  readonly columns: readonly GraphColumn[];
}

const forms = "write a list of rows, CSV text, or sql: with a query";

/** Read rows in any of their forms; undefined where they cannot be used, which is told. */
export async function readTestRows(
  value: unknown,
  at: SettingPath,
  of: RowsOf,
  mistakes: Mistakes,
  binder: Binder,
): Promise<RowsText | undefined> {
  if (Array.isArray(value)) return readObjects(value, at, of, mistakes);
  if (typeof value === "string") return readCsv(value, at, of, mistakes);
  if (isRecord(value) && typeof value["sql"] === "string" && Object.keys(value).length === 1)
    return readSql(value["sql"], [...at, "sql"], of, mistakes, binder);
  mistakes.add("bad-setting", at, `rows of "${of.dataset}" cannot be ${show(value)}`, { suggestion: forms });
  return undefined;
}

function readObjects(
  rows: readonly unknown[],
  at: SettingPath,
  of: RowsOf,
  mistakes: Mistakes,
): RowsText | undefined {
  const before = mistakes.diagnostics.length;
  const columns = new Map<string, GraphColumn>();
  const cells = rows.map((row, index): ReadonlyMap<string, string | null> => {
    const read = new Map<string, string | null>();
    if (!isRecord(row)) {
      mistakes.add(
        "bad-setting",
        [...at, index],
        `a row must be a mapping of columns to values, not ${show(row)}`,
      );
      return read;
    }
    for (const [name, value] of Object.entries(row)) {
      const path = [...at, index, name];
      const column = columnNamed(name, path, of, mistakes);
      if (column === undefined) continue;
      columns.set(column.name, column);
      read.set(column.name, cellOf(value, path, column, mistakes));
    }
    return read;
  });
  if (mistakes.diagnostics.length > before) return undefined;
  const names = [...columns.keys()];
  return { columns: names, rows: cells.map((row) => names.map((name) => row.get(name) ?? null)) };
}

function cellOf(value: unknown, at: SettingPath, column: GraphColumn, mistakes: Mistakes): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === "number" && Number.isInteger(value) && !Number.isSafeInteger(value)) {
    const suggestion = "put it into quotes: it is cast from text exactly";
    mistakes.add("type-clash", at, `${value} is not exact as a number`, { suggestion });
    return null;
  }
  const text = typeof value === "object" ? JSON.stringify(value) : `${value as string | number | boolean}`;
  refuseMisfit(text, at, column, mistakes);
  return text;
}

function refuseMisfit(
  text: string,
  at: SettingPath,
  { name, engineType }: GraphColumn,
  mistakes: Mistakes,
  where = "",
): void {
  if (fits(text, engineType)) return;
  mistakes.add(
    "type-clash",
    at,
    `${show(text)} cannot be cast to ${engineType}, the type of "${name}"${where}`,
  );
}

function readCsv(text: string, at: SettingPath, of: RowsOf, mistakes: Mistakes): RowsText | undefined {
  const before = mistakes.diagnostics.length;
  const [names, ...rows] = parseCsv(text);
  if (names === undefined) {
    mistakes.add("bad-setting", at, `the CSV text of "${of.dataset}" is empty`, {
      suggestion: "its first line names the columns",
    });
    return undefined;
  }
  const columns = names.cells.map((name) => columnNamed((name ?? "").trim(), at, of, mistakes));
  const cells = rows.map(({ cells: row, line }) => {
    if (row.length !== names.cells.length) {
      const message = `line ${line} of the CSV text has ${row.length} values for ${names.cells.length} columns`;
      mistakes.add("bad-setting", at, message);
    }
    for (const [index, cell] of row.entries()) {
      const column = columns[index];
      if (cell !== null && column !== undefined)
        refuseMisfit(cell, at, column, mistakes, `, in line ${line} of the CSV text`);
    }
    return row;
  });
  const found = columns.flatMap((column) => column ?? []);
  return mistakes.diagnostics.length > before
    ? undefined
    : { columns: found.map(({ name }) => name), rows: cells };
}

async function readSql(
  sql: string,
  at: SettingPath,
  of: RowsOf,
  mistakes: Mistakes,
  binder: Binder,
): Promise<RowsText | undefined> {
  const before = mistakes.diagnostics.length;
  const parsed = await binder.parse(sql);
  const problems = parsed.ok ? parsed.value.problems : parsed.problems;
  for (const { code, message, hint } of problems) mistakes.add(code, at, message, { suggestion: hint });
  const [read] = parsed.ok ? parsed.value.references : [];
  if (read !== undefined) {
    const message = `rows of a test are made up, but the query reads "${read.name}"`;
    mistakes.add("bad-setting", at, message, { suggestion: "write the rows with values" });
  }
  if (mistakes.diagnostics.length > before) return undefined;
  const bound = await binder.bind(sql);
  if (!bound.ok) {
    for (const { code, message, hint } of bound.problems)
      mistakes.add(code, at, message, { suggestion: hint });
    return undefined;
  }
  for (const { name } of bound.value) columnNamed(name, at, of, mistakes);
  if (mistakes.diagnostics.length > before) return undefined;
  return { sql, columns: bound.value.map(({ name }) => find(name, of)?.name ?? name) };
}

const find = (name: string, { columns }: RowsOf): GraphColumn | undefined =>
  columns.find((column) => column.name.toLowerCase() === name.toLowerCase());

function columnNamed(name: string, at: SettingPath, of: RowsOf, mistakes: Mistakes): GraphColumn | undefined {
  const column = find(name, of);
  if (column !== undefined) return column;
  const names = of.columns.map((one) => one.name);
  const suggestion = didYouMean(name, names) ?? `there are ${names.join(", ")}`;
  mistakes.add("unknown-column", at, `column "${name}" does not exist in "${of.dataset}"`, {
    suggestion,
    part: "name",
  });
  return undefined;
}
