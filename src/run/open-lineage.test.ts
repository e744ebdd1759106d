import { describe, expect, test } from "vitest";
import { personalColumns } from "../govern/personal-columns.ts";
import type { Graph, ModelNode, SourceNode } from "../graph/graph.ts";
import type { Version } from "../graph/version.ts";
import {
  checksRun,
  childRunId,
  datasetDropped,
  datasetEnded,
  datasetStarted,
  type LineageRun,
  runEnded,
  runStarted,
} from "./open-lineage.ts";

const shared = { tags: [], checks: [], fingerprint: "", auditFingerprint: "" };
const orders: SourceNode = {
  ...shared,
  id: "raw.orders",
  path: "sources/raw/orders.ts",
  kind: "source",
  description: "Orders as the till exports them",
  owner: "till-team",
  inputs: [],
  from: { kind: "files", patterns: ["landing/orders/**/*.csv", "landing/orders/*.json"] },
  quarantine: { warn: 0, stop: 1 },
  columns: [
    {
      name: "buyer",
      engineType: "BIGINT",
      declared: { type: "integer", nullable: false, key: false, unique: false, tags: ["pii.id"] },
    },
    { name: "amount", engineType: "DECIMAL(10,2)" },
    { name: "day", engineType: "DATE" },
  ],
  checks: [{ check: "value_range", name: "amount_range", column: "amount", severity: "stop", min: 0 }],
};
const revenue: ModelNode = {
  ...shared,
  id: "shop.revenue",
  path: "models/shop/revenue.sql",
  kind: "model",
  inputs: ["raw.orders"],
  by: { kind: "sql", sql: "select …", ordered: false },
  parameters: [],
  columns: [
    { name: "day", engineType: "DATE" },
    { name: "revenue", engineType: "DECIMAL(38,2)" },
  ],
  lineage: {
    rows: [{ dataset: "raw.orders", column: "day", by: "group" }],
    columns: [
      {
        column: "day",
        direct: [{ dataset: "raw.orders", column: "day", kind: "identity" }],
        indirect: [],
        kind: "identity",
        proven: true,
      },
      {
        column: "revenue",
        direct: [{ dataset: "raw.orders", column: "amount", kind: "aggregate" }],
        indirect: [{ dataset: "raw.orders", column: "amount", by: "filter" }],
        kind: "aggregate",
        proven: true,
      },
    ],
  },
};
const graph: Graph = {
  format: 1,
  project: { name: "shop", storage: "", state: "", engine: {}, publish: "good" },
  datasets: [orders, revenue],
  consumers: [],
  stories: [],
};
const run: LineageRun = {
  graph,
  environment: "prod",
  namespace: "shop",
  producer: "urn:sluice:0.0.0",
  root: "/srv/shop",
  personal: personalColumns(graph),
  runId: "7b0d7a1e-6c0e-4a53-9a52-4f2f3f1c3d11",
  startedAt: "2026-03-02T10:00:00.000Z",
  engine: "duckdb 1.5",
};
const at = "2026-03-02T10:00:05.000Z";
const version = (dataset: string, columns: Version["columns"]): Version => ({
  id: `version of ${dataset}`,
  dataset,
  buildKey: "",
  fingerprint: "",
  contentHash: "",
  rows: 3,
  bytes: 900,
  columns,
  files: [{ key: "a", rows: 3, bytes: 900, sha256: "", columns: [] }],
  quarantine: [],
  inputs: {},
  createdAt: at,
  runId: run.runId,
  elapsed: 5,
});
const versions = new Map([
  [
    "raw.orders",
    version("raw.orders", [
      { name: "buyer", engineType: "BIGINT", nulls: 1, min: "4711", max: "4712" },
      { name: "amount", engineType: "DECIMAL(10,2)", nulls: 0, min: "2.50", max: "3.00" },
      { name: "day", engineType: "DATE", nulls: 0, min: "2026-03-02", max: "2026-03-02" },
    ]),
  ],
  ["shop.revenue", version("shop.revenue", [{ name: "revenue", engineType: "DECIMAL(38,2)", nulls: 0 }])],
]);
const complete = { at, type: "COMPLETE" } as const;

describe("a run", () => {
  test("begins and ends as one job, with what it published", () => {
    expect(runStarted(run)).toMatchObject({
      eventType: "START",
      eventTime: run.startedAt,
      run: { runId: run.runId, facets: { processing_engine: { name: "duckdb", version: "1.5" } } },
      job: { namespace: "shop", name: "prod" },
      schemaURL: "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
    });
    const ended = runEnded(run, { at, type: "FAIL", message: "raw.orders failed" }, 4);
    expect(ended.run.facets).toMatchObject({
      errorMessage: { message: "raw.orders failed" },
      tags: {
        tags: [
          { key: "environment", value: "prod" },
          { key: "release", value: "4" },
        ],
      },
    });
  });

  test("has a child for each dataset, with an id of its own that is always the same", () => {
    const [start, end] = [datasetStarted(run, revenue, at), datasetEnded(run, revenue, complete, versions)];
    expect(start.run.runId).toBe(end.run.runId);
    expect(start.run.runId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(childRunId(run.runId, "raw.orders")).not.toBe(start.run.runId);
    expect(end.run.facets["parent"]).toMatchObject({
      run: { runId: run.runId },
      job: { namespace: "shop", name: "prod" },
    });
    expect(end.job).toMatchObject({ name: "prod.shop.revenue", facets: { jobType: { jobType: "MODEL" } } });
  });
});

describe("a dataset", () => {
  test("of a model comes from columns, directly and indirectly", () => {
    const { inputs, outputs } = datasetEnded(run, revenue, complete, versions);
    const input = { namespace: "sluice://shop", name: "prod.raw.orders" };
    expect(inputs).toMatchObject([
      { ...input, facets: { version: { datasetVersion: "version of raw.orders" } } },
    ]);
    const way = (type: string, subtype: string) => ({ type, subtype, description: "", masking: false });
    expect(outputs[0]).toMatchObject({ namespace: "sluice://shop", name: "prod.shop.revenue" });
    expect(outputs[0]?.facets?.["columnLineage"]).toMatchObject({
      fields: {
        day: { inputFields: [{ ...input, field: "day", transformations: [way("DIRECT", "IDENTITY")] }] },
        revenue: {
          inputFields: [
            {
              ...input,
              field: "amount",
              transformations: [way("DIRECT", "AGGREGATION"), way("INDIRECT", "FILTER")],
            },
          ],
        },
      },
      dataset: [{ ...input, field: "day", transformations: [way("INDIRECT", "GROUP_BY")] }],
    });
    expect(outputs[0]?.outputFacets?.["outputStatistics"]).toMatchObject({
      rowCount: 3,
      size: 900,
      fileCount: 1,
    });
  });

  test("whose column is not proven says nothing of it", () => {
    const [day, sum] = revenue.lineage?.columns ?? [];
    if (!day || !sum) throw new Error("the model has two columns");
    const lineage = { rows: [], columns: [day, { ...sum, proven: false }] };
    const facet = datasetEnded(run, { ...revenue, lineage }, complete, versions).outputs[0]?.facets?.[
      "columnLineage"
    ];
    expect(Object.keys(facet?.["fields"] as object)).toEqual(["day"]);
    expect(facet).not.toHaveProperty("dataset");
    const { lineage: _, ...unknown } = revenue;
    expect(datasetEnded(run, unknown, complete, versions).outputs[0]?.facets).not.toHaveProperty(
      "columnLineage",
    );
  });

  test("of a source comes from where its files lie, and its personal data stays there", () => {
    const { inputs, outputs } = datasetEnded(run, orders, complete, versions);
    expect(inputs).toEqual([{ namespace: "file", name: "/srv/shop/landing/orders" }]);
    expect(outputs[0]?.facets).toMatchObject({
      schema: { fields: [{ name: "buyer", type: "BIGINT" }, { name: "amount" }, { name: "day" }] },
      documentation: { description: "Orders as the till exports them" },
      ownership: { owners: [{ name: "till-team" }] },
      tags: { tags: [{ key: "pii.id", field: "buyer" }] },
      version: { datasetVersion: "version of raw.orders" },
      dataQualityMetrics: {
        rowCount: 3,
        columnMetrics: { buyer: { nullCount: 1 }, amount: { nullCount: 0, min: 2.5, max: 3 }, day: {} },
      },
    });
    expect(JSON.stringify(outputs)).not.toContain("4711");
  });

  test("that failed says why, and claims no version", () => {
    const failed = datasetEnded(run, orders, { at, type: "FAIL", message: "too few rows" }, versions);
    expect(failed.run.facets["errorMessage"]).toMatchObject({ message: "too few rows" });
    expect(failed.outputs[0]).not.toHaveProperty("outputFacets");
    expect(failed.outputs[0]?.facets).not.toHaveProperty("version");
  });

  test("that left the project is dropped", () => {
    const [, end] = datasetDropped(run, "shop.old", at);
    expect(end).toMatchObject({
      eventType: "COMPLETE",
      outputs: [
        { name: "prod.shop.old", facets: { lifecycleStateChange: { lifecycleStateChange: "DROP" } } },
      ],
    });
  });
});

test("checks are a job that reads the dataset, and never show its rows", () => {
  const events = checksRun(
    run,
    orders,
    version("raw.orders", []),
    [
      {
        name: "amount_range",
        check: "value_range",
        severity: "stop",
        passed: false,
        value: 2,
        message: "2 rows",
        sample: [{ buyer: 4711 }],
      },
    ],
    at,
  );
  expect(events.map(({ eventType }) => eventType)).toEqual(["START", "COMPLETE"]);
  expect(events[1]?.inputs[0]?.inputFacets?.["dataQualityAssertions"]).toMatchObject({
    assertions: [
      {
        assertion: "value_range",
        name: "amount_range",
        column: "amount",
        success: false,
        severity: "error",
        actual: "2",
      },
    ],
  });
  expect(JSON.stringify(events)).not.toContain("4711");
});
