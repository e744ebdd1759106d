import { expect, test } from "vitest";
import type { DatasetId, Graph } from "../graph/graph.ts";
import type { Held } from "../graph/version.ts";
import type { Plan } from "../plan/plan.ts";
import { planLines } from "./plan-lines.ts";
import { planMarkdown } from "./plan-markdown.ts";
import { plainStyle } from "./shell.ts";

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
  metadata: [],
  links: [],
  restated: false,
};

const explainPlan = (made: Plan, of: Graph, held: Readonly<Record<DatasetId, Held>> = {}): string[] =>
  planLines(made, of, { held, incidents: [] }, { style: plainStyle, width: Number.POSITIVE_INFINITY }).map(
    (line) => line.trimEnd(),
  );

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
          estimate: { rows: 12_000, bytes: 1_234_567, elapsed: 350, builds: 3 },
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

  read    raw.slack           3 new files, 1 changed    no history
  build   community.phrases   new
  reuse   community.authors   definition changed; an equal version was built before
  audit   raw.github          checks changed
  drop    old.thing           no longer in the project
  build   community.comments  input raw.slack moves on  about 12,000 rows, 1.2 MB, 0.35 s, from 3 earlier builds

  touches consumer weekly-digest (report): raw.slack, community.comments, community.phrases
          story common (What is said most): raw.slack, community.comments, community.phrases
  stays   5 datasets unchanged: a.a, a.b, a.c and 2 more
  held    raw.reddit since 2026-03-01 10:00:00 UTC: 23 % refused
          a.b since 2026-03-01 10:00:00 UTC, because of raw.reddit`);
});

test("the other reasons", () => {
  const why = (reason: Plan["stages"][number]["reason"]) =>
    explainPlan({ ...plan, stages: [{ kind: "build", dataset: "a.b", reason, ...noOne }] }, graph)[2]
      ?.replace(/^ {2}build {3}a\.b {2}/, "")
      .replace(/ {2}no history$/, "");
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
    "  build   a.c  inputs staging.github, a.b move on  no history",
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

const breaking: Plan["stages"][number] = {
  kind: "read",
  dataset: "raw.slack",
  reason: { because: "definition" },
  renamedFrom: "raw.chat",
  ...digest,
  change: {
    severity: "breaking",
    columns: {
      added: ["said"],
      removed: ["body"],
      retyped: [{ column: "score", from: "BIGINT", to: "DOUBLE" }],
      redefined: ["author"],
      rows: true,
    },
    broken: [{ column: "body", models: ["staging.slack"], consumers: ["weekly-digest"] }],
    reach: {
      columns: ["staging.slack.body", "staging.slack.score"],
      models: ["staging.slack"],
      consumers: ["weekly-digest"],
      stories: ["common"],
      owners: ["community-team", "@trust|team"],
      proven: false,
    },
  },
};
const spared: Plan["stages"][number] = {
  kind: "build",
  dataset: "a.b",
  reason: { because: "unread", inputs: ["raw.slack"] },
  ...noOne,
};
const after: Plan["stages"][number] = {
  kind: "build",
  dataset: "a.c",
  reason: { because: "inputs", inputs: ["a.b"] },
  ...noOne,
};
const reused: Plan["stages"][number] = {
  kind: "reuse",
  dataset: "a.d",
  version: "v",
  environments: ["prod", "staging"],
  reason: { because: "inputs", inputs: ["raw.slack"] },
  ...noOne,
};
const grave: Plan = {
  ...plan,
  stages: [breaking, spared, after, reused],
  metadata: [{ dataset: "a.e", settings: ["owner"] }],
};

test("a breaking change comes first, with what it does, who loses by it and how far it reaches", () => {
  expect(explainPlan(grave, graph).join("\n")).toBe(`\
Plan for dev, from release 3: 1 to read, 1 to reuse (1 breaking)

  read    raw.slack  definition changed, breaking; renamed from raw.chat  no history
          ├ removes body
          ├ retypes score from BIGINT to DOUBLE
          ├ adds said
          ├ makes author in another way
          ├ may change which rows there are, and so every column
          ├ body was read by staging.slack, consumer weekly-digest
          ├ reaches 2 columns of staging.slack, as far as can be told
          └ owned by community-team, @trust|team
  reuse   a.d        input raw.slack moves on; as it is in prod, staging

  touches consumer weekly-digest (report): raw.slack
          story common (What is said most): raw.slack
  stays   2 datasets that read nothing of what changes: a.b, a.c
  notes   a.e: owner changed, which touches no data`);
});

test("a narrow terminal cuts lines and loses no stage", () => {
  const lines = planLines(grave, graph, { held: {}, incidents: [] }, { style: plainStyle, width: 40 });
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(40);
  expect(lines.join("\n")).toMatch(/read {4}raw\.slack[\s\S]*reuse {3}a\.d/);
});

test("as Markdown: a table of changes with who is hit, the rest folded, and no name is markup", () => {
  const text = planMarkdown(grave, graph, { held: {}, incidents: [] });
  expect(text).toContain("### Sluice plan for <code>dev</code>, from release 3");
  expect(text).toContain("**1 breaking change**: 1 to read, 1 to reuse.");
  const row = text.split("\n").find((line) => line.startsWith("| **breaking** |")) ?? "";
  expect(row.split(" | ")).toHaveLength(4);
  expect(row).toContain("body was read by staging.slack, consumer weekly-digest");
  expect(row).toContain("&#64;trust&#124;team");
  expect(text).toContain("- story <code>common</code> (What is said most), through <code>raw.slack</code>");
  expect(text).toMatch(/<details><summary>1 more dataset to read, build or audit<\/summary>\n\n\|/);
  expect(text).toContain(
    "<summary>2 columns that depend on what changes in <code>raw.slack</code></summary>",
  );
  expect(text).toContain("<code>staging.slack.body</code>");
  expect(text).toContain("2 datasets that read nothing of what changes");
  expect(planMarkdown(plan, graph, { held: {}, incidents: [] })).toContain("Nothing to do.");
});
