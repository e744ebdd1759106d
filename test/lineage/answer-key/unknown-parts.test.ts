import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ColumnLineage, QueryLineage } from "../../../src/graph/lineage.ts";
import { Lane } from "../../../src/sql/lane.ts";
import { giveParameters } from "../../../src/sql/lineage/give-parameters.ts";
import type { PlanNode } from "../../../src/sql/lineage/plan-node.ts";
import { readLineage } from "../../../src/sql/lineage/read-plan.ts";
import { asTable, readTablePlan } from "../../../src/sql/lineage/table-plan.ts";
import { quoteDataset, quoteName } from "../../../src/sql/quote.ts";
import { datasets } from "./datasets.ts";
import { readKey } from "./read-key.ts";

/** Another version of the engine may say what this one does not: whatever part of a plan is unknown, no source is lost. */
interface Planned {
  readonly sql: string;
  readonly plan: PlanNode;
  readonly columns: readonly string[];
  readonly lineage: QueryLineage;
}

let instance: DuckDBInstance;
let lane: Lane;
const planned: Planned[] = [];

beforeAll(async () => {
  instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  const connection = await instance.connect();
  for (const [, id, columns] of datasets) {
    const list = Object.entries(columns).map(([name, type]) => `${quoteName(name)} ${type}`);
    await connection.run(`create schema if not exists ${quoteName(id.slice(0, id.indexOf(".")))}`);
    await connection.run(`create table ${quoteDataset(id)} (${list.join(", ")})`);
  }
  lane = await Lane.open(connection);
  for (const { sql } of [...readKey().values()].flat()) {
    const known = await lane.plan(asTable(giveParameters(sql)) ?? "", readTablePlan);
    if (known === undefined) continue;
    const { plan } = known;
    const columns = known.columns.map((column) => column.name);
    planned.push({ sql, plan, columns, lineage: readLineage(plan, columns) });
  }
});

afterAll(() => {
  lane.close();
  instance.closeSync();
});

interface Part {
  type?: unknown;
  expression_class?: unknown;
  index?: unknown;
  more?: unknown;
}

/** Every object in a plan that says what it is, outside of the settings of functions. */
function* partsOf(value: unknown): Generator<Part> {
  if (typeof value !== "object" || value === null) return;
  if ("type" in value && typeof value.type === "string" && !("id" in value)) yield value;
  for (const [member, inner] of Object.entries(value)) if (member !== "function_data") yield* partsOf(inner);
}

const unproven = ({ columns }: QueryLineage): boolean => columns.every((column) => !column.proven);

test("enough plans are looked at", () => {
  expect(planned.length).toBeGreaterThan(180);
});

test("an operator that is not known makes everything unproven", () => {
  let changed = 0;
  for (const { sql, plan, columns } of planned) {
    for (const part of partsOf(plan)) {
      if (!String(part.type).startsWith("LOGICAL_")) continue;
      const type = part.type;
      part.type = "LOGICAL_SOMETHING";
      // What nobody reads need not be known; it is walked all the same.
      expect(unproven(readLineage(plan, columns)), sql).toBe(true);
      part.type = type;
      changed += 1;
    }
  }
  expect(changed).toBeGreaterThan(1000);
});

test("a member of an operator that is not known makes everything unproven when there are expressions in it", () => {
  const more = { deep: [{ expression_class: "BOUND_REF", type: "BOUND_REF" }] };
  for (const { sql, plan, columns } of planned) {
    for (const part of partsOf(plan)) {
      if (!String(part.type).startsWith("LOGICAL_")) continue;
      part.more = more;
      expect(unproven(readLineage(plan, columns)), sql).toBe(true);
      delete part.more;
    }
  }
});

test("an expression that is not known makes unproven what it touches, and changes nothing else", () => {
  let touched = 0;
  for (const { sql, plan, columns, lineage } of planned) {
    for (const part of partsOf(plan)) {
      const known = part.expression_class;
      if (typeof known !== "string") continue;
      part.expression_class = "BOUND_SOMETHING";
      const changed = readLineage(plan, columns);
      part.expression_class = known;
      if (unproven(changed)) touched += 1;
      else {
        expect(changed.rows, sql).toEqual(lineage.rows);
        touched += changed.columns.filter((column, index) =>
          isLost(column, lineage.columns[index], sql),
        ).length;
      }
    }
  }
  expect(touched).toBeGreaterThan(1000);
});

/** Whether a column became unproven; what stays proven must say what it said. */
function isLost(column: ColumnLineage, before: ColumnLineage | undefined, sql: string): boolean {
  if (column.proven) expect(column, sql).toEqual(before);
  return !column.proven;
}

test("a reference that leads nowhere, or to a column of another type, is unproven", () => {
  for (const { sql, plan, columns, lineage } of planned) {
    for (const part of partsOf(plan)) {
      if (part.expression_class !== "BOUND_REF") continue;
      const index = part.index;
      part.index = 5000;
      const changed = readLineage(plan, columns);
      if (index === undefined) delete part.index;
      else part.index = index;
      if (!unproven(changed)) {
        expect(changed.rows, sql).toEqual(lineage.rows);
        for (const [at, column] of changed.columns.entries()) isLost(column, lineage.columns[at], sql);
      }
    }
  }
});

test("another number of columns than the query has is unproven", () => {
  for (const { plan, columns } of planned) {
    expect(unproven(readLineage(plan, [...columns, "more"]))).toBe(true);
    expect(unproven(readLineage(plan, columns.slice(1)))).toBe(true);
  }
});

test("columns that hide in the settings of a function are unproven", () => {
  const plan = (settings: object): PlanNode => ({
    type: "LOGICAL_PROJECTION",
    children: [
      {
        type: "LOGICAL_GET",
        name: "seq_scan",
        names: ["a", "b"],
        column_indexes: [{}, { index: 1 }],
        function_data: { schema: "s", table: "t" },
      },
    ],
    expressions: [
      {
        expression_class: "BOUND_FUNCTION",
        type: "BOUND_FUNCTION",
        children: [{ expression_class: "BOUND_REF", type: "BOUND_REF" }],
        name: "odd",
        function_data: settings,
      },
    ],
  });
  const other = { expression_class: "BOUND_REF", type: "BOUND_REF", index: 1 };
  const proven = (settings: object) => readLineage(plan(settings), ["x"]).columns[0]?.proven;
  expect(proven({ separator: "," })).toBe(true);
  expect(proven({ lambda_expr: other })).toBe(true);
  expect(proven({ deep: { hidden: [other] } })).toBe(false);
});
