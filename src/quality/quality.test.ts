import { expect, test } from "vitest";
import type { GraphCheck, ModelNode } from "../graph/graph.ts";
import { ask } from "./ask.ts";
import { auditedBefore } from "./audited-before.ts";
import { judge } from "./judge.ts";
import { prove } from "./prove.ts";

const node = (checks: readonly GraphCheck[]): ModelNode => ({
  id: "shop.orders",
  path: "models/shop/orders.sql",
  kind: "model",
  inputs: [],
  by: { kind: "sql", sql: "select 1 as id", ordered: false },
  parameters: [],
  tags: [],
  columns: [
    {
      name: "id",
      engineType: "BIGINT",
      declared: { type: "integer", nullable: false, key: true, unique: false, min: 1, tags: [] },
    },
    { name: "note", engineType: "VARCHAR" },
  ],
  checks,
  fingerprint: "f",
  auditFingerprint: "a",
});

const named = (check: Partial<GraphCheck>): GraphCheck =>
  ({ name: "named", severity: "stop", ...check }) as GraphCheck;

test("a model's promises are asked along with its checks", () => {
  const asked = ask(node([named({ check: "row_count", min: 1 })]));
  expect(asked.map(({ check }) => check.name)).toEqual([
    "key (id)",
    "id: null values",
    "id: value range",
    "named",
  ]);
});

test("hostile names and values stay names and values", () => {
  const asked = ask(
    node([named({ check: "invalid_values", column: 'a"b', values: ["x'); drop table t; --"] })]),
  );
  const question = asked.at(-1)?.question;
  expect(question?.ask === "aggregate" && question.expression).toBe(
    `count(case when "a""b" not in ('x''); drop table t; --') then 1 end)`,
  );
});

test("statistics prove what they can and leave the rest open", () => {
  const questions = ask(node([named({ check: "row_count", min: 1 })])).map(({ question }) => question);
  const clean = prove(questions, {
    rows: 3,
    columns: [{ name: "id", engineType: "BIGINT", nulls: 0, min: "1", max: "3" }],
  });
  expect(clean.open.map((question) => question.ask)).toEqual(["duplicates"]);
  const dirty = prove(questions, {
    rows: 3,
    columns: [{ name: "id", engineType: "BIGINT", nulls: 1, min: "0", max: "3" }],
  });
  expect(dirty.open.map((question) => question.ask)).toEqual(["duplicates", "aggregate", "aggregate"]);
});

test("a floating point column proves no limit: it may hold a value that is not a number", () => {
  const question = {
    id: "q",
    ask: "aggregate",
    expression: "…",
    proof: { by: "limits", column: "x", max: 9 },
  } as const;
  const table = { rows: 1, columns: [{ name: "x", engineType: "DOUBLE", nulls: 0, min: "1", max: "2" }] };
  expect(prove([question], table).open).toEqual([question]);
});

test("a failed stop check stops, a failed warning warns, silence never passes", () => {
  const asked = ask(node([named({ check: "row_predicate", expression: "id > 0", severity: "warn" })]));
  const answers = asked.map(({ question }) => ({ id: question.id, value: 0, sample: [] }));
  expect(judge(asked, answers).outcome).toBe("good");
  expect(judge(asked, [...answers.slice(0, -1), { id: "q3", value: 2, sample: [] }]).outcome).toBe("warned");
  expect(judge(asked, answers.slice(1)).outcome).toBe("stopped");
  const broken = answers.map((answer) => ({ ...answer, error: "division by zero" }));
  expect(judge(asked, broken).results[0]?.message).toContain("division by zero");
});

test.each([
  [{ received: 100, accepted: 100, quarantined: 0, rejected: 0 }, "good"],
  [{ received: 100, accepted: 95, quarantined: 3, rejected: 2 }, "warned"],
  [{ received: 100, accepted: 94, quarantined: 3, rejected: 3 }, "stopped"],
  [{ received: 0, accepted: 0, quarantined: 0, rejected: 0 }, "good"],
] as const)("a delivery of %o is %s at a limit of 5 %%", (counts, outcome) => {
  expect(judge([], [], { counts, problems: [], limits: { warn: 0, stop: 0.05 } }).outcome).toBe(outcome);
});

test("what rows did to a check that judges them one by one is counted once", () => {
  const found = (check: Partial<GraphCheck>, value: number): readonly string[] => {
    const asked = ask(node([named({ severity: "warn", ...check })])).slice(-1);
    const answers = asked.map(({ question }) => ({ id: question.id, value, sample: [{ id: 1 }] }));
    return Object.values(auditedBefore(asked, judge(asked, answers)).counted).map((one) =>
      JSON.stringify(one),
    );
  };
  const counted = [JSON.stringify({ value: 2, sample: [{ id: 1 }] })];
  expect(found({ check: "null_values", column: "id", tolerance: 3 }, 2)).toEqual(counted);
  expect(found({ check: "null_values", column: "id" }, 2)).toEqual(counted);
  expect(found({ check: "null_values", column: "id" }, 0)).toEqual([]);
  expect(found({ check: "duplicate_values", columns: ["id"], tolerance: 3 }, 2)).toEqual([]);
  expect(found({ check: "median", column: "id", max: 1 }, 2)).toEqual([]);
});

test("no part can offend what the whole did not, unless it is a share of some rows or looks elsewhere", () => {
  const offended = (check: Partial<GraphCheck>): boolean => {
    const asked = ask(node([named({ severity: "warn", ...check })])).slice(-1);
    const answers = asked.map(({ question }) => ({ id: question.id, value: 0, sample: [] }));
    return auditedBefore(asked, judge(asked, answers)).clean.length === 0;
  };
  expect(offended({ check: "null_values", column: "id" })).toBe(false);
  expect(offended({ check: "null_values", column: "id", tolerance: 3 })).toBe(false);
  expect(offended({ check: "null_values", column: "id", tolerance: "1%" })).toBe(false);
  expect(offended({ check: "null_values", column: "id", tolerance: "1%", where: "id > 1" })).toBe(true);
  expect(offended({ check: "null_values", column: "id", where: "id > 1" })).toBe(false);
  expect(offended({ check: "null_values", column: "id", where: "id > (select min(id) from this)" })).toBe(
    true,
  );
  expect(offended({ check: "duplicate_values", columns: ["id"], where: "exists (from this)" })).toBe(true);
  expect(offended({ check: "duplicate_values", columns: ["id"] })).toBe(false);
  expect(offended({ check: "mean", column: "id", max: 1 })).toBe(true);
  expect(offended({ check: "monotonic", column: "id", by: "id" })).toBe(true);
  expect(offended({ check: "pii_leak" })).toBe(false);
  expect(offended({ check: "pii_leak", where: "id > 1" })).toBe(true);
});
