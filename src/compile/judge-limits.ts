/** Settings of a check against each other: one that can never fail, or never hold, is a mistake now. */
import type { CheckSpec } from "../define/check-spec.ts";
import { unknownKeywords } from "../sql/json-schema.ts";
import type { SettingPath } from "./settings.ts";
import type { Mistakes } from "./validate.ts";

/** Report what makes a check say nothing or ask the impossible. Returns whether it can be asked. */
export function judgeLimits(
  check: CheckSpec,
  mistakes: Mistakes,
  placeOf: (...setting: SettingPath) => SettingPath,
): boolean {
  const before = mistakes.diagnostics.length;
  const refuse = (message: string, setting: SettingPath = [], suggestion?: string): void =>
    mistakes.add("bad-setting", placeOf(...setting), message, { suggestion });
  const said = `"${check.check}"`;
  const never = (what: "fail" | "hold", why: string, setting: SettingPath = []): void =>
    refuse(`${said} can never ${what}: ${why}`, setting);
  const range = bounds[check.check];
  if (range !== undefined) {
    const { min, max } = check as { readonly min?: number | string; readonly max?: number | string };
    if (min === undefined && max === undefined) {
      if (check.check !== "top_value" || check.values === undefined)
        refuse(`${said} needs "min", "max" or both${check.check === "top_value" ? ', or "values"' : ""}`);
    } else if (isMore(min, max)) never("hold", '"min" is more than "max"');
    else if (isMore(min, range.most) || isMore(range.least, max)) never("hold", within(range));
    else if (isVoid(min, range.least, -1) && isVoid(max, range.most, 1) && !hasMore(check))
      never("fail", within(range));
  }
  switch (check.check) {
    case "invalid_values":
      if ((check.values === undefined) === (check.pattern === undefined))
        refuse(`${said} needs "values" or "pattern", and not both`);
      break;
    case "schema_change":
      if (new Set(check.allow).size === 4) never("fail", "every change is allowed", ["allow"]);
      break;
    case "distribution_drift":
      if ((check.by === "ks" || check.by === "js") && check.max >= 1)
        never("fail", "this distance is at most 1", ["max"]);
      break;
    case "outlier_share":
      if (check.max >= 1) never("fail", "a share is at most 1", ["max"]);
      break;
    case "pair_compare":
      if (isSame(check.column, check.other))
        never(isReflexive.has(check.is) ? "fail" : "hold", "it compares a column with itself", ["other"]);
      break;
    case "time_coverage":
      if (!isMore(check.until, check.begin) && check.until !== undefined && check.begin !== undefined)
        never("fail", '"until" is not after "begin"', ["until"]);
      break;
    case "json_schema": {
      const [unknown] = unknownKeywords(check.schema);
      if (unknown !== undefined)
        refuse(
          `"${unknown}" of a JSON schema cannot be checked, or has a value that it cannot have`,
          ["schema"],
          "leave it out, or say it in a row_predicate",
        );
      break;
    }
    default:
  }
  judgeColumnLists(check, refuse);
  return mistakes.diagnostics.length === before;
}

/** What a number can be, in words. */
const within = ({ least, most }: { readonly least: number; readonly most: number }): string =>
  most === Infinity ? `it is never less than ${least}` : `it always lies between ${least} and ${most}`;

/** What each measured number can be. */
const bounds: Partial<
  Readonly<Record<CheckSpec["check"], { readonly least: number; readonly most: number }>>
> = {
  row_count: { least: 0, most: Infinity },
  column_count: { least: 0, most: Infinity },
  distinct_count: { least: 0, most: Infinity },
  length: { least: 0, most: Infinity },
  value_range: { least: -Infinity, most: Infinity },
  min: { least: -Infinity, most: Infinity },
  max: { least: -Infinity, most: Infinity },
  sum: { least: -Infinity, most: Infinity },
  mean: { least: -Infinity, most: Infinity },
  median: { least: -Infinity, most: Infinity },
  quantile: { least: -Infinity, most: Infinity },
  metric_sql: { least: -Infinity, most: Infinity },
  stdev: { least: 0, most: Infinity },
  entropy: { least: 0, most: Infinity },
  unique_ratio: { least: 0, most: 1 },
  distinctness: { least: 0, most: 1 },
  top_value: { least: 0, most: 1 },
  correlation: { least: -1, most: 1 },
};

const hasMore = (check: CheckSpec): boolean => check.check === "top_value" && check.values !== undefined;

const isReflexive: ReadonlySet<string> = new Set(["<=", "=", ">="]);

const isSame = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

/** A limit as a number that can be compared: times by their moment, numbers written as text by their value. */
function magnitude(limit: number | string | undefined): number | undefined {
  if (limit === undefined || typeof limit === "number") return limit;
  if (/^-?\d+(?:\.\d+)?$/.test(limit)) return Number(limit);
  const moment = /^\d{4}-\d\d-\d\d/.test(limit) ? Date.parse(limit) : Number.NaN;
  return Number.isNaN(moment) ? undefined : moment;
}

function isMore(one: number | string | undefined, other: number | string | undefined): boolean {
  const [a, b] = [magnitude(one), magnitude(other)];
  return a !== undefined && b !== undefined && a > b;
}

/** Whether a limit excludes nothing; `side` is 1 for an upper one. */
const isVoid = (limit: number | string | undefined, edge: number, side: 1 | -1): boolean =>
  limit === undefined ||
  (Number.isFinite(edge) && !isMore(side === 1 ? edge : limit, side === 1 ? limit : edge));

/** Columns that are named twice say nothing the second time. */
function judgeColumnLists(check: CheckSpec, refuse: (message: string, setting: SettingPath) => void): void {
  if (!("columns" in check) || !Array.isArray(check.columns)) return;
  const seen = new Set<string>();
  for (const column of check.columns as readonly string[]) {
    if (seen.has(column.toLowerCase()))
      refuse(`"${check.check}" names column "${column}" twice`, ["columns"]);
    seen.add(column.toLowerCase());
  }
}
