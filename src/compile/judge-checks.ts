/** Checks against the types of the columns they are about: one that no engine can answer is a mistake now, not in a run. */
import type { GraphCheck, GraphColumn } from "../graph/graph.ts";
import type { SettingPath } from "./settings.ts";
import { type Mistakes, show } from "./validate.ts";
import { isComparable, valueKindOf, wantedValue } from "./value-kind.ts";

/** Report what a check asks that its column's type has no answer to. */
export function judgeCheckTypes(
  mistakes: Mistakes,
  check: GraphCheck,
  at: SettingPath,
  columns: readonly GraphColumn[],
): void {
  if (!("column" in check)) return;
  const column = columns.find((one) => one.name.toLowerCase() === check.column.toLowerCase());
  if (column === undefined) return;
  const { name, engineType } = column;
  const refuse = (setting: string, message: string, suggestion: string): void =>
    mistakes.add("type-clash", [...at, setting], message, { suggestion });
  if (check.check === "length" || check.check === "pattern") {
    if (engineType === "VARCHAR") return;
    const message = `a check asks for the ${check.check} of "${name}", which is ${engineType} and not text`;
    refuse("column", message, "say it in SQL: expression: …");
    return;
  }
  const kind = valueKindOf(engineType);
  const wanted = wantedValue[kind];
  for (const [setting, value] of comparedValues(check)) {
    if (isComparable(kind, value)) continue;
    const message = `a check compares "${name}", which is ${engineType}, with ${show(value)}`;
    refuse(setting, message, wanted === undefined ? "say it in SQL: expression: …" : `it must be ${wanted}`);
    return;
  }
}

/** The values that a check compares with, by the setting they stand in. */
function comparedValues(check: GraphCheck): (readonly [string, unknown])[] {
  if (check.check === "accepted_values") return check.values.map((value) => ["values", value]);
  if (check.check !== "range") return [];
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
