import * as z from "zod/mini";
import type { Diagnostic, DiagnosticCode } from "../errors.ts";
import { didYouMean } from "../graph/nearest-name.ts";
import { type SettingPath, type Settings, isRecord } from "./settings.ts";

/** Collects the diagnostics of one file. */
export class Mistakes {
  readonly diagnostics: Diagnostic[] = [];
  settings: Settings;

  constructor(settings: Settings) {
    this.settings = settings;
  }

  /** Report a mistake about a setting; `part` says whether its name or its value is marked. */
  add(
    code: DiagnosticCode,
    setting: SettingPath,
    message: string,
    more: { readonly suggestion?: string | undefined; readonly part?: "name" | "value" } = {},
  ): void {
    const place = this.settings.placeOf(setting, more.part ?? "value") ?? { line: 1 };
    this.diagnostics.push({
      code,
      severity: "error",
      message,
      path: this.settings.pathOf?.(setting) ?? this.settings.path,
      ...place,
      ...(more.suggestion === undefined ? {} : { suggestion: more.suggestion }),
    });
  }
}

/**
 * Check a value against a schema, reporting everything wrong with it. What is wrong is left out, and what
 * remains is returned, so that one bad setting does not hide the mistakes elsewhere; undefined when
 * nothing usable remains. `at` is where the value lies in the settings, or finds where each part does.
 */
export function validate<T extends z.ZodMiniType>(
  schema: T,
  value: unknown,
  mistakes: Mistakes,
  at: SettingPath | ((path: SettingPath) => SettingPath) = [],
): z.output<T> | undefined {
  const place = typeof at === "function" ? at : (path: SettingPath): SettingPath => [...at, ...path];
  const first = schema.safeParse(value);
  if (first.success) return first.data;
  let rest = structuredClone(value);
  for (const issue of first.error.issues) {
    const path = issue.path as SettingPath;
    if (issue.code === "unrecognized_keys") {
      const known = knownKeys(schema, path);
      for (const key of issue.keys) {
        // In `{ a: one, two }` the second word is a name without a value: most often half of a text.
        const isText = valueAt(value, [...path, key]) === null;
        const hint = isText ? "text with a comma needs quotes around it" : undefined;
        reportUnknown(mistakes, place([...path, key]), known, hint);
        rest = without(rest, [...path, key]);
      }
    } else {
      const setting = place(path);
      const { message, suggestion } = describe(issue, setting, valueAt(value, path));
      mistakes.add("bad-setting", setting, message, { suggestion });
      rest = without(rest, path);
    }
  }
  const second = schema.safeParse(rest);
  return second.success ? second.data : undefined;
}

export function reportUnknown(
  mistakes: Mistakes,
  path: SettingPath,
  known: readonly string[],
  hint?: string,
): void {
  const name = String(path.at(-1));
  const where = path.length > 1 ? ` in "${spell(path.slice(0, -1))}"` : "";
  const all = known.length > 0 ? `there are ${known.join(", ")}` : undefined;
  const suggestion = didYouMean(name, known) ?? hint ?? all;
  mistakes.add("unknown-setting", path, `setting "${name}" does not exist${where}`, {
    suggestion,
    part: "name",
  });
}

function knownKeys(schema: z.ZodMiniType, path: SettingPath): string[] {
  let inner: unknown = schema;
  for (const step of path) {
    const shape = shapeOf(inner);
    inner = shape?.[String(step)] ?? unwrap(inner);
  }
  return Object.keys(shapeOf(inner) ?? {});
}

function shapeOf(schema: unknown): Record<string, unknown> | undefined {
  const plain = unwrap(schema);
  return plain instanceof z.ZodMiniObject ? plain.shape : undefined;
}

const unwrap = (schema: unknown): unknown =>
  schema instanceof z.ZodMiniOptional ? unwrap(schema.def.innerType) : schema;

const kinds: Record<string, string> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "a mapping of names to values",
  record: "a mapping of names to values",
};

/** A setting's name in words. Which item of a list is meant is seen in the file better than counted. */
const spell = (path: SettingPath): string => path.filter((step) => typeof step === "string").join(".");

function describe(
  issue: z.core.$ZodIssue,
  setting: SettingPath,
  value: unknown,
): { readonly message: string; readonly suggestion?: string | undefined } {
  const name = `"${spell(setting)}"`;
  const must = requirement(issue);
  if (value === undefined) return { message: `${name} is missing`, suggestion: `it must be ${must}` };
  const meant = issue.code === "invalid_value" && typeof value === "string" ? issue.values.map(String) : [];
  return {
    message: `${name} must be ${must}, not ${show(value)}`,
    suggestion: didYouMean(typeof value === "string" ? value : "", meant),
  };
}

function requirement(issue: z.core.$ZodIssue): string {
  // A message that a schema gives itself says it best.
  if (issue.message !== "Invalid input") return issue.message;
  switch (issue.code) {
    case "invalid_type":
      return kinds[issue.expected] ?? issue.expected;
    case "invalid_value":
      return oneOf(issue.values.map((one) => (typeof one === "string" ? `"${one}"` : String(one))));
    case "too_small":
      return issue.origin === "number" ? `at least ${issue.minimum}` : "something";
    case "too_big":
      return issue.origin === "number" ? `at most ${issue.maximum}` : `at most ${issue.maximum} long`;
    case "invalid_union":
      return [...new Set(issue.errors.flatMap((one) => one.slice(0, 1).map(requirement)))].join(" or ");
    default:
      return "something else";
  }
}

const oneOf = (values: readonly string[]): string =>
  values.length < 2 ? values.join() : `${values.slice(0, -1).join(", ")} or ${values.at(-1)}`;

/** A value as a message shows it. */
export function show(value: unknown): string {
  if (value === undefined || value === null) return "nothing";
  if (typeof value === "string") return value.length > 60 ? `"${value.slice(0, 60)}…"` : `"${value}"`;
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (isRecord(value)) return value["kind"] === "function" ? "a function" : "a mapping";
  return `${value as number | boolean | bigint}`;
}

const valueAt = (value: unknown, path: SettingPath): unknown =>
  path.reduce((inner: unknown, step) => (inner as Record<string, unknown> | undefined)?.[step], value);

/** The value without the setting at `path`. A bad item takes its whole list along: the others would move up. */
function without(value: unknown, path: SettingPath): unknown {
  const list = path.findIndex((step) => typeof step === "number");
  const target = list < 0 ? path : path.slice(0, list);
  const last = target.at(-1);
  const holder = valueAt(value, target.slice(0, -1));
  if (last !== undefined && isRecord(holder)) delete holder[last];
  return value;
}
