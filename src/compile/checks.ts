/** Checks as written, in a YAML list or by `check` in TypeScript, become checks with a name and a severity. */
import type { CheckKind, CheckSpec } from "../define/check.ts";
import type { GraphCheck } from "../graph/graph.ts";
import { didYouMean } from "../graph/nearest-name.ts";
import { checkSchemas } from "./schemas.ts";
import { type SettingPath, camelCase, isRecord } from "./settings.ts";
import { type Mistakes, reportUnknown, show, validate } from "./validate.ts";

export interface CheckDraft {
  readonly check: GraphCheck;
  /** Where it lies in the settings. */
  readonly at: SettingPath;
}

const kindNames = Object.keys(checkSchemas) as CheckKind[];

export function readChecks(checks: readonly unknown[], mistakes: Mistakes): CheckDraft[] {
  const drafts: CheckDraft[] = [];
  const names = new Map<string, number>();
  for (const [index, raw] of checks.entries()) {
    const written = spellOut(raw, index, mistakes);
    if (written === undefined) continue;
    const { kind, settings, at } = written;
    const before = mistakes.diagnostics.length;
    const spec = validate(checkSchemas[kind], settings, mistakes, (path) =>
      // In YAML they stand beside the kind, not in it.
      path[0] === "name" || path[0] === "severity" ? ["checks", index, ...path] : [...at, ...path],
    );
    if (spec === undefined || mistakes.diagnostics.length > before) continue;
    if (!judgeLimits(kind, spec, mistakes, at)) continue;
    const own = spec as { readonly name?: string; readonly severity?: "warn" | "stop" };
    const check = { ...dropUndefined(spec), check: kind } as unknown as CheckSpec;
    const name = own.name ?? defaultName(check);
    const count = (names.get(name) ?? 0) + 1;
    names.set(name, count);
    if (own.name !== undefined && count > 1) {
      mistakes.add("bad-setting", ["checks", index, "name"], `two checks are called "${name}"`);
    }
    const unique = count === 1 ? name : `${name} ${count}`;
    drafts.push({ check: { ...check, name: unique, severity: own.severity ?? "stop" }, at });
  }
  return drafts;
}

interface Written {
  readonly kind: CheckKind;
  readonly settings: Record<string, unknown>;
  readonly at: SettingPath;
}

/** `- row_count: { min: 1 }` with `name` and `severity` beside it, or the plain data of `check` in TypeScript. */
function spellOut(raw: unknown, index: number, mistakes: Mistakes): Written | undefined {
  const at = ["checks", index] as const;
  if (!isRecord(raw)) {
    const suggestion = 'write "- row_count: { min: 1 }"';
    mistakes.add("bad-setting", at, `a check must be a mapping, not ${show(raw)}`, { suggestion });
    return undefined;
  }
  if (typeof raw["check"] === "string") {
    const { check, ...settings } = raw;
    const kind = kindNames.find((one) => one === check);
    if (kind !== undefined) return { kind, settings, at };
    reportUnknown(mistakes, [...at, check], kindNames);
    return undefined;
  }
  const { name, severity, ...rest } = raw;
  const [written, ...others] = Object.keys(rest);
  if (written === undefined) {
    mistakes.add("bad-setting", at, "a check says nothing", {
      suggestion: `kinds are ${kindNames.join(", ")}`,
    });
    return undefined;
  }
  const kind = kindNames.find((one) => camelCase(one) === camelCase(written));
  if (kind === undefined) {
    const suggestion = didYouMean(written, kindNames) ?? `kinds are ${kindNames.join(", ")}`;
    mistakes.add("unknown-setting", [...at, written], `there is no check "${written}"`, {
      suggestion,
      part: "name",
    });
    return undefined;
  }
  for (const other of others) reportUnknown(mistakes, [...at, other], ["name", "severity"]);
  const inner = expand(kind, rest[written]);
  if (isRecord(inner))
    return {
      kind,
      settings: { ...camelKeys(inner), ...dropUndefined({ name, severity }) },
      at: [...at, written],
    };
  mistakes.add("bad-setting", [...at, written], `"${written}" must be a mapping, not ${show(inner)}`);
  return undefined;
}

/** The short forms: `not_null: author`, `unique: [network, id]`, `expression: "a > b"`. */
function expand(kind: CheckKind, value: unknown): unknown {
  if (isRecord(value)) return value;
  if (kind === "unique") return { columns: typeof value === "string" ? [value] : value };
  if (kind === "not_null") return { column: value };
  if (kind === "expression") return { expression: value };
  if (kind === "sql") return { sql: value };
  return value;
}

const camelKeys = (value: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(value).map(([name, inner]) => [camelCase(name), inner]));

const dropUndefined = (value: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined));

function judgeLimits(kind: CheckKind, spec: object, mistakes: Mistakes, at: SettingPath): boolean {
  if (kind !== "row_count" && kind !== "range" && kind !== "length") return true;
  const { min, max } = spec as { readonly min?: unknown; readonly max?: unknown };
  if (min === undefined && max === undefined) {
    mistakes.add("bad-setting", at, `"${kind}" needs "min", "max" or both`);
    return false;
  }
  if (typeof min === "number" && typeof max === "number" && min > max) {
    mistakes.add("bad-setting", at, `"${kind}" can never hold: "min" is more than "max"`);
    return false;
  }
  return true;
}

/** What a check is called that gives itself no name: its kind, and what it is about. */
function defaultName(check: CheckSpec): string {
  switch (check.check) {
    case "row_count":
      return "row_count";
    case "unique":
      return `unique(${check.columns.join(", ")})`;
    case "references":
      return `references(${check.column} → ${check.to})`;
    case "expression":
      return shorten(check.expression);
    case "sql":
      return `sql(${shorten(check.sql)})`;
    default:
      return `${check.check}(${check.column})`;
  }
}

function shorten(sql: string): string {
  const line = sql.replaceAll(/\s+/g, " ").trim();
  return line.length <= 60 ? line : `${line.slice(0, 59)}…`;
}

/** The columns a check names, which must exist. */
export function columnsOf(check: CheckSpec): readonly string[] {
  if (check.check === "unique") return check.columns;
  return "column" in check ? [check.column] : [];
}
