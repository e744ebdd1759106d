/** Checks as written, in a YAML list or by `check` in TypeScript, become checks with a name and a severity. */
import type { CheckSpec } from "../define/check-spec.ts";
import type { GraphCheck } from "../graph/graph.ts";
import { didYouMean } from "../graph/nearest-name.ts";
import {
  checkSchemas,
  columnsNamed,
  mainSetting,
  sharedSettings,
  type WrittenKind,
} from "./check-schemas.ts";
import { nearOurName, ourName } from "./foreign-checks.ts";
import { judgeLimits } from "./judge-limits.ts";
import { type SettingPath, camelCase, isRecord } from "./settings.ts";
import { type Mistakes, reportUnknown, show, validate } from "./validate.ts";

export interface CheckDraft {
  readonly check: GraphCheck;
  /** Where one of its settings lies. */
  readonly placeOf: (...setting: SettingPath) => SettingPath;
}

const kindNames = Object.keys(checkSchemas) as WrittenKind[];

export function readChecks(checks: readonly unknown[], mistakes: Mistakes): CheckDraft[] {
  const drafts: CheckDraft[] = [];
  const names = new Map<string, number>();
  const meanings = new Map<string, string>();
  for (const [index, raw] of checks.entries()) {
    const written = spellOut(raw, index, mistakes);
    if (written === undefined) continue;
    const { kind, settings, placeOf } = written;
    const before = mistakes.diagnostics.length;
    const spec = validate(checkSchemas[kind], settings, mistakes, (path) => placeOf(...path));
    if (spec === undefined || mistakes.diagnostics.length > before) continue;
    const { name: own, severity = "stop", ...meant } = spec;
    const check = { ...dropUndefined(meant), check: kind } as unknown as CheckSpec;
    if (!judgeLimits(check, mistakes, placeOf)) continue;
    const name = own ?? defaultName(check);
    const count = (names.get(name) ?? 0) + 1;
    names.set(name, count);
    if (own !== undefined && count > 1) {
      mistakes.add("bad-setting", placeOf("name"), `two checks are called "${name}"`);
    }
    const meaning = JSON.stringify(Object.entries(check).toSorted(([a], [b]) => (a < b ? -1 : 1)));
    const twin = meanings.get(meaning);
    if (twin !== undefined) {
      const suggestion = "remove one of the two";
      mistakes.add("bad-setting", placeOf(), `this check stands here already, as "${twin}"`, { suggestion });
    }
    const unique = count === 1 ? name : `${name} ${count}`;
    meanings.set(meaning, unique);
    drafts.push({ check: { ...check, name: unique, severity }, placeOf });
  }
  return drafts;
}

interface Written {
  readonly kind: WrittenKind;
  readonly settings: Record<string, unknown>;
  readonly placeOf: CheckDraft["placeOf"];
}

/** `- row_count: { min: 1 }` with what all checks take beside it, or the plain data of `check` in TypeScript. */
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
    if (kind !== undefined) return { kind, settings, placeOf: (...path) => [...at, ...path] };
    reportKind(String(check), [...at, String(check)], mistakes);
    return undefined;
  }
  const beside = Object.fromEntries(Object.entries(raw).filter(([name]) => isShared(name)));
  const [written, ...others] = Object.keys(raw).filter((name) => !isShared(name));
  if (written === undefined) {
    mistakes.add("bad-setting", at, "a check says nothing", {
      suggestion: `kinds are ${kindNames.join(", ")}`,
    });
    return undefined;
  }
  const kind = kindNames.find((one) => camelCase(one) === camelCase(written));
  if (kind === undefined) {
    reportKind(written, [...at, written], mistakes);
    return undefined;
  }
  for (const other of others) reportUnknown(mistakes, [...at, other], sharedSettings);
  const inner = expand(kind, raw[written]);
  if (!isRecord(inner)) {
    mistakes.add("bad-setting", [...at, written], `"${written}" must be a mapping, not ${show(inner)}`);
    return undefined;
  }
  return {
    kind,
    settings: { ...camelKeys(inner), ...dropUndefined(beside) },
    placeOf: (...path) => (String(path[0]) in beside ? [...at, ...path] : [...at, written, ...path]),
  };
}

const isShared = (name: string): boolean => (sharedSettings as readonly string[]).includes(name);

/** A kind that does not exist: an old name, one of another tool, or a slip. */
function reportKind(written: string, at: SettingPath, mistakes: Mistakes): void {
  const near = didYouMean(written, kindNames) ?? nearOurName(written);
  const suggestion = ourName(written) ?? near ?? `kinds are ${kindNames.join(", ")}`;
  mistakes.add("unknown-setting", at, `there is no check "${written}"`, { suggestion, part: "name" });
}

/** The short forms: `null_values: author`, `duplicate_values: [network, id]`, `row_predicate: "a > b"`, `pii_leak:`. */
function expand(kind: WrittenKind, value: unknown): unknown {
  if (isRecord(value)) return value;
  if (value === null || value === undefined) return {};
  const setting = mainSetting[kind];
  if (setting === undefined) return value;
  return { [setting]: setting === "columns" && typeof value === "string" ? [value] : value };
}

const camelKeys = (value: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(value).map(([name, inner]) => [camelCase(name), inner]));

const dropUndefined = (value: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined));

/** What a check is called that gives itself no name: its kind, and what it is about. */
function defaultName(check: CheckSpec): string {
  if (check.check === "row_predicate") return shorten(check.expression);
  if ("sql" in check) return `${check.check}(${shorten(check.sql)})`;
  const columns = columnsNamed(check).map(([, column]) => column);
  const other =
    "to" in check ? [columns.join(", "), check.to].filter((one) => one !== "").join(" → ") : undefined;
  const about = other ?? columns.join(", ");
  return about === "" ? check.check : `${check.check}(${about})`;
}

function shorten(sql: string): string {
  const line = sql.replaceAll(/\s+/g, " ").trim();
  return line.length <= 60 ? line : `${line.slice(0, 59)}…`;
}
