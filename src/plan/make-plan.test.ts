import { expect, test } from "vitest";
import type { Listing } from "../graph/delivery.ts";
import type { DatasetNode, Graph, ModelNode, SourceNode } from "../graph/graph.ts";
import type { Version } from "../graph/version.ts";
import { modelKey } from "./build-key.ts";
import { makePlan } from "./make-plan.ts";
import type { PlanState } from "./plan-state.ts";
import { referenceAudit } from "./reference-audit.ts";

const shared = { tags: [], columns: [], checks: [], fingerprint: "f1", auditFingerprint: "a1" } as const;
const source: SourceNode = {
  ...shared,
  id: "raw.a",
  path: "sources/raw/a.ts",
  kind: "source",
  inputs: [],
  from: { kind: "files", patterns: ["landing/*.csv"] },
  quarantine: { warn: 0, stop: 0.05 },
};
const model = (id: string, ...inputs: string[]): ModelNode => ({
  ...shared,
  id,
  path: `models/${id}.sql`,
  kind: "model",
  inputs,
  by: { kind: "sql", sql: "", ordered: false },
  parameters: [],
});
const graph = (...datasets: DatasetNode[]): Graph => ({
  format: 1,
  project: { name: "p", storage: "", state: "", engine: {}, publish: "good" },
  datasets,
  consumers: [
    { name: "digest", path: "consumers/digest.ts", type: "dashboard", reads: ["m.two"], story: "s" },
  ],
  stories: [],
});
const listing: Listing = {
  files: [{ name: "landing/a.csv", path: "/p/landing/a.csv", bytes: 3, modified: "1" }],
  signature: "l1",
};

function version(
  node: DatasetNode,
  inputs: Record<string, string>,
  contents: Record<string, string>,
): Version {
  const known = new Map(
    Object.entries(contents).map(([id, contentHash]) => [id, { contentHash, columns: [] }]),
  );
  return {
    id: `${node.id}#1`,
    dataset: node.id,
    buildKey:
      node.kind === "model"
        ? modelKey(node, known, "duckdb-1", { run_time: "", run_date: "" })
        : "source-key",
    fingerprint: node.fingerprint,
    contentHash: `content of ${node.id}`,
    rows: 1,
    bytes: 1,
    columns: [],
    files: [],
    quarantine: [],
    inputs,
    createdAt: "2026-01-01T00:00:00Z",
    runId: "r",
    elapsed: 1,
    ...(node.kind === "source"
      ? {
          manifest: {
            files: listing.files.map((f) => ({
              name: f.name,
              bytes: f.bytes,
              modified: f.modified,
              sha256: "h",
              counts: { received: 1, accepted: 1, quarantined: 0, rejected: 0 },
            })),
          },
        }
      : {}),
  };
}

const one = model("m.one", "raw.a");
const two = model("m.two", "m.one");
const published = [
  version(source, {}, {}),
  version(one, { "raw.a": "raw.a#1" }, { "raw.a": "content of raw.a" }),
  version(two, { "m.one": "m.one#1" }, { "m.one": "content of m.one" }),
];

const state = (change: Partial<PlanState> = {}): PlanState => ({
  environment: "dev",
  base: 1,
  graphHash: "g",
  engineVersion: "duckdb-1",
  parameters: { run_time: "", run_date: "" },
  pointers: new Map(published.map((v) => [v.dataset, { dataset: v.dataset, version: v.id }])),
  versions: new Map(published.map((v) => [v.id, v])),
  audited: new Set(published.map((v) => `${v.id}/a1`)),
  listings: new Map([["raw.a", listing]]),
  renames: new Map(),
  held: {},
  find: () => Promise.resolve(undefined),
  ...change,
});

const steps = async (g: Graph, s: PlanState): Promise<string[]> =>
  (await makePlan(g, s)).stages.map((stage) => `${stage.kind} ${stage.dataset} (${stage.reason.because})`);

test("an empty environment reads and builds everything, in order", async () => {
  const empty = state({ base: 0, pointers: new Map(), versions: new Map(), audited: new Set() });
  expect(await steps(graph(source, one, two), empty)).toEqual([
    "read raw.a (new)",
    "build m.one (new)",
    "build m.two (new)",
  ]);
});

test("nothing changed, nothing to do", async () => {
  const plan = await makePlan(graph(source, one, two), state());
  expect(plan.stages).toEqual([]);
  expect(plan.unchanged).toEqual(["raw.a", "m.one", "m.two"]);
});

test("a new file is read, and what depends on it may be built", async () => {
  const more: Listing = {
    files: [...listing.files, { name: "landing/b.csv", path: "/p/landing/b.csv", bytes: 1, modified: "2" }],
    signature: "l2",
  };
  const plan = await makePlan(graph(source, one, two), state({ listings: new Map([["raw.a", more]]) }));
  expect(plan.stages.map((stage) => stage.reason)).toEqual([
    { because: "files", added: 1, changed: 0, removed: 0 },
    { because: "inputs", inputs: ["raw.a"] },
    { because: "inputs", inputs: ["m.one"] },
  ]);
});

test("a changed definition builds itself and names whom it touches", async () => {
  const plan = await makePlan(graph(source, one, { ...two, fingerprint: "f2" }), state());
  expect(plan.stages).toMatchObject([
    {
      kind: "build",
      dataset: "m.two",
      reason: { because: "definition" },
      consumers: ["digest"],
      stories: ["s"],
    },
  ]);
});

test("a new model is all that is built", async () => {
  expect(await steps(graph(source, one, two, model("m.three", "m.two")), state())).toEqual([
    "build m.three (new)",
  ]);
});

test("a version with the build key exists: it is reused, and what depends on it stays", async () => {
  const changed = { ...one, fingerprint: "f2" };
  const twin = { ...published[1], id: "m.one#2", fingerprint: "f2" } as Version;
  const key = modelKey(
    changed,
    new Map([["raw.a", { contentHash: "content of raw.a", columns: [] }]]),
    "duckdb-1",
    {
      run_time: "",
      run_date: "",
    },
  );
  const s = state({ find: (k) => Promise.resolve(k === key ? twin : undefined) });
  expect(await steps(graph(source, changed, two), s)).toEqual(["reuse m.one (definition)"]);
});

test("changed checks are audited, not built", async () => {
  expect(await steps(graph(source, one, { ...two, auditFingerprint: "a2" }), state())).toEqual([
    "audit m.two (checks)",
  ]);
});

test("a model that uses the clock is built when time moved on", async () => {
  const clocked: ModelNode = { ...one, parameters: ["run_date"] };
  const before = version(clocked, { "raw.a": "raw.a#1" }, { "raw.a": "content of raw.a" });
  const s = state({
    parameters: { run_time: "", run_date: "2026-01-02" },
    versions: new Map([...state().versions, [before.id, before]]),
  });
  expect(await steps(graph(source, clocked), s)).toContain("build m.one (clock)");
});

test("a dataset that left the project is dropped, but not by a selection", async () => {
  expect(await steps(graph(source, one), state())).toEqual(["drop m.two (removed)"]);
  expect(await steps(graph(source, one), state({ selected: new Set(["m.one"]) }))).toEqual([]);
});

const columns = (...names: string[]) => names.map((name) => ({ name, engineType: "VARCHAR" }));
const statistics = (...names: string[]) => names.map((name) => ({ name, engineType: "VARCHAR", nulls: 0 }));
/** Reads one column of its input, under the same name. */
const reader = (id: string, input: string, column: string): ModelNode => ({
  ...model(id, input),
  columns: columns(column),
  meaning: { query: `q ${id}`, tables: [input], rows: "r", columns: [`m ${column}`] },
  lineage: {
    rows: [],
    columns: [
      {
        column,
        direct: [{ dataset: input, column, kind: "identity" }],
        indirect: [],
        kind: "identity",
        proven: true,
      },
    ],
  },
});

test("a model that reads nothing of what changes is expected to stay, and so is what reads that", async () => {
  const before = { ...one, ...reader("m.one", "raw.a", "a"), columns: columns("a", "b"), fingerprint: "f1" };
  const oneBefore: ModelNode = {
    ...before,
    meaning: { query: "q", tables: ["raw.a"], rows: "r", columns: ["m a", "m b"] },
  };
  const readsA = reader("m.reads_a", "m.one", "a");
  const readsB = reader("m.reads_b", "m.one", "b");
  const opaque = model("m.opaque", "m.one");
  const after = model("m.after", "m.reads_a");
  const rest = [readsA, readsB, opaque, after];
  const versions = [
    version(source, {}, {}),
    {
      ...version(oneBefore, { "raw.a": "raw.a#1" }, { "raw.a": "content of raw.a" }),
      columns: statistics("a", "b"),
    },
    ...rest.map((node) => ({
      ...version(node, { [node.inputs[0] ?? ""]: `${node.inputs[0]}#1` }, {}),
      columns: statistics(...node.columns.map(({ name }) => name)),
    })),
  ];
  const changed: ModelNode = {
    ...oneBefore,
    fingerprint: "f2",
    meaning: { query: "q2", tables: ["raw.a"], rows: "r", columns: ["m a", "other"] },
  };
  const s = state({
    before: graph(source, oneBefore, ...rest),
    pointers: new Map(versions.map((v) => [v.dataset, { dataset: v.dataset, version: v.id }])),
    versions: new Map(versions.map((v) => [v.id, v])),
  });
  const plan = await makePlan(graph(source, changed, ...rest), s);
  expect(plan.stages.map(({ dataset, reason }) => `${dataset} ${reason.because}`)).toEqual([
    "m.one definition",
    "m.reads_a unread",
    "m.reads_b inputs",
    "m.opaque inputs",
    "m.after unread",
  ]);
  expect(plan.stages[0]?.change).toMatchObject({ columns: { redefined: ["b"], rows: false } });
});

test("a renamed dataset stays at its version, and its new name is told", async () => {
  const renamed: SourceNode = { ...source, id: "raw.b", renamedFrom: "raw.a" };
  const now = { ...published[0], dataset: "raw.b" } as Version;
  const s = state({
    renames: new Map([["raw.b", "raw.a"]]),
    pointers: new Map([["raw.b", { dataset: "raw.b", version: now.id }]]),
    versions: new Map([[now.id, now]]),
    listings: new Map([["raw.b", listing]]),
  });
  expect((await makePlan(graph(renamed), s)).stages).toMatchObject([
    {
      kind: "reuse",
      dataset: "raw.b",
      version: now.id,
      renamedFrom: "raw.a",
      reason: { because: "renamed", from: "raw.a" },
    },
  ]);
});

test("what is only described in another way is told, and nothing is done for it", async () => {
  const before = graph(source, one, two);
  const described = { ...two, owner: "somebody", description: "What it is" };
  const plan = await makePlan(graph(source, one, described), state({ before }));
  expect(plan).toMatchObject({
    stages: [],
    metadata: [{ dataset: "m.two", settings: ["description", "owner"] }],
    links: [],
    restated: true,
  });
  // Nothing of it is recorded while somebody is held, or by a run of a part.
  const held = { "m.one": { by: "m.one", reason: "failed", since: "", runId: "r" } };
  for (const change of [{ held }, { selected: new Set(["m.two"]) }])
    expect(await makePlan(graph(source, one, described), state({ before, ...change }))).toMatchObject({
      restated: false,
    });
});

test("consumers and stories that are new, say something else or are gone are told", async () => {
  const consumer = {
    name: "sheet",
    path: "consumers/sheet.ts",
    type: "dashboard",
    reads: ["m.one"],
  } as const;
  const story = { id: "s", path: "stories/s.md", title: "S", text: "" };
  const before = { ...graph(source, one, two), consumers: [consumer], stories: [story] };
  const now = {
    ...graph(source, one, two),
    consumers: [
      { ...consumer, owner: "somebody" },
      { ...consumer, name: "another" },
    ],
  };
  expect(await makePlan(now, state({ before }))).toMatchObject({
    stages: [],
    links: [
      { kind: "consumer", name: "another", change: "new" },
      { kind: "consumer", name: "sheet", change: "changed" },
      { kind: "story", name: "s", change: "removed" },
    ],
    restated: true,
  });
  const same = await makePlan(before, state({ before }));
  expect(same).toMatchObject({ links: [], restated: false });
});

const key = { name: "id", engineType: "BIGINT", nulls: 0 };
const refers = (node: ModelNode, to: string): ModelNode => ({
  ...node,
  checks: [{ check: "referential_integrity", name: "known", severity: "stop", column: "id", to: `${to}.id` }],
});

test("a check that refers to what may move is asked again, and only then", async () => {
  const referring = refers(model("m.child"), "m.two");
  const child = { ...version(referring, {}, {}), columns: [key] };
  const known = (content: string): string =>
    `${child.id}/${referenceAudit(referring, child, () => ({ contentHash: content, columns: [] }))}`;
  const world = (...audits: readonly string[]): PlanState => {
    const all = [...published, child];
    return state({
      pointers: new Map(all.map((v) => [v.dataset, { dataset: v.dataset, version: v.id }])),
      versions: new Map(all.map((v) => [v.id, { ...v, columns: v === child ? v.columns : [] }])),
      audited: new Set([...all.map((v) => `${v.id}/a1`), ...audits]),
    });
  };
  // The dataset that refers may come before the one that it refers to.
  const project = graph(referring, source, one, two);
  expect(await steps(project, world(known("content of m.two")))).toEqual([]);
  expect(await steps(project, world())).toEqual(["audit m.child (checks)"]);
  const moved = graph(referring, source, one, { ...two, fingerprint: "f2" });
  expect(await steps(moved, world(known("content of m.two")))).toEqual([
    "audit m.child (references)",
    "build m.two (definition)",
  ]);
});
