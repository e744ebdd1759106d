import { describe, expect, test } from "vitest";
import type { DatasetNode, ModelNode } from "../graph/graph.ts";
import type { ProvenUnique } from "../graph/unique-columns.ts";
import type { Version } from "../graph/version.ts";
import { ask } from "./ask.ts";
import { inheritUnique, type KnownInput } from "./inherit-unique.ts";
import type { CheckResult, Verdict } from "./verdict.ts";

const rules = { type: "integer", nullable: true, key: false, unique: false, tags: [] } as const;
const shared = { path: "", tags: [], checks: [], fingerprint: "today", auditFingerprint: "a" };
const column = (name: string, more: { readonly key?: boolean; readonly unique?: boolean } = {}) => ({
  name,
  engineType: "BIGINT",
  declared: { ...rules, ...more },
});
const query = { by: { kind: "sql", sql: "", ordered: false }, parameters: [] } as const;

const source = (...columns: ReturnType<typeof column>[]): DatasetNode => ({
  ...shared,
  id: "raw.a",
  kind: "source",
  inputs: [],
  from: { kind: "generator" },
  quarantine: { warn: 0, stop: 0 },
  columns,
});

const input = (...checks: ModelNode["checks"]): ModelNode => ({
  ...shared,
  ...query,
  id: "raw.a",
  kind: "model",
  inputs: [],
  columns: [column("id"), column("k")],
  checks,
});

const keyed = (...unique: ProvenUnique[]): ModelNode => ({
  ...shared,
  ...query,
  id: "m.b",
  kind: "model",
  inputs: ["raw.a"],
  columns: [column("id", { key: true }), column("k")],
  unique,
});

const version = (fingerprint = "today"): Version => ({
  id: "v1",
  dataset: "raw.a",
  buildKey: "b",
  fingerprint,
  contentHash: "c",
  rows: 1,
  bytes: 1,
  columns: [],
  files: [],
  quarantine: [],
  inputs: {},
  createdAt: "2026-01-01T00:00:00Z",
  runId: "r",
  elapsed: 1,
});

const result = (name: string, passed: boolean): CheckResult => ({
  name,
  check: "duplicate_values",
  severity: "warn",
  passed,
  value: 0,
  message: "",
  sample: [],
});
const verdict = (...results: CheckResult[]): Verdict => ({ outcome: "good", results });
const unique = (name: string, ...columns: string[]) =>
  ({ check: "duplicate_values", columns, name, severity: "warn" }) as const;

const given = (...columns: string[]): ProvenUnique => ({
  columns: ["id"],
  given: [{ dataset: "raw.a", columns }],
});

const isProven = (model: ModelNode, known: KnownInput | undefined): boolean => {
  const inputs = new Map(known === undefined ? [] : [["raw.a", known]]);
  return inheritUnique(model, ask(model), inputs).length > 0;
};

test("an answer says that it was proven, and only questions about unique columns get one", () => {
  const model = keyed({ columns: ["id"], given: [] });
  const asked = ask({ ...model, checks: [unique("pair", "k", "id"), unique("other", "k")] });
  const known = new Map([["raw.a", { node: source(column("id")), version: version() }]]);
  expect(asked.map(({ check }) => check.name)).toEqual(["key (id)", "pair", "other"]);
  expect(inheritUnique(model, asked, known)).toEqual([
    { id: "q0", value: 0, sample: [], answered: { by: "proof", milliseconds: 0 } },
    { id: "q1", value: 0, sample: [], answered: { by: "proof", milliseconds: 0 } },
  ]);
});

describe("what a source vouches for", () => {
  test.each<[string, DatasetNode, string, boolean]>([
    ["its key", source(column("id", { key: true }), column("k")), "today", true],
    ["a unique column", source(column("id", { unique: true }), column("k")), "today", true],
    [
      "part of a key is none",
      source(column("id", { key: true }), column("k", { key: true })),
      "today",
      false,
    ],
    ["another column", source(column("id"), column("k", { unique: true })), "today", false],
    ["nothing", source(column("id"), column("k")), "today", false],
    ["not under the contract of before", source(column("id", { key: true })), "before", false],
  ])("%s", (_, node, fingerprint, expected) => {
    expect(isProven(keyed(given("id")), { node, version: version(fingerprint) })).toBe(expected);
  });

  test("a key within the columns that are given", () => {
    expect(
      isProven(keyed(given("id", "k")), { node: source(column("k", { key: true })), version: version() }),
    ).toBe(true);
  });
});

describe("what a model vouches for", () => {
  const one = unique("one", "id");
  test.each<[string, ModelNode, Verdict | undefined, string, boolean]>([
    ["a check that has passed", input(one), verdict(result("one", true)), "today", true],
    ["not one that has failed", input(one), verdict(result("one", false)), "today", false],
    ["not one that was never asked", input(one), undefined, "today", false],
    ["not one of another name", input(one), verdict(result("two", true)), "today", false],
    [
      "not one of two with one name",
      input(one, one),
      verdict(result("one", true), result("one", true)),
      "today",
      false,
    ],
    ["not a result without a check", input(), verdict(result("one", true)), "today", false],
    [
      "not a check of more columns",
      input(unique("one", "id", "k")),
      verdict(result("one", true)),
      "today",
      false,
    ],
    ["not what another query made", input(one), verdict(result("one", true)), "before", false],
  ])("%s", (_, node, found, fingerprint, expected) => {
    const known = { node, version: version(fingerprint), verdict: found };
    expect(isProven(keyed(given("id")), known)).toBe(expected);
  });
});

test("all that a proof needs has to hold, of inputs that are known", () => {
  const known = { node: source(column("id", { key: true })), version: version() };
  const both = { columns: ["id"], given: [...given("id").given, ...given("k").given] };
  expect(isProven(keyed(both), known)).toBe(false);
  expect(isProven(keyed(both, given("id")), known)).toBe(true);
  expect(isProven(keyed(), known)).toBe(false);
  expect(isProven(keyed({ columns: ["id"], given: [] }), undefined)).toBe(false);
  expect(isProven(keyed({ columns: ["k"], given: [] }), known)).toBe(false);
});
