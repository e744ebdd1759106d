/** Checks against what they are about: their columns must exist, and their SQL must bind. */
import type { GraphCheck, GraphColumn } from "../graph/graph.ts";
import { didYouMean } from "../graph/nearest-name.ts";
import type { Binder, SqlProblem } from "../sql/binder.ts";
import { quoteDataset, quoteText } from "../sql/quote.ts";
import { scanSql } from "../sql/scan-sql.ts";
import { canBeEqual, judgeCheckTypes } from "./judge-checks.ts";
import { type CheckDraft, columnsOf } from "./checks.ts";
import type { DatasetNames } from "./dataset-names.ts";
import type { DatasetDraft, DatasetEntry } from "./draft.ts";
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
  for (const { check, at } of draft.checks) {
    for (const column of columnsOf(check)) {
      if (!names.has(column.toLowerCase())) reportUnknownColumn(draft, at, column, columns);
    }
    judgeCheckTypes(draft.mistakes, check, at, columns);
    if (check.check === "expression" || check.check === "sql") await bindSql(draft, check, at, tools);
    if (check.check === "pattern") await bindPattern(draft, check.pattern, [...at, "pattern"], tools);
    checks.push(withNames(check, names));
  }
  for (const { name, declared } of columns) {
    if (declared?.pattern !== undefined)
      await bindPattern(draft, declared.pattern, ["columns", name, "pattern"], tools);
  }
  return checks;
}

function withNames(check: GraphCheck, names: ReadonlyMap<string, string>): GraphCheck {
  const canonical = (column: string): string => names.get(column.toLowerCase()) ?? column;
  if (check.check === "unique") return { ...check, columns: check.columns.map(canonical) };
  return "column" in check ? { ...check, column: canonical(check.column) } : check;
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

/** A check sees its own dataset and nothing else, so that it can be answered where the candidate lies. */
async function bindSql(
  draft: DatasetDraft,
  check: GraphCheck & { readonly check: "expression" | "sql" },
  at: SettingPath,
  { binder, declare }: Tools,
): Promise<void> {
  const head = `with this as (select * from ${quoteDataset(draft.id)}) select count(*) as n from `;
  const [start, written, end] =
    check.check === "expression"
      ? [`${head}this where not (\n`, check.expression, "\n)"]
      : [`${head}(\n`, check.sql, "\n) as offending"];
  const problems = await findProblems(start, written, end, draft, binder, () => declare(draft.id));
  for (const problem of problems) reportSql(draft, at, check.check, problem);
}

async function findProblems(
  start: string,
  written: string,
  end: string,
  draft: DatasetDraft,
  binder: Binder,
  declare: () => Promise<void>,
): Promise<readonly SqlProblem[]> {
  if (scanSql(written).next().done === true)
    return [{ code: "sql-syntax", message: "there is nothing in it" }];
  const parsed = await binder.parse(start + written + end);
  if (!parsed.ok) return parsed.problems;
  const foreign = parsed.value.references.filter((reference) => reference.name !== draft.id);
  const problems: SqlProblem[] = [
    ...parsed.value.problems.map((problem) => ({
      ...problem,
      hint: "a check sees the rows of its dataset only",
    })),
    ...foreign.map(({ name }) => ({
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

function reportSql(
  draft: DatasetDraft,
  at: SettingPath,
  kind: "expression" | "sql",
  problem: SqlProblem,
): void {
  const what = kind === "expression" ? "the expression of a check" : "the SQL of a check";
  const message = `${what} does not work: ${problem.message.replace(` in ${draft.id}`, "")}`;
  draft.mistakes.add(problem.code, [...at, kind], message, { suggestion: problem.hint });
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

/** Judge the checks that compare with another dataset's column. Called when all columns are known. */
export function judgeReferences(
  { id: reader, mistakes }: DatasetEntry,
  checks: readonly CheckDraft[],
  names: DatasetNames,
  columnsOfDataset: (id: string) => readonly GraphColumn[] | undefined,
): void {
  for (const { check, at } of checks) {
    if (check.check !== "references") continue;
    const dot = check.to.lastIndexOf(".");
    const [id, column] = [check.to.slice(0, dot), check.to.slice(dot + 1)];
    const found = id.includes(".") ? names.find(id) : undefined;
    if (found === "unreadable") continue;
    if (found === undefined) {
      const suggestion = id.includes(".")
        ? names.suggest(id)
        : 'write schema.name.column, such as "people.members.id"';
      const message = `a check refers to "${check.to}", but there is no dataset "${id}"`;
      mistakes.add("unknown-dataset", [...at, "to"], message, { suggestion });
      continue;
    }
    const columns = columnsOfDataset(found.id);
    if (columns === undefined) continue;
    const other = columns.find((one) => one.name.toLowerCase() === column.toLowerCase());
    if (other !== undefined) {
      const own = columnsOfDataset(reader)?.find(
        (one) => one.name.toLowerCase() === check.column.toLowerCase(),
      );
      if (own === undefined || canBeEqual(own, other)) continue;
      const message = `a check compares "${own.name}", which is ${own.engineType}, with ${check.to}, which is ${other.engineType}`;
      mistakes.add("type-clash", [...at, "to"], message, { suggestion: "cast one of them in its model" });
      continue;
    }
    mistakes.add(
      "unknown-column",
      [...at, "to"],
      `a check refers to column "${column}", which does not exist in ${found.id}`,
      {
        suggestion: didYouMean(
          column,
          columns.map((one) => one.name),
        ),
      },
    );
  }
}
