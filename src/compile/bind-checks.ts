/** Checks against what they are about: their columns must exist, and their SQL must bind. */
import type { GraphCheck, GraphColumn } from "../graph/graph.ts";
import { didYouMean } from "../graph/nearest-name.ts";
import type { Binder, SqlProblem } from "../sql/binder.ts";
import { quoteDataset, quoteText } from "../sql/quote.ts";
import { scanSql } from "../sql/scan-sql.ts";
import { judgeCheckTypes } from "./judge-checks.ts";
import { judgeShape } from "./judge-shape.ts";
import { columnsNamed, renameColumns } from "./check-schemas.ts";
import type { CheckDraft } from "./checks.ts";
import type { DatasetDraft } from "./draft.ts";
import type { SettingPath } from "./settings.ts";

interface Tools {
  readonly binder: Binder;
  readonly declare: (dataset: string) => Promise<void>;
}

/** Judge a dataset's checks and column patterns, and write column names as the dataset does. */
export async function bindChecks(
  draft: DatasetDraft,
  columns: readonly GraphColumn[],
  tools: Tools,
): Promise<GraphCheck[]> {
  const names = new Map(columns.map((column) => [column.name.toLowerCase(), column.name]));
  const checks: GraphCheck[] = [];
  for (const one of draft.checks) {
    const { check, placeOf } = one;
    for (const [setting, column] of columnsNamed(check)) {
      if (!names.has(column.toLowerCase())) reportUnknownColumn(draft, placeOf(setting), column, columns);
    }
    judgeCheckTypes(draft.mistakes, one, columns);
    judgeShape(draft.mistakes, one, columns);
    for (const written of writtenSql(check)) await bindSql(draft, written, placeOf, columns, tools);
    for (const [pattern, ...setting] of patternsOf(check))
      await bindPattern(draft, pattern, placeOf(...setting), tools);
    checks.push(renameColumns(check, (column) => names.get(column.toLowerCase()) ?? column));
  }
  for (const { name, declared } of columns) {
    if (declared?.pattern !== undefined)
      await bindPattern(draft, declared.pattern, ["columns", name, "pattern"], tools);
  }
  return checks;
}

function reportUnknownColumn(
  draft: DatasetDraft,
  at: SettingPath,
  column: string,
  columns: readonly GraphColumn[],
): void {
  const names = columns.map((one) => one.name);
  draft.mistakes.add(
    "unknown-column",
    at,
    `column "${column}" does not exist in ${draft.id}, but a check is about it`,
    {
      suggestion: didYouMean(column, names),
    },
  );
}

/** SQL that somebody wrote, with the setting it stands in and what it is called in messages. */
interface WrittenSql {
  readonly setting: "expression" | "sql" | "where";
  readonly sql: string;
  readonly what: string;
  /** What stands around it where it is asked. */
  readonly frame: readonly [start: string, end: string];
  /** What stands before it where it has to be whole without anything around it. */
  readonly bare: string;
  /** Why a check says nothing whose condition is true of no row. */
  readonly void: string;
}

function writtenSql(check: GraphCheck): readonly WrittenSql[] {
  const bare = "select * from this where\n";
  const written: WrittenSql[] = [];
  if (check.where !== undefined)
    written.push({
      setting: "where",
      sql: check.where,
      what: 'the "where" of a check',
      frame: ["select * from this where (\n", "\n)"],
      bare,
      void: "it is true of no row, so the check judges none",
    });
  if (check.check === "row_predicate")
    written.push({
      setting: "expression",
      sql: check.expression,
      what: "the expression of a check",
      frame: ["select * from this where not (\n", "\n)"],
      bare,
      void: "it is false of no row, so the check can never fail",
    });
  if ("sql" in check)
    written.push({
      setting: "sql",
      sql: check.sql,
      what: "the SQL of a check",
      frame:
        check.check === "sql" ? ["select * from (\n", "\n) as offending"] : ["select (\n", "\n) + 0.0 as n"],
      bare: "",
      void: "its condition is true of no row, so it is the same for any data",
    });
  return written;
}

/** Regular expressions in a check, each with the setting it stands in. */
function patternsOf(check: GraphCheck): readonly (readonly [pattern: string, ...setting: SettingPath])[] {
  if (check.check === "invalid_values" && check.pattern !== undefined) return [[check.pattern, "pattern"]];
  if (check.check !== "json_schema") return [];
  const patterns: string[] = [];
  JSON.stringify(check.schema, (key, value: unknown) => {
    if (key === "pattern" && typeof value === "string") patterns.push(value);
    return value;
  });
  return patterns.map((pattern) => [pattern, "schema"] as const);
}

/** A check sees its own dataset and nothing else, so that it can be answered where the candidate lies. */
async function bindSql(
  draft: DatasetDraft,
  { setting, sql, what, frame, bare, void: nothing }: WrittenSql,
  placeOf: CheckDraft["placeOf"],
  columns: readonly GraphColumn[],
  { binder, declare }: Tools,
): Promise<void> {
  const [start, end] = frame;
  const rows = `with this as (select * from ${quoteDataset(draft.id)}) `;
  const report = (code: SqlProblem["code"], message: string, suggestion: string | undefined): void =>
    draft.mistakes.add(code, placeOf(setting), `${what} does not work: ${message}`, { suggestion });
  const problems = await findProblems(
    rows + start,
    sql,
    end,
    bare === "" ? bare : rows + bare,
    draft,
    binder,
    () => declare(draft.id),
  );
  for (const { code, message, hint } of problems) report(code, wordsOf(message, draft.id), hint);
  if (problems.length > 0) return;
  if (setting !== "sql" && !columns.some(({ name }) => mentions(sql, name)))
    report("sql-bind", "it names no column, so it is the same for every row", undefined);
  else if (mayBeVoid(sql) && (await binder.keepsNothing(setting === "sql" ? sql : rows + start + sql + end)))
    report("sql-bind", nothing, undefined);
}

/** Without a constant, or a word that comes twice, nothing compares with itself. */
function mayBeVoid(sql: string): boolean {
  const words = sql.toLowerCase().match(/[\p{L}_][\p{L}\d_]*|\d+/gu) ?? [];
  return new Set(words).size < words.length || words.some((word) => /^(?:true|false|null|\d+)$/.test(word));
}

/** What the engine says, without what only stands around the written SQL. */
const wordsOf = (message: string, dataset: string): string =>
  message.replace(` in ${dataset}`, "").replace(/^"\+" does not take .*/, "its value is not a number");

const mentions = (sql: string, column: string): boolean => sql.toLowerCase().includes(column.toLowerCase());

async function findProblems(
  start: string,
  written: string,
  end: string,
  bare: string,
  draft: DatasetDraft,
  binder: Binder,
  declare: () => Promise<void>,
): Promise<readonly SqlProblem[]> {
  if (scanSql(written).next().done === true)
    return [{ code: "sql-syntax", message: "there is nothing in it" }];
  const parsed = await binder.parse(start + written + end);
  if (!parsed.ok) return parsed.problems;
  // `a > 0) or (true` fits between the parentheses that stand around it, and says something else there.
  const alone = bare === "" || /[),]/.test(written) ? await binder.parse(bare + written) : parsed;
  if (!alone.ok) return alone.problems;
  if (bare === "" && alone.value.references.length === 0)
    return [
      {
        code: "sql-bind",
        message: "it does not read the dataset, so it is the same for any data",
        hint: 'the dataset is called "this"',
      },
    ];
  const foreign = new Set(parsed.value.references.map(({ name }) => name));
  foreign.delete(draft.id);
  const problems: SqlProblem[] = [
    ...parsed.value.problems.map((problem) => ({
      ...problem,
      hint: "a check sees the rows of its dataset only",
    })),
    ...[...foreign].map((name) => ({
      code: "sql-bind" as const,
      message: `it reads "${name}"`,
      hint: `a check sees its own dataset only, and calls it "this"`,
    })),
    ...parsed.value.parameters.map((name) => ({
      code: "sql-bind" as const,
      message: `it uses the parameter "$${name}"`,
      hint: "checks have no parameters: the answer must depend on the data alone",
    })),
  ];
  if (problems.length > 0) return problems;
  await declare();
  const bound = await binder.bind(start + written + end);
  return bound.ok ? [] : bound.problems;
}

/** Patterns are the engine's dialect of regular expressions, which has no look-around and no references. */
async function bindPattern(
  draft: DatasetDraft,
  pattern: string,
  at: SettingPath,
  { binder }: Tools,
): Promise<void> {
  const bound = await binder.bind(`select regexp_full_match('', ${quoteText(pattern)}) as matches`);
  if (bound.ok) return;
  const why = bound.problems[0]?.message ?? "the engine refuses it";
  draft.mistakes.add("bad-setting", at, `the pattern cannot be used: ${why}`, {
    suggestion: "patterns are RE2: no look-ahead, no look-behind, no back-references",
  });
}
