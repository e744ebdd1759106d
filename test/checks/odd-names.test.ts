/** Whatever columns are called, no check stumbles over their names, and no name becomes SQL. */
import { join } from "node:path";
import { expect, test } from "vitest";
import type { CheckSpec } from "../../src/define/check-spec.ts";
import { check } from "../../src/define/check.ts";
import { duckdbEngine } from "../../src/engine/duckdb.ts";
import type { DatasetNode, GraphCheck } from "../../src/graph/graph.ts";
import { isJudgedLast, lastChecks } from "../../src/graph/references.ts";
import { ask } from "../../src/quality/ask.ts";
import { askLast, beforeTable } from "../../src/quality/ask-last.ts";
import { judge } from "../../src/quality/judge.ts";
import { openSubject } from "../../src/testing/engine-subject.ts";
import { settled } from "./asking.ts";

/** Names that queries of checks use themselves, and names that would like to be SQL. */
const odd = [
  "this",
  "value",
  "times",
  "share",
  "bucket",
  "before",
  "rows",
  "here",
  "side",
  "low",
  "n",
  "r",
  "place",
  'say "hi"',
  "it's",
  "select",
  "*",
  "x); drop table this; --",
  "größe",
  " ",
  "a.b",
];

/** A number, a text, a day, each of a type that the check can be asked of. */
const about = (number: string, text: string, day: string): readonly CheckSpec[] => [
  check.nullValues(number),
  check.missingValues(text, { values: ["N/A"] }),
  check.invalidValues(text, { values: ["a"] }),
  check.invalidValues(text, { pattern: "a" }),
  check.forbiddenValues(number, [7]),
  check.valueRange(day, { min: "2026-01-01" }),
  check.length(text, { min: 1 }),
  check.typeConformance(text, "integer"),
  check.mustBeNull(number),
  check.futureDates(day),
  check.lateRows(day, { arrived: day, max: "1d" }),
  check.pairCompare(number, "<", number),
  check.columnSum([number, number], { total: number }),
  check.uniqueWithinRow([number, number]),
  check.jsonSchema(text, { type: "string" }),
  check.piiLeak({ columns: [text] }),
  check.duplicateValues([number, text]),
  check.distinctSet(day, ["2026-01-01"]),
  check.distinctSet(number, ["1.5", 2]),
  check.monotonic(number, { by: day, per: [text] }),
  check.sequential(number, { per: [text] }),
  check.intervalsDisjoint({ start: day, end: day, per: [text] }),
  check.timeCoverage(day, { grain: "month" }),
  check.distinctCount(text, { max: 1 }),
  check.min(day, { min: "2026-01-01" }),
  check.max(number, { max: 1 }),
  check.sum(number, { max: 1 }),
  check.mean(number, { max: 1 }),
  check.median(number, { max: 1 }),
  check.stdev(number, { max: 1 }),
  check.quantile(number, { at: 0.5, max: 1 }),
  check.uniqueRatio(text, { min: 0.5 }),
  check.distinctness(text, { min: 0.5 }),
  check.topValue(text, { values: ["a"], max: 0.5 }),
  check.topValue(day, { values: ["2026-01-01"], max: 0.5 }),
  check.outlierShare(number, { max: 0.5 }),
  check.outlierShare(number, { max: 0.5, by: "iqr" }),
  check.correlation([number, number], { min: 0.5 }),
  check.entropy(text, { min: 0.5 }),
  check.freshness(day, { max: "1d" }),
  check.referentialIntegrity(text, `made.others.${text}`),
  check.aggregateMatch("mean", number, `made.others.${number}`, { tolerance: "1%" }),
  check.datasetDiff("made.others"),
  check.distributionDrift(text, { max: 0.1 }),
  check.distributionDrift(number, { max: 0.1 }),
  check.distributionDrift(day, { max: 0.1, by: "ks", to: `made.others.${day}` }),
];

/** What the compiler refuses, and asking does not: a column beside itself. */
const asGraph = (spec: CheckSpec): GraphCheck => {
  const { check: kind } = spec;
  const isTwice = ["pair_compare", "column_sum", "unique_within_row", "correlation"].includes(kind);
  return isTwice ? { ...spec, name: kind, severity: "stop" } : settled(spec);
};

const third = odd.length / 3;

test.each(
  odd.slice(0, third).map((name, at) => [name, odd[at + third] ?? "", odd[at + 2 * third] ?? ""] as const),
)("%j, %j and %j", async (a, b, c) => {
  await using subject = await openSubject(duckdbEngine());
  for (const [number, text, day] of [
    [a, b, c],
    [b, c, a],
    [c, a, b],
  ] as const) {
    const columns = [
      { name: number, engineType: "DECIMAL(12,2)" },
      { name: text, engineType: "VARCHAR" },
      { name: day, engineType: "DATE" },
    ];
    const rows = [1, 2, 2].map((value) => ({
      [number]: `${value}.50`,
      [text]: `text ${value}`,
      [day]: `2026-0${value}-01`,
    }));
    const path = join(subject.directory, `${[a, b, c].indexOf(number)}.parquet`);
    await subject.session.write(rows, columns, path);
    const table = (called: string) => ({ name: called, files: [path], columns });
    const made = about(number, text, day).map(asGraph);
    const node: DatasetNode = {
      id: "made.rows",
      path: "",
      tags: [],
      columns,
      checks: made.filter((one) => !isJudgedLast(one)),
      fingerprint: "f",
      auditFingerprint: "a",
      kind: "source",
      inputs: [],
      from: { kind: "generator" },
      quarantine: { warn: 0, stop: 1 },
    };
    const moment = { runTime: "2026-03-02 12:00:00", columns, before: columns };
    const asked = ask(node);
    const last = askLast(node, lastChecks({ id: node.id, checks: made }), moment);
    const others = [table("made.others"), table(beforeTable)];
    for (const some of [asked, last]) {
      const questions = some.map(({ question }) => question);
      const { results } = judge(some, await subject.session.ask(table("made.rows"), questions, others));
      const failed = results.filter(({ message }) => message.includes("the check itself failed"));
      expect(failed.map(({ check: kind, message }) => `${kind}: ${message}`)).toEqual([]);
    }
  }
});
