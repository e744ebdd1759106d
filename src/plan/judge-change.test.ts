import { expect, test } from "vitest";
import type { DatasetNode, Graph, ModelNode, SourceNode } from "../graph/graph.ts";
import type { QueryLineage } from "../graph/lineage.ts";
import { compareDefinitions } from "./compare-definitions.ts";
import { ChangeJudge } from "./judge-change.ts";
import type { Change } from "./plan.ts";

const same = (id: string): string => id;
const text = (name: string, more: Partial<SourceNode["columns"][number]["declared"]> = {}) => ({
  name,
  engineType: "VARCHAR",
  declared: { type: "text" as const, nullable: true, key: false, unique: false, tags: [], ...more },
});
const source = (...columns: SourceNode["columns"]): SourceNode => ({
  kind: "source",
  id: "raw.talk",
  path: "sources/raw/talk.ts",
  tags: [],
  checks: [],
  fingerprint: "f",
  auditFingerprint: "a",
  inputs: [],
  columns,
  from: { kind: "files", patterns: ["landing/*.csv"] },
  quarantine: { warn: 0, stop: 0 },
});
const copies = (dataset: string, ...names: string[]): QueryLineage => ({
  rows: [],
  columns: names.map((column) => ({
    column,
    direct: [{ dataset, column, kind: "identity" }],
    indirect: [],
    kind: "identity",
    proven: true,
  })),
});
const model = (id: string, input: string, names: string[], more: Partial<ModelNode> = {}): ModelNode => ({
  kind: "model",
  id,
  path: `models/${id}.sql`,
  tags: [],
  checks: [],
  fingerprint: "f",
  auditFingerprint: "a",
  owner: `${id} team`,
  story: `story of ${id}`,
  inputs: [input],
  columns: names.map((name) => ({ name, engineType: "VARCHAR" })),
  by: { kind: "sql", sql: "", ordered: false },
  parameters: [],
  lineage: copies(input, ...names),
  meaning: { query: "q", tables: [input], rows: "r", columns: names.map((name) => `m ${name}`) },
  ...more,
});
const graph = (datasets: readonly DatasetNode[], consumers: Graph["consumers"] = []): Graph => ({
  format: 1,
  project: { name: "p", storage: "", state: "", engine: {}, publish: "good" },
  datasets,
  consumers,
  stories: [],
});
const digest: Graph["consumers"][number] = {
  name: "digest",
  path: "",
  type: "report",
  owner: "press",
  story: "news",
  reads: ["m.clean"],
  columns: { "m.clean": ["body"] },
};

const clean = model("m.clean", "raw.talk", ["body", "author"]);
const authors = model("m.authors", "m.clean", ["author"]);
const before = graph([source(text("body"), text("author"), text("spare")), clean, authors], [digest]);

/** What becomes of a source in place of the one before, with everything else as it is. */
function judged(after: SourceNode): Change {
  const [old] = before.datasets;
  if (!old) throw new Error("there is a source");
  const now = graph([after, clean, authors], [digest]);
  const columns = compareDefinitions({ columns: old.columns, node: old }, after, same);
  return new ChangeJudge(now, before, same).changed(after, after.id, columns);
}

test("dropping a column that nobody reads breaks nobody and reaches nobody", () => {
  expect(judged(source(text("body"), text("author")))).toEqual({
    severity: "compatible",
    columns: { added: [], removed: ["spare"], retyped: [], redefined: [], rows: false },
    broken: [],
    reach: { columns: [], models: [], consumers: [], stories: [], owners: [], proven: true },
  });
});

test("dropping one that is read breaks its readers, and reaches only what depends on it", () => {
  expect(judged(source(text("body"), text("spare")))).toMatchObject({
    severity: "breaking",
    broken: [{ column: "author", models: ["m.clean"], consumers: [] }],
    reach: {
      columns: ["m.clean.author", "m.authors.author"],
      models: ["m.clean", "m.authors"],
      consumers: [],
      stories: ["story of m.authors", "story of m.clean"],
      owners: ["m.authors team", "m.clean team"],
    },
  });
});

test("another type is breaking for those who read the column, and names their consumers", () => {
  const retyped = { ...text("body"), engineType: "BIGINT" };
  expect(judged(source(retyped, text("author"), text("spare")))).toMatchObject({
    severity: "breaking",
    columns: { retyped: [{ column: "body", from: "VARCHAR", to: "BIGINT" }] },
    broken: [{ column: "body", models: ["m.clean"] }],
    reach: {
      consumers: ["digest"],
      stories: ["news", "story of m.clean"],
      owners: ["m.clean team", "press"],
    },
  });
  const spare = { ...text("spare"), engineType: "BIGINT" };
  expect(judged(source(text("body"), text("author"), spare)).severity).toBe("compatible");
});

test("a new column is compatible", () => {
  const change = judged(source(text("body"), text("author"), text("spare"), text("more")));
  expect(change).toMatchObject({
    severity: "compatible",
    columns: { added: ["more"], rows: false },
    reach: { models: [] },
  });
});

test("a rule that may refuse records decides about rows, and so reaches every column", () => {
  const strict = judged(source(text("body"), text("author"), text("spare", { minLength: 3 })));
  expect(strict).toMatchObject({
    severity: "compatible",
    columns: { redefined: ["spare"], rows: true },
    reach: { consumers: ["digest"] },
  });
  const added = source(text("body"), text("author"), text("spare"), text("more", { nullable: false }));
  expect(judged(added).columns.rows).toBe(true);
  const described = judged(
    source(text("body"), text("author"), text("spare", { description: "…", tags: ["x"] })),
  );
  expect(described.columns).toMatchObject({ redefined: [], rows: false });
});

test("a column that only has another name refuses the same records as before", () => {
  const named = { ...text("said", { minLength: 1, from: ["body"] }) };
  const old = source(text("body", { minLength: 1 }), text("author"));
  const changes = (after: SourceNode) => compareDefinitions({ columns: old.columns, node: old }, after, same);
  expect(changes(source(named, text("author")))).toEqual({
    added: ["said"],
    removed: ["body"],
    retyped: [],
    redefined: [],
    rows: false,
  });
  const elsewhere = text("said", { minLength: 1, from: ["text"] });
  expect(changes(source(elsewhere, text("author"))).rows).toBe(true);
});

test("what cannot be followed is assumed, and said to be", () => {
  const { lineage: _, ...opaque } = model("m.opaque", "raw.talk", ["n"]);
  const [old] = before.datasets;
  if (!old) throw new Error("there is a source");
  const datasets = [old, opaque];
  const after = source(text("body"), text("author"));
  const columns = compareDefinitions({ columns: old.columns, node: old }, after, same);
  const change = new ChangeJudge(graph([after, opaque]), graph(datasets), same).changed(
    after,
    after.id,
    columns,
  );
  expect(change).toMatchObject({ severity: "breaking", reach: { columns: ["m.opaque.n"], proven: false } });
});

test("a dataset that is gone breaks those who are still there", () => {
  const now = graph(before.datasets.slice(0, 2), [digest]);
  expect(new ChangeJudge(now, before, same).removed("m.authors", ["author"]).severity).toBe("compatible");
  const fewer = graph(before.datasets.slice(0, 1), [digest]);
  expect(new ChangeJudge(fewer, before, same).removed("m.clean", ["body", "author"])).toMatchObject({
    severity: "breaking",
    broken: [{ column: "body", models: [], consumers: ["digest"] }],
  });
});

test("of a model, items that are made in another way are told from rows that may change", () => {
  const meaning = clean.meaning;
  if (!meaning) throw new Error("it has a meaning");
  const compare = (more: Partial<typeof meaning>) =>
    compareDefinitions(
      { columns: clean.columns, node: clean },
      { ...clean, meaning: { ...meaning, ...more } },
      same,
    );
  expect(compare({ query: "other", columns: ["m body", "other"] })).toMatchObject({
    redefined: ["author"],
    rows: false,
  });
  expect(compare({ query: "other", rows: "other" })).toMatchObject({ redefined: [], rows: true });
  expect(compare({ query: "other", tables: ["raw.other"] }).rows).toBe(true);
  // Unknown is not the same.
  expect(compareDefinitions({ columns: clean.columns }, clean, same).rows).toBe(true);
});

test("what a model is kept by decides about its rows, and a column behind all others about none", () => {
  const upsert = { kind: "upsert", over: "raw.talk", key: ["author"], order: "at" } as const;
  const by = (
    materialized: ModelNode["materialized"],
    names = ["author", "at", "body"],
    columns = names.map((name) => `m ${name}`),
  ): ModelNode =>
    model("m.last", "raw.talk", names, {
      ...(materialized === undefined ? {} : { materialized }),
      meaning: { query: columns.join(), tables: ["raw.talk"], rows: "r", columns },
    });
  const changes = (old: ModelNode, now: ModelNode) =>
    compareDefinitions({ columns: old.columns, node: old }, now, (id) =>
      id === "raw.chat" ? "raw.talk" : id,
    );
  const kept = by(upsert);
  expect(changes(kept, kept)).toMatchObject({ rows: false, redefined: [] });
  expect(changes(by({ ...upsert, over: "raw.chat" }), kept).rows).toBe(false);
  expect(changes(by(undefined), kept).rows).toBe(true);
  expect(changes(kept, by({ kind: "view" })).rows).toBe(true);
  expect(changes(kept, by({ ...upsert, order: "body" })).rows).toBe(true);
  expect(changes(kept, by({ ...upsert, deleted: "body" })).rows).toBe(true);
  expect(changes(kept, by(upsert, undefined, ["m author", "m later", "m body"])).rows).toBe(true);
  expect(changes(kept, by(upsert, ["author", "at", "body", "more"]))).toMatchObject({
    rows: false,
    added: ["more"],
  });
  expect(changes(kept, by(upsert, ["author", "more", "at", "body"])).rows).toBe(true);
  expect(changes(by(undefined), by({ kind: "append", over: "raw.talk" })).rows).toBe(false);

  const daily = {
    kind: "interval",
    by: "at",
    grain: "day",
    times: { "raw.talk": "at" },
    lookback: 0,
  } as const;
  expect(changes(by(daily), by({ ...daily, begin: "2026-01-01T00:00:00.000Z" })).rows).toBe(true);
  expect(changes(by(daily), by(daily, undefined, ["m author", "m at", "n body"]))).toMatchObject({
    rows: false,
    redefined: ["body"],
  });
  expect(changes(by(daily), by(daily, undefined, ["m author", "n at", "m body"])).rows).toBe(true);
});
