import { expect, test } from "vitest";
import type { Graph } from "../graph/graph.ts";
import { explainPlan } from "./explain.ts";
import type { Plan } from "./plan.ts";

const graph: Graph = {
  format: 1,
  project: { name: "talk", storage: "", state: "", engine: {}, publish: "good" },
  datasets: [],
  consumers: [
    {
      name: "weekly-digest",
      path: "consumers/weekly-digest.ts",
      type: "report",
      reads: ["community.phrases"],
    },
  ],
  stories: [{ id: "common", path: "stories/common.md", title: "What is said most", text: "" }],
};

const plan: Plan = {
  format: 1,
  environment: "dev",
  base: 3,
  graphHash: "0",
  stages: [],
  unchanged: [],
};

const noOne = { consumers: [], stories: [] };
const digest = { consumers: ["weekly-digest"], stories: ["common"] };

test("a plan says what is done, why, whom it touches, what stays and what is held", () => {
  const lines = explainPlan(
    {
      ...plan,
      stages: [
        {
          kind: "read",
          dataset: "raw.slack",
          reason: { because: "files", added: 3, changed: 1, removed: 0 },
          ...digest,
        },
        {
          kind: "build",
          dataset: "community.comments",
          reason: { because: "inputs", inputs: ["raw.slack"] },
          ...digest,
        },
        { kind: "build", dataset: "community.phrases", reason: { because: "new" }, ...digest },
        {
          kind: "reuse",
          dataset: "community.authors",
          version: "v1",
          reason: { because: "definition" },
          ...noOne,
        },
        { kind: "audit", dataset: "raw.github", version: "v2", reason: { because: "checks" }, ...noOne },
        { kind: "drop", dataset: "old.thing", reason: { because: "removed" }, ...noOne },
      ],
      unchanged: ["a.a", "a.b", "a.c", "a.d", "a.e"],
    },
    graph,
    {
      "raw.reddit": { reason: "23 % refused", by: "raw.reddit", since: "2026-03-01T10:00:00Z", runId: "r" },
      "a.b": { reason: "waits for raw.reddit", by: "raw.reddit", since: "2026-03-01T10:00:00Z", runId: "r" },
    },
  );
  expect(lines.join("\n")).toBe(`\
Plan for dev, from release 3: 1 to read, 2 to build, 1 to reuse, 1 to audit, 1 to drop

  read    raw.slack           3 new files, 1 changed
  build   community.comments  input raw.slack moves on
  build   community.phrases   new
  reuse   community.authors   definition changed; an equal version was built before
  audit   raw.github          checks changed
  drop    old.thing           no longer in the project

  touches consumer weekly-digest (report): raw.slack, community.comments, community.phrases
          story common (What is said most): raw.slack, community.comments, community.phrases
  stays   5 datasets unchanged: a.a, a.b, a.c and 2 more
  held    raw.reddit since 2026-03-01T10:00:00Z: 23 % refused
          a.b since 2026-03-01T10:00:00Z, because of raw.reddit`);
});

test("the other reasons", () => {
  const why = (reason: Plan["stages"][number]["reason"]) =>
    explainPlan(
      { ...plan, stages: [{ kind: "build", dataset: "a.b", reason, ...noOne }] },
      graph,
    )[2]?.replace(/^ {2}build {3}a\.b {2}/, "");
  expect(why({ because: "definition" })).toBe("definition changed");
  expect(why({ because: "clock" })).toBe("depends on the time of the run");
  expect(why({ because: "inputs", inputs: ["a", "b", "c", "d", "e"] })).toBe(
    "inputs a, b, c and 2 more move on",
  );
  expect(why({ because: "files", added: 1, changed: 0, removed: 0 })).toBe("1 new file");
  expect(why({ because: "files", added: 0, changed: 0, removed: 2 })).toBe("2 removed files");
});

test("what depends on a generator's answer is told apart from what is known", () => {
  const asks: Plan["stages"] = [
    { kind: "read", dataset: "raw.github", reason: { because: "generator" }, ...digest },
    {
      kind: "build",
      dataset: "staging.github",
      reason: { because: "inputs", inputs: ["raw.github"] },
      ...digest,
    },
  ];
  expect(explainPlan({ ...plan, stages: asks }, graph)).toEqual([
    "Nothing to do: dev is at release 3.",
    "  asks    raw.github for what is new; if there is anything, builds staging.github",
  ]);
  const added: Plan["stages"] = [
    ...asks,
    { kind: "build", dataset: "a.b", reason: { because: "new" }, ...noOne },
    {
      kind: "build",
      dataset: "a.c",
      reason: { because: "inputs", inputs: ["staging.github", "a.b"] },
      ...noOne,
    },
  ];
  expect(explainPlan({ ...plan, stages: added }, graph)).toEqual([
    "Plan for dev, from release 3: 2 to build",
    "",
    "  build   a.b  new",
    "  build   a.c  inputs staging.github, a.b move on",
    "",
    "  asks    raw.github for what is new; if there is anything, builds staging.github",
  ]);
});

test("nothing to do says where the environment stands", () => {
  expect(explainPlan({ ...plan, unchanged: ["a.b"] }, graph)).toEqual([
    "Nothing to do: dev is at release 3.",
    "  stays   1 dataset unchanged: a.b",
  ]);
  expect(explainPlan({ ...plan, base: 0 }, graph)).toEqual(["Nothing to do: dev has no release."]);
});
