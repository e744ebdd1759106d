import { expect, test } from "vitest";
import type { Graph } from "../graph/graph.ts";
import type { Held } from "../graph/version.ts";
import { storyProgress } from "./story-progress.ts";

const graph = {
  datasets: [
    { id: "m.one", story: "first" },
    { id: "m.two", story: "first" },
    { id: "m.three", story: "second" },
  ],
  stories: [{ id: "first" }, { id: "second" }, { id: "third" }],
} as unknown as Graph;
const release = (number: number, ...datasets: string[]) => ({
  number,
  at: `2026-01-0${number}T00:00:00Z`,
  changes: Object.fromEntries(datasets.map((dataset) => [dataset, `v${number}`])),
});

test("a story flows from the first release that had all of it", () => {
  const progress = storyProgress(
    graph,
    [release(2, "m.two"), release(1, "m.one"), release(3, "m.one")],
    new Map(),
  );
  expect(progress.map((p) => [p.story, p.state, p.since?.release])).toEqual([
    ["first", "flowing", 2],
    ["second", "building", undefined],
    ["third", "planned", undefined],
  ]);
});

test("a story with a held dataset is held", () => {
  const held = new Map([["m.one", { reason: "", by: "m.one", since: "", runId: "" } satisfies Held]]);
  expect(storyProgress(graph, [release(1, "m.one", "m.two")], held)[0]?.state).toBe("held");
});
