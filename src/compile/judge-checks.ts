/** Checks against the types of the columns they are about: one that no engine can answer is a mistake now, not in a run. */
import type { CheckKind } from "../define/check-spec.ts";
import type { GraphCheck, GraphColumn } from "../graph/graph.ts";
import { columnsNamed } from "./check-schemas.ts";
import type { CheckDraft } from "./checks.ts";
import { type Mistakes, show } from "./validate.ts";
import { isComparable, type ValueKind, valueKindOf, wantedValue } from "./value-kind.ts";

/** Report what a check asks that its columns' types have no answer to. */
export function judgeCheckTypes(
  mistakes: Mistakes,
  { check, placeOf }: CheckDraft,
  columns: readonly GraphColumn[],
): void {
  const find = (name: string): GraphColumn | undefined =>
    columns.find((one) => one.name.toLowerCase() === name.toLowerCase());
  const refuse = (setting: string, message: string, suggestion: string): void =>
    mistakes.add("type-clash", placeOf(setting), message, { suggestion });
  const isBySteps = check.check === "distribution_drift" && (check.by === "ks" || check.by === "wasserstein");
  const needed: Needed | undefined =
    check.check === "invalid_values" && check.pattern !== undefined
      ? textOnly
      : isBySteps
        ? { column: amount }
        : needs[check.check];
  for (const [setting, name] of columnsNamed(check)) {
    const column = find(name);
    const wanted = needed?.[setting] ?? needed?.["all"];
    if (column === undefined || wanted === undefined || wanted.kinds.includes(valueKindOf(column.engineType)))
      continue;
    const asked = check.check === "invalid_values" ? "pattern" : check.check;
    const message = `a check asks for the ${asked} of "${column.name}", which is ${column.engineType} and not ${wanted.words}`;
    refuse(setting, message, "say it in SQL: row_predicate: …");
    return;
  }
  judgePair(check, find, refuse);
  judgeValues(check, find, refuse);
}

type Find = (name: string) => GraphColumn | undefined;
type Refuse = (setting: string, message: string, suggestion: string) => void;

interface Wanted {
  readonly kinds: readonly ValueKind[];
  readonly words: string;
}

const text: Wanted = { kinds: ["text"], words: "text" };
const number: Wanted = { kinds: ["number"], words: "a number" };
const moment: Wanted = { kinds: ["date", "timestamp"], words: "a date or a time" };
const amount: Wanted = { kinds: ["number", "date", "timestamp"], words: "a number, a date or a time" };
const ordered: Wanted = {
  kinds: ["text", "number", "date", "timestamp", "time"],
  words: "something that has an order",
};
type Needed = Readonly<Record<string, Wanted>>;

const textOnly: Needed = { column: text };

/** What the columns of a check must be, by the setting that names them. */
const needs: Partial<Readonly<Record<CheckKind, Needed>>> = {
  length: textOnly,
  format: textOnly,
  type_conformance: textOnly,
  json_schema: textOnly,
  pii_leak: { columns: text },
  future_dates: { column: moment },
  late_rows: { all: moment },
  time_coverage: { column: moment },
  freshness: { column: moment },
  column_sum: { all: number },
  monotonic: { column: ordered, by: ordered },
  sequential: { column: number },
  intervals_disjoint: { start: amount, end: amount },
  min: { column: amount },
  max: { column: amount },
  sum: { column: number },
  mean: { column: number },
  median: { column: number },
  stdev: { column: number },
  quantile: { column: number },
  outlier_share: { column: number },
  correlation: { columns: number },
};

/** Two columns that are compared with each other must be of one kind. */
function judgePair(check: GraphCheck, find: Find, refuse: Refuse): void {
  const pairs =
    check.check === "pair_compare"
      ? [["other", check.column, check.other] as const]
      : check.check === "intervals_disjoint"
        ? [["end", check.start, check.end] as const]
        : check.check === "unique_within_row"
          ? check.columns.slice(1).map((column) => ["columns", check.columns[0] ?? "", column] as const)
          : [];
  for (const [setting, first, second] of pairs) {
    const [one, other] = [find(first), find(second)];
    if (one === undefined || other === undefined || canBeEqual(one, other)) continue;
    const message = `a check compares "${one.name}", which is ${one.engineType}, with "${other.name}", which is ${other.engineType}`;
    refuse(setting, message, "say it in SQL: row_predicate: …");
    return;
  }
}

function judgeValues(check: GraphCheck, find: Find, refuse: Refuse): void {
  if (!("column" in check)) return;
  const column = find(check.column);
  if (column === undefined) return;
  const kind = valueKindOf(column.engineType);
  const wanted = wantedValue[kind];
  for (const [setting, value] of comparedValues(check)) {
    if (isComparable(kind, value)) continue;
    const message = `a check compares "${column.name}", which is ${column.engineType}, with ${show(value)}`;
    refuse(
      setting,
      message,
      wanted === undefined ? "say it in SQL: row_predicate: …" : `it must be ${wanted}`,
    );
    return;
  }
}

/** The values that a check compares with, by the setting they stand in. */
function comparedValues(check: GraphCheck): (readonly [string, unknown])[] {
  if ("values" in check && check.values !== undefined) return check.values.map((value) => ["values", value]);
  if (check.check !== "value_range" && check.check !== "min" && check.check !== "max") return [];
  return (["min", "max"] as const).flatMap((limit) =>
    check[limit] === undefined ? [] : [[limit, check[limit]] as const],
  );
}

/** Whether values of two columns can be equal. */
export function canBeEqual(one: GraphColumn, other: GraphColumn): boolean {
  const [first, second] = [one, other].map(({ engineType }) => valueKindOf(engineType));
  if (first === "other" || second === "other") return one.engineType === other.engineType;
  const isTime = (kind: typeof first): boolean => kind === "date" || kind === "timestamp";
  return first === second || (isTime(first) && isTime(second));
}
