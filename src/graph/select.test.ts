import { describe, expect, test } from "vitest";
import { SluiceError } from "../errors.ts";
import type { DatasetNode, Graph } from "./graph.ts";
import { select } from "./select.ts";
import { downstream, impacts, orderByInputs, upstream } from "./walks.ts";

function node(id: string, inputs: string[], more: Partial<DatasetNode> = {}): DatasetNode {
  const kind = inputs.length === 0 ? "source" : "model";
  return { id, kind, inputs, tags: [], columns: [], checks: [], ...more } as unknown as DatasetNode;
}

/** raw.a → core.b → core.c → mart.d, and raw.x → mart.y. */
const graph = {
  datasets: [
    node("raw.a", [], { tags: ["nightly"], owner: "ann" }),
    node("raw.x", []),
    node("core.b", ["raw.a"], { story: "first" }),
    node("mart.y", ["raw.x"], { owner: "bob" }),
    node("core.c", ["core.b"], { tags: ["nightly", "slow"] }),
    node("mart.d", ["core.c"]),
  ],
  consumers: [
    { name: "digest", reads: ["core.c"], story: "second" },
    { name: "board", reads: ["mart.y"] },
  ],
  stories: [{ id: "first" }, { id: "second" }],
} as unknown as Graph;

const refusal = (selection: string): SluiceError => {
  try {
    select(graph, selection);
  } catch (error) {
    if (error instanceof SluiceError) return error;
  }
  throw new Error(`"${selection}" was not refused`);
};

describe("select", () => {
  test.each([
    ["core.b", ["core.b"]],
    ["CORE.B", ["core.b"]],
    ["b", ["core.b"]],
    ["core.*", ["core.b", "core.c"]],
    ["?.a", []],
    ["*", ["raw.a", "raw.x", "core.b", "mart.y", "core.c", "mart.d"]],
    ["+core.c", ["raw.a", "core.b", "core.c"]],
    ["1+core.c", ["core.b", "core.c"]],
    ["core.b+", ["core.b", "core.c", "mart.d"]],
    ["core.b+1", ["core.b", "core.c"]],
    ["+core.b+", ["raw.a", "core.b", "core.c", "mart.d"]],
    ["raw.x core.b", ["raw.x", "core.b"]],
    ["core.*,tag:nightly", ["core.c"]],
    ["tag:nightly+,mart.*", ["mart.d"]],
    ["owner:b*", ["mart.y"]],
    ["story:second", ["core.c"]],
    ["source:*", ["raw.a", "raw.x"]],
    ["source:a", ["raw.a"]],
    ["consumer:digest", ["raw.a", "core.b", "core.c"]],
    ["consumer:digest+", ["raw.a", "core.b", "core.c", "mart.d"]],
    ["state:modified+", ["raw.x", "mart.y"]],
  ] as const)("%s", (selection, expected) => {
    if (expected.length === 0) expect(refusal(selection).code).toBe("bad-selection");
    else expect(select(graph, selection, new Set(["raw.x"]))).toEqual(expected);
  });

  test.each([
    ["core.bb", 'did you mean "core.b"?'],
    ["dd", 'did you mean "mart.d"?'],
    ["tag:nightli", 'did you mean "nightly"?'],
    ["stroy:first", 'did you mean "story:"?'],
    ["consumer:diges", 'did you mean "digest"?'],
    ["story:frist", 'did you mean "first"?'],
    ["state:modified", "use it with plan, run or ls --env"],
    ["nothing.like.it*", "sluice ls shows all datasets"],
    ["", "name a dataset, or leave the selection out to mean everything"],
    [
      "+",
      'examples: "community.comments", "raw.*", "+community.phrases", "tag:nightly", "consumer:weekly-digest"',
    ],
  ])("refuses %j and tells the way out", (selection, hint) => {
    const { code, hint: told } = refusal(selection);
    expect([code, told]).toEqual(["bad-selection", hint]);
  });

  test("takes several selections as a union", () => {
    expect(select(graph, ["raw.x", "mart.d"])).toEqual(["raw.x", "mart.d"]);
  });
});

describe("walks", () => {
  test("go up and down a number of steps", () => {
    expect([...upstream(graph, ["mart.d"], 2)]).toEqual(["mart.d", "core.c", "core.b"]);
    expect([...downstream(graph, ["raw.a"], 1)]).toEqual(["raw.a", "core.b"]);
  });

  test("tell whom a change touches", () => {
    const all = impacts(graph);
    expect(all.get("raw.a")).toEqual({ consumers: ["digest"], stories: ["first", "second"] });
    expect(all.get("mart.d")).toEqual({ consumers: [], stories: [] });
  });

  test("order names by their inputs and find every circle once", () => {
    const inputs = { a: ["b"], b: ["c"], c: ["a"], d: ["a"], e: [], f: ["e", "gone"], g: ["g"] };
    const { levels, rings } = orderByInputs(new Map(Object.entries(inputs)));
    expect(levels).toEqual([["e"], ["f"]]);
    expect(rings).toEqual([["a", "b", "c"], ["g"]]);
  });
});
