import { describe, expect, test } from "vitest";
import { columnLinks } from "../graph/column-walks.ts";
import type { Graph, ModelNode, SourceNode } from "../graph/graph.ts";
import type { ColumnLineage, QueryLineage } from "../graph/lineage.ts";
import { lineageDocument } from "./lineage-document.ts";
import { lineageLines } from "./lineage-lines.ts";
import { lineageTarget } from "./lineage-target.ts";
import { plainStyle } from "./shell.ts";

const shared = { tags: [], checks: [], fingerprint: "", auditFingerprint: "", path: "models/a.sql" };
const column = (name: string) => ({ name, engineType: "BIGINT" });
const source = (id: string, ...columns: string[]): SourceNode => ({
  ...shared,
  id,
  kind: "source",
  path: "sources/raw/orders.ts",
  inputs: [],
  from: { kind: "generator" },
  quarantine: { warn: 0, stop: 1 },
  columns: columns.map(column),
});
const model = (id: string, inputs: string[], columns: string[], lineage?: QueryLineage): ModelNode => ({
  ...shared,
  id,
  kind: "model",
  inputs,
  by: { kind: "sql", sql: "", ordered: false },
  parameters: [],
  columns: columns.map(column),
  ...(lineage ? { lineage } : {}),
});
const of = (name: string, direct: ColumnLineage["direct"], kind: ColumnLineage["kind"]): ColumnLineage => ({
  column: name,
  direct,
  indirect: [],
  kind,
  proven: true,
});
const orders = (name: string) => ({ dataset: "raw.orders", column: name });

/** Orders by day; the best day of them; and a model in TypeScript of which nothing is known. */
const graph: Graph = {
  format: 1,
  project: { name: "shop", storage: "", state: "", engine: {}, publish: "good" },
  datasets: [
    source("raw.orders", "id", "day", "amount", "paid"),
    model("shop.revenue", ["raw.orders"], ["day", "revenue", "version"], {
      rows: [
        { ...orders("day"), by: "group" },
        { ...orders("paid"), by: "filter" },
      ],
      columns: [
        of("day", [{ ...orders("day"), kind: "identity" }], "identity"),
        of("revenue", [{ ...orders("amount"), kind: "aggregate" }], "aggregate"),
        of("version", [], "constant"),
      ],
    }),
    model("shop.best", ["shop.revenue"], ["revenue"], {
      rows: [],
      columns: [
        of("revenue", [{ dataset: "shop.revenue", column: "revenue", kind: "aggregate" }], "aggregate"),
      ],
    }),
    model("shop.forecast", ["shop.revenue"], ["day", "guess"]),
  ],
  consumers: [
    { name: "board", path: "", type: "dashboard", reads: ["shop.best"] },
    {
      name: "calendar",
      path: "",
      type: "application",
      reads: ["shop.revenue"],
      columns: { "shop.revenue": ["day"] },
    },
  ],
  stories: [],
};
const links = columnLinks(graph);
const everything = { up: true, down: true, depth: Number.POSITIVE_INFINITY };
const lines = (name: string, more: Partial<Parameters<typeof lineageLines>[3]> = {}): string =>
  lineageLines(graph, links, lineageTarget(graph, name), {
    ...everything,
    columns: false,
    style: plainStyle,
    width: 120,
    ...more,
  }).join("\n");
const document = (name: string, more: Partial<typeof everything> = {}) =>
  lineageDocument(graph, links, lineageTarget(graph, name), { ...everything, ...more });

describe("trees", () => {
  test("of a dataset, with consumers at their ends", () => {
    expect(lines("shop.revenue")).toBe(`shop.revenue  model, models/a.sql

up: where it comes from
└─ raw.orders  source

down: what depends on it
├─ shop.best      model
│  └─ → board     dashboard
├─ shop.forecast  model
└─ → calendar     application`);
  });

  test("of a column up, with how", () => {
    expect(lines("shop.best.revenue", { down: false })).toBe(`shop.best.revenue  BIGINT, aggregate

up: where it comes from
└─ shop.revenue.revenue      aggregate
   ├─ raw.orders.amount      aggregate
   └─ raw.orders: day, paid  rows: group, filter`);
  });

  test("of a column down: what decides about rows bears on every column", () => {
    expect(lines("raw.orders.paid", { up: false })).toBe(`raw.orders.paid  BIGINT, source

down: what depends on it
└─ shop.revenue.*      rows: filter
   ├─ shop.best.*
   │  └─ → board       dashboard
   ├─ shop.forecast.*
   └─ → calendar       application`);
    expect(lines("raw.orders.amount", { up: false, depth: 1 })).toBe(`raw.orders.amount  BIGINT, source

down: what depends on it
└─ shop.revenue.revenue  aggregate  … (goes on)`);
  });

  test("what is not proven is marked, and nothing is left out", () => {
    expect(lines("shop.forecast.guess", { down: false }))
      .toBe(`shop.forecast.guess  BIGINT, assumed, not proven

up: where it comes from
└─ shop.revenue.*   assumed, not proven
   └─ raw.orders.*`);
  });
});

test("columns of a dataset, one by one", () => {
  expect(lines("shop.revenue", { columns: true })).toBe(`shop.revenue  model, models/a.sql

  day      ← raw.orders.day
           → shop.forecast.day, shop.forecast.guess, calendar
  revenue  ← aggregate of raw.orders.amount
           → shop.best.revenue, shop.forecast.day, shop.forecast.guess
  version  ← constant
           → shop.forecast.day, shop.forecast.guess

  rows decided by raw.orders.day (group), raw.orders.paid (filter)`);
});

describe("the document", () => {
  test("has direct and indirect sources of each column, and everything up and down", () => {
    expect(document("shop.revenue").columns).toEqual([
      {
        column: "day",
        type: "BIGINT",
        direct: ["raw.orders.day"],
        indirect: ["raw.orders.day", "raw.orders.paid"],
        kind: "identity",
        proven: true,
      },
      {
        column: "revenue",
        type: "BIGINT",
        direct: ["raw.orders.amount"],
        indirect: ["raw.orders.day", "raw.orders.paid"],
        kind: "aggregate",
        proven: true,
      },
      {
        column: "version",
        type: "BIGINT",
        direct: [],
        indirect: ["raw.orders.day", "raw.orders.paid"],
        kind: "constant",
        proven: true,
      },
    ]);
    const { upstream, downstream, consumers } = document("raw.orders.amount");
    expect(upstream).toEqual([]);
    expect(downstream?.map(({ name, distance, proven }) => [name, distance, proven])).toEqual([
      ["shop.revenue.revenue", 1, true],
      ["shop.best.revenue", 2, true],
      ["shop.forecast.day", 2, false],
      ["shop.forecast.guess", 2, false],
    ]);
    expect(consumers).toEqual([
      { consumer: "board", type: "dashboard", reads: "shop.best.revenue", distance: 3 },
    ]);
    expect(document("raw.orders.amount", { depth: 1, up: false })).toMatchObject({
      upstream: null,
      downstream: [{ name: "shop.revenue.revenue" }],
      consumers: [],
    });
  });

  test("takes what is not proven for dependent on everything", () => {
    expect(document("shop.forecast.guess").columns).toEqual([
      {
        column: "guess",
        type: "BIGINT",
        direct: ["shop.revenue.day", "shop.revenue.revenue", "shop.revenue.version"],
        indirect: [],
        kind: "unknown",
        proven: false,
      },
    ]);
  });
});

describe("names", () => {
  test("may leave the schema out, and are not told apart by letter case", () => {
    expect(lineageTarget(graph, "Revenue.DAY")).toMatchObject({
      node: { id: "shop.revenue" },
      column: "day",
    });
    expect(lineageTarget(graph, "orders")).toMatchObject({ node: { id: "raw.orders" } });
  });

  test.each([
    ["shop.revnue", 'Did you mean "shop.revenue"?'],
    ["shop.revenue.revnue", 'Did you mean "shop.revenue.revenue"?'],
    ["shop.revnue.dya", 'Did you mean "shop.revenue.day"?'],
    ["nothing.like.it", "sluice ls lists the datasets"],
  ])("%s is unknown", (name, hint) => {
    expect(() => lineageTarget(graph, name)).toThrow(expect.objectContaining({ code: "unknown-dataset" }));
    try {
      lineageTarget(graph, name);
    } catch (error) {
      expect((error as { hint: string }).hint).toContain(hint);
    }
  });
});
