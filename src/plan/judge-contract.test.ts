/** What a plan says of the contract of a source that changes. */
import { expect, test } from "vitest";
import { settingsOf } from "../compile/odcs/contract-document.ts";
import type { ColumnSpec } from "../define/column.ts";
import { columnLinks } from "../graph/column-walks.ts";
import type { Graph, ModelNode, SourceNode } from "../graph/graph.ts";
import type { Version } from "../graph/version.ts";
import { Comparison } from "./comparison.ts";
import { judgeContract, readersOf } from "./judge-contract.ts";
import { explainColumns } from "./explain.ts";
import type { PlanState } from "./plan-state.ts";

const plain = { type: "text", nullable: true, key: false, unique: false, tags: [] } as const;
const column = (name: string, more: Partial<ColumnSpec> = {}): SourceNode["columns"][number] => {
  const declared = { ...plain, ...more };
  const engineType = declared.type === "text" ? "VARCHAR" : "BIGINT";
  return { name, engineType, declared, ...(more.unit === undefined ? {} : { unit: more.unit }) };
};

const source = (fingerprint: string, ...columns: SourceNode["columns"]): SourceNode => ({
  kind: "source",
  id: "raw.orders",
  path: "sources/raw/orders.ts",
  tags: [],
  checks: [],
  fingerprint,
  auditFingerprint: "a",
  inputs: [],
  columns,
  from: { kind: "files", patterns: ["landing/*.csv"] },
  quarantine: { warn: 0, stop: 0 },
});

const sums = {
  kind: "model",
  id: "core.sums",
  path: "models/core/sums.sql",
  tags: [],
  checks: [],
  fingerprint: "m",
  auditFingerprint: "a",
  inputs: ["raw.orders"],
  columns: [{ name: "price", engineType: "BIGINT" }],
  by: { kind: "sql", sql: "", ordered: false },
  parameters: [],
  lineage: {
    rows: [],
    columns: [
      {
        column: "price",
        direct: [{ dataset: "raw.orders", column: "price", kind: "identity" }],
        indirect: [],
        kind: "identity",
        proven: true,
      },
    ],
  },
} as unknown as ModelNode;

const graph = (orders: SourceNode): Graph => ({
  format: 1,
  project: { name: "p", storage: "", state: "", engine: {}, publish: "good" },
  datasets: [orders, sums],
  consumers: [],
  stories: [],
});

const price = (more: Partial<ColumnSpec> = {}) => column("price", { type: "integer", unit: "EUR", ...more });
const before = source("f", price(), column("note"), column("state", { oneOf: ["new", "paid"] }));

function compare(after: SourceNode) {
  const state = { before: graph(before), renames: new Map() } as unknown as PlanState;
  const comparison = new Comparison(graph(after), state);
  const version = { columns: before.columns, fingerprint: "f" } as unknown as Version;
  return { change: comparison.changed(after, version), metadata: comparison.metadata(after) };
}

test.each([
  [
    "a format",
    [price(), column("note", { format: "email" }), before.columns[2]],
    "format of note: none → email",
  ],
  [
    "a value that is off the list",
    [price(), column("note"), column("state", { oneOf: ["new"] })],
    'oneOf of state: ["new","paid"] → ["new"]',
  ],
  ["a required column", [...before.columns, column("id", { nullable: false })], "added of id: none → text"],
  [
    "a column that is required now",
    [price({ nullable: false }), ...before.columns.slice(1)],
    "nullable of price: true → false",
  ],
] as const)("%s refuses what was accepted: breaking, whoever reads", (_, columns, words) => {
  const { change } = compare(source("g", ...(columns as SourceNode["columns"])));
  expect(change.severity).toBe("breaking");
  expect(change.contract).toMatchObject([{ breaks: "suppliers", severity: "breaking" }]);
  expect(explainColumns(change)).toContain(`${words}, refuses records that were accepted`);
});

test("what is promised no more breaks who reads the column; without a reader nobody", () => {
  const { change } = compare(source("g", price(), column("note"), column("state")));
  expect(change).toMatchObject({ severity: "compatible" });
  expect(change.contract).toMatchObject([{ what: "oneOf", breaks: "readers", severity: "compatible" }]);
});

/** Who feels a change of `price`, which core.sums reads, and consumer board through it. */
const readers = { models: ["core.sums"], consumers: ["board"] };
test.each([
  ["dropped", {}, undefined, "removed", "readers"],
  ["renamed", {}, { name: "amount", from: ["price"] }, "renamed", "readers"],
  ["widened", { type: "decimal", precision: 8 }, { type: "decimal", precision: 12 }, "retyped", "readers"],
  ["narrowed", { type: "decimal", precision: 12 }, { type: "decimal", precision: 8 }, "retyped", "both"],
  ["another type", { type: "text" }, { type: "integer" }, "retyped", "both"],
  ["a type that has all", { type: "integer" }, { type: "text" }, "retyped", "readers"],
  ["nullable", {}, { nullable: true }, "nullable", "readers"],
  ["required", { nullable: true }, { nullable: false }, "nullable", "suppliers"],
  ["no key", { key: true }, { key: false }, "key", "readers"],
  ["more values", { oneOf: [1] }, { oneOf: [1, 2] }, "oneOf", "readers"],
  ["fewer values", { oneOf: [1, 2] }, { oneOf: [1] }, "oneOf", "suppliers"],
  ["other values", { oneOf: [1, 2] }, { oneOf: [1, 3] }, "oneOf", "both"],
  ["another format", { type: "text", format: "email" }, { type: "text", format: "url" }, "format", "both"],
  ["no format", { type: "text", format: "email" }, { type: "text" }, "format", "readers"],
  ["a format", { type: "text" }, { type: "text", format: "email" }, "format", "suppliers"],
  [
    "a date that is written otherwise",
    { type: "date", format: "%d" },
    { type: "date" },
    "format",
    "suppliers",
  ],
  ["another pattern", { type: "text", pattern: "a" }, { type: "text", pattern: "b" }, "pattern", "both"],
  ["another unit", { unit: "EUR" }, { unit: "USD" }, "unit", "readers"],
  ["lower limit", { min: 0 }, { min: -5 }, "min", "readers"],
  ["higher limit", { min: 0 }, { min: 5 }, "min", "suppliers"],
  ["no limit", { max: 5 }, {}, "max", "readers"],
] as const)("%s: %j made %j", (_, was, is, what, breaks) => {
  const of = ({ name = "price", ...more }: object & { name?: string }) =>
    column(name, { type: "integer", nullable: false, ...more });
  const [a, b] = [source("f", of(was)), source("g", ...(is === undefined ? [column("x")] : [of(is)]))];
  const consumers = [
    { name: "board", type: "dashboard", path: "", reads: ["core.sums"] },
    { name: "notes", type: "report", path: "", reads: ["raw.orders"], columns: { "raw.orders": ["note"] } },
  ] as const;
  const links = columnLinks({ ...graph(a), consumers });
  const changes = judgeContract(settingsOf(a), settingsOf(b), (name) =>
    readersOf(links, { dataset: "raw.orders", column: name }),
  ).filter((change) => change.column === "price");
  expect(changes).toHaveLength(1);
  expect(changes[0]).toMatchObject({ what, breaks, severity: "breaking" });
  expect(changes[0]?.readers).toEqual(breaks === "suppliers" ? undefined : readers);
});

test("another unit touches no data, and breaks who reads the column; without a reader nobody", () => {
  const { metadata } = compare(source("f", price({ unit: "USD" }), ...before.columns.slice(1)));
  const readers = { models: ["core.sums"], consumers: [] };
  expect(metadata).toEqual({
    dataset: "raw.orders",
    settings: ["columns"],
    contract: [
      {
        column: "price",
        what: "unit",
        from: "EUR",
        to: "USD",
        breaks: "readers",
        severity: "breaking",
        readers,
      },
    ],
  });
  const { change } = compare(
    source("g", price(), column("note", { nullable: false }), column("state", { oneOf: ["new", "paid"] })),
  );
  expect(change.contract).toMatchObject([{ what: "nullable", breaks: "suppliers" }]);
});

test("a narrower type is told of its readers, and the contract adds no second word", () => {
  const { change } = compare(
    source(
      "g",
      { ...price(), engineType: "INTEGER", declared: { ...plain, type: "date", unit: "EUR" } },
      ...before.columns.slice(1),
    ),
  );
  expect(change).toMatchObject({
    severity: "breaking",
    broken: [{ column: "price", models: ["core.sums"] }],
    contract: [{ what: "retyped", readers: { models: ["core.sums"] }, severity: "breaking" }],
  });
  expect(explainColumns(change).filter((line) => /retype[sd]/.test(line))).toEqual([
    "retypes price from BIGINT to INTEGER, refuses records that were accepted",
  ]);
});
