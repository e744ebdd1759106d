/** A check as a rule of ODCS, and back. */
import type { CheckSpec } from "../../define/check-spec.ts";
import type { GraphCheck } from "../../graph/graph.ts";
import type { OdcsObject } from "./column-property.ts";
import { isObject, isSame } from "./patch.ts";

/** A check in the words of ODCS: one of its metrics where that says the same, a rule of Sluice's own otherwise. */
export function ruleOf(check: GraphCheck): OdcsObject {
  const plain = libraryRule(check);
  if (plain !== undefined && isSame(checkOf(plain, columnOf(check)), check)) return plain;
  return { ...named(check), type: "custom", engine: "sluice", implementation: { ...check } };
}

/** The column at which its rule stands; the others stand at the table. */
export const columnOf = (check: CheckSpec): string | undefined =>
  "column" in check && typeof check.column === "string" ? check.column : undefined;

const named = ({ name, severity }: GraphCheck): OdcsObject => ({
  name,
  severity: severity === "stop" ? "error" : "warning",
});

function libraryRule(check: GraphCheck): OdcsObject | undefined {
  const rule = (metric: string, given?: OdcsObject): OdcsObject => ({
    ...named(check),
    type: "library",
    metric,
    ...(given === undefined ? {} : { arguments: given }),
  });
  switch (check.check) {
    case "row_count":
      return { ...rule("rowCount"), ...operator(check.min, check.max) };
    case "null_values":
      return { ...rule("nullValues"), mustBe: 0 };
    case "missing_values":
      return {
        ...rule("missingValues", check.values && { missingValues: check.values }),
        mustBe: 0,
      };
    case "invalid_values": {
      const { values, pattern } = check;
      return { ...rule("invalidValues", values ? { validValues: values } : { pattern }), mustBe: 0 };
    }
    case "duplicate_values":
      return { ...rule("duplicateValues", { properties: check.columns }), mustBe: 0 };
    default:
      return undefined;
  }
}

/** Exactly one operator; `mustBeBetween` has both its bounds in it. */
function operator(min: number | undefined, max: number | undefined): OdcsObject {
  if (min !== undefined && max !== undefined)
    return min === max ? { mustBe: min } : { mustBeBetween: [min, max] };
  return min === undefined ? { mustBeLessOrEqualTo: max } : { mustBeGreaterOrEqualTo: min };
}

/** The check that a rule says; undefined where there is none that says the same. `column`: at which it stands. */
export function checkOf(rule: OdcsObject, column: string | undefined): Record<string, unknown> | undefined {
  const { type, engine, implementation, metric } = rule;
  if (type === "custom")
    return engine === "sluice" && isObject(implementation) ? { ...implementation } : undefined;
  const severity = isMild(rule["severity"]) ? "warn" : "stop";
  const base = { ...(typeof rule["name"] === "string" ? { name: rule["name"] } : {}), severity };
  if (rule["unit"] !== undefined && rule["unit"] !== "rows") return undefined;
  const given = isObject(rule["arguments"]) ? rule["arguments"] : {};
  if (metric === "rowCount") {
    const limits = limitsOf(rule);
    return limits && { check: "row_count", ...limits, ...base };
  }
  if (rule["mustBe"] !== 0) return undefined;
  switch (metric) {
    case "nullValues":
      return column === undefined ? undefined : { check: "null_values", column, ...base };
    case "missingValues": {
      const values = given["missingValues"];
      if (column === undefined || (values !== undefined && !isValues(values))) return undefined;
      return { check: "missing_values", column, ...(values === undefined ? {} : { values }), ...base };
    }
    case "invalidValues": {
      const { validValues: values, pattern } = given;
      if (column === undefined) return undefined;
      if (isValues(values)) return { check: "invalid_values", column, values, ...base };
      return typeof pattern === "string" ? { check: "invalid_values", column, pattern, ...base } : undefined;
    }
    case "duplicateValues": {
      const columns = given["properties"] ?? (column === undefined ? undefined : [column]);
      const fits =
        Array.isArray(columns) && columns.length > 0 && columns.every((one) => typeof one === "string");
      return fits ? { check: "duplicate_values", columns, ...base } : undefined;
    }
    default:
      return undefined;
  }
}

const isMild = (severity: unknown): boolean =>
  typeof severity === "string" && /^(?:warn|info|low)/i.test(severity);

const isValues = (value: unknown): value is readonly (string | number)[] =>
  Array.isArray(value) &&
  value.length > 0 &&
  value.every((one) => typeof one === "string" || typeof one === "number");

function limitsOf(rule: OdcsObject): { readonly min?: number; readonly max?: number } | undefined {
  const {
    mustBe,
    mustBeGreaterThan: over,
    mustBeGreaterOrEqualTo: least,
    mustBeLessThan: under,
    mustBeLessOrEqualTo: most,
    mustBeBetween: between,
  } = rule;
  if (typeof mustBe === "number") return { min: mustBe, max: mustBe };
  if (typeof over === "number") return { min: Math.floor(over) + 1 };
  if (typeof least === "number") return { min: Math.ceil(least) };
  if (typeof under === "number") return { max: Math.ceil(under) - 1 };
  if (typeof most === "number") return { max: Math.floor(most) };
  if (!Array.isArray(between)) return undefined;
  const [min, max] = between as readonly number[];
  return min === undefined || max === undefined ? undefined : { min: Math.ceil(min), max: Math.floor(max) };
}
