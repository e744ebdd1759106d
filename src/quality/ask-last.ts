import type { DatasetNode, GraphCheck } from "../graph/graph.ts";
import { type LastCheck, target } from "../graph/references.ts";
import type { TableColumn } from "../graph/table-column.ts";
import { quoteDataset, quoteName, quoteText } from "../sql/quote.ts";
import { type Asked, questionOf, whereOf } from "./ask.ts";

import { type Distribution, driftQuery } from "./drift-query.ts";
import { keyOf } from "./promises.ts";
import type { CheckQuestion } from "./questions.ts";
import { changesQuery } from "./schema-rules.ts";
import { judged } from "./set-rules.ts";
import { shareOf } from "../graph/share.ts";

/** What is known when all datasets are. */
export interface Moment {
  /** The run's logical time, as text in UTC. */
  readonly runTime: string;
  /** Of the version that is judged, and of the one that is published now, if any. */
  readonly columns: readonly TableColumn[];
  readonly before: readonly TableColumn[] | undefined;
}

/** What checks ask that nobody can answer before all datasets are known. */
export function askLast(node: DatasetNode, asked: readonly LastCheck[], moment: Moment): readonly Asked[] {
  return asked.map((last, index) => ({
    check: last.check,
    question: question(`q${index}`, node, last, moment),
  }));
}

function question(
  id: string,
  node: DatasetNode,
  { check, dataset }: LastCheck,
  moment: Moment,
): CheckQuestion {
  const { where } = check;
  const base = { id, ...whereOf(check) };
  switch (check.check) {
    case "referential_integrity": {
      const { column: key = "" } = target(check);
      return { ...base, ask: "missing", column: check.column, table: dataset, key, first: keyOf(node) };
    }
    case "row_count_match": {
      const here = `select count(*) as rows from ${judged(where, [])}`;
      const there = `select count(*) as expected from ${quoteDataset(dataset)}`;
      const differ = `abs(rows - expected) > ${allowance(check.tolerance, "expected")}`;
      return {
        ...base,
        ask: "rows",
        sql: `select * from (${here}), (${there}) where ${differ}`,
        others: [dataset],
      };
    }
    case "aggregate_match": {
      const { column: there = "" } = target(check);
      const made = (column: string): string => aggregates[check.aggregate](quoteName(column));
      const tolerated =
        check.tolerance === undefined
          ? "here is distinct from there"
          : `(here is null) <> (there is null) or abs(here - there) > ${allowance(check.tolerance, "abs(there)")}`;
      const sql = `select * from (select ${made(check.column)} as here from ${judged(where, [])}),
        (select ${made(there)} as there from ${quoteDataset(dataset)}) where ${tolerated}`;
      return { ...base, ask: "rows", sql, others: [dataset] };
    }
    case "dataset_diff": {
      const columns = (check.columns ?? node.columns.map(({ name }) => name)).map(quoteName).join(", ");
      const here = `select ${columns} from ${judged(where, [])}`;
      const there = `select ${columns} from ${quoteDataset(dataset)}`;
      const sql = `select 'only here' as side, * from (${here} except all ${there})
        union all select 'only there', * from (${there} except all ${here})`;
      return { ...base, ask: "rows", sql, others: [dataset] };
    }
    case "distribution_drift":
      return { ...base, ...drift(node, check, dataset, moment) };
    case "freshness": {
      const newest = `max(cast(${quoteName(check.column)} as timestamp))`;
      const age = `select epoch(timestamp ${quoteText(moment.runTime)}) - epoch(${newest}) from ${judged(where, [])}`;
      return { ...base, ask: "measure", sql: age };
    }
    case "future_dates":
      return questionOf(id, check, node, moment.runTime);
    case "schema_change":
      return { ...base, ask: "rows", sql: changesQuery(check, moment.before, moment.columns) };
  }
}

/** Under which name the version that is published now is asked beside a candidate. */
export const beforeTable = "sluice_before.rows";

type Drift = Extract<GraphCheck, { readonly check: "distribution_drift" }>;

/** A first version, and a column that was of another type before, have nothing to drift from. */
function drift(
  node: DatasetNode,
  check: Drift,
  dataset: string,
  { before }: Moment,
): { readonly ask: "measure"; readonly sql: string; readonly others?: readonly string[] } {
  const { column, by = "psi", to, where } = check;
  const type = typeOf(node.columns, column);
  if (to === undefined && (before === undefined || typeOf(before, column) !== type))
    return { ask: "measure", sql: "select 0" };
  const present = values(judged(where, [column]), column, type);
  const [table, name] =
    to === undefined ? [beforeTable, column] : [dataset, target({ ...check, to }).column ?? ""];
  // Both are of one kind: other columns are refused when the project is compiled.
  const reference = values(quoteDataset(table), name, type);
  return { ask: "measure", sql: driftQuery(by, reference, present), others: [table] };
}

const typeOf = (columns: readonly TableColumn[], name: string): string | undefined =>
  columns.find((column) => column.name.toLowerCase() === name.toLowerCase())?.engineType;

function values(table: string, column: string, type: string | undefined): Distribution {
  const name = quoteName(column);
  if (type !== undefined && /^(?:DATE|TIMESTAMP)/.test(type)) {
    const time = `cast(${name} as timestamp)`;
    return { rows: `select epoch(${time}) as value from ${table} where isfinite(${time})`, isNumber: true };
  }
  const isNumber = type !== undefined && /^(?:DECIMAL|DOUBLE|FLOAT|U?(?:TINY|SMALL|BIG|HUGE)?INT)/.test(type);
  if (!isNumber) return { rows: `select ${name} as value from ${table} where ${name} is not null`, isNumber };
  const number = `cast(${name} as double)`;
  return { rows: `select ${number} as value from ${table} where isfinite(${number})`, isNumber };
}

/** How much may differ, as SQL. */
function allowance(tolerance: string | number | undefined, whole: string): string {
  if (tolerance === undefined) return "0";
  return typeof tolerance === "number" ? String(tolerance) : `${shareOf(tolerance) ?? 0} * ${whole}`;
}

const aggregates = {
  sum: (column: string) => `sum(${column})`,
  min: (column: string) => `min(${column})`,
  max: (column: string) => `max(${column})`,
  mean: (column: string) => `avg(${column})`,
  count: (column: string) => `count(${column})`,
  distinct_count: (column: string) => `count(distinct ${column})`,
} as const;
