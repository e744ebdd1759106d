/** The harness itself: it sees what depends on what, and is not taken in by chance. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { QueryLineage } from "../../src/graph/lineage.ts";
import { Choices, shrink } from "./choices.ts";
import { forget, misses, waysToForget } from "./claims.ts";
import { datasets } from "./made/datasets.ts";
import { madeCase } from "./made/made-case.ts";
import { type Case, isCertain, type Move, observe } from "./perturb.ts";
import { study } from "./study.ts";
import { crowded, randomTable } from "./tables.ts";
import { World } from "./world.ts";

let world: World;

beforeAll(async () => {
  world = await World.open();
});

afterAll(() => world.close());

const edges = datasets.find(({ name }) => name === "raw.edges")!;

function overEdges(sql: string, seed = 1): Case {
  return { sql, tables: [randomTable(edges, new Choices(seed), crowded)] };
}

async function moved(sql: string): Promise<Record<string, string[]>> {
  const answer: Record<string, string[]> = {};
  for (let seed = 1; seed <= 3; seed++) {
    const one = overEdges(sql, seed);
    const seen = await observe(world, one, new Choices(seed), { tries: 6 });
    for (const { output, source } of seen?.moves ?? []) {
      answer[output] = [...new Set([...(answer[output] ?? []), source.column])].toSorted();
    }
  }
  return answer;
}

describe("what moves", () => {
  test.each<[string, Record<string, string[]>]>([
    ["select src, label || 'x' as l from raw.edges", { src: ["src"], l: ["label"] }],
    ["select label from raw.edges where cost > 0", { label: ["cost", "label"] }],
    ["select sum(cost) as s from raw.edges group by dst", { s: ["cost", "dst"] }],
    ["select label, rank() over (order by cost) as r from raw.edges", { label: ["label"], r: ["cost"] }],
    ["select count(*) as n, 1 as one from raw.edges", {}],
    ["select distinct src, 1 as one from raw.edges", { src: ["src"], one: ["src"] }],
    ["select list(label) as l from (from raw.edges order by src, label)", { l: ["label", "src"] }],
  ])("%s", async (sql, expected) => {
    expect(await moved(sql)).toEqual(expected);
  });

  test("what depends on the order of rows in a table is not watched", async () => {
    const seen = await observe(
      world,
      overEdges("select first(label) as f, count(src) as n from raw.edges", 2),
      new Choices(1),
      { tries: 2 },
    );
    expect(seen?.steady).toEqual(["n"]);
  });

  test("a query that the data breaks proves nothing", async () => {
    const broken = overEdges("select cast(label || 'x' as bigint) as n from raw.edges");
    expect(await observe(world, broken, new Choices(1), { tries: 1 })).toBeUndefined();
  });
});

/** By hand, for `select label, sum(cost) … where dst > 0 group by label`. */
const totals: QueryLineage = {
  rows: [
    { dataset: "raw.edges", column: "dst", by: "filter" },
    { dataset: "raw.edges", column: "label", by: "group" },
  ],
  columns: [
    {
      column: "label",
      direct: [{ dataset: "raw.edges", column: "label", kind: "identity" }],
      indirect: [],
      kind: "identity",
      proven: true,
    },
    {
      column: "total",
      direct: [{ dataset: "raw.edges", column: "cost", kind: "aggregate" }],
      indirect: [],
      kind: "aggregate",
      proven: true,
    },
  ],
};
const totalsSql = "select label, sum(cost) as total from raw.edges where dst > 0 group by label";

describe("what lineage may not forget", () => {
  test("right lineage allows every move", async () => {
    const trace = () => Promise.resolve({ ok: true, value: totals } as const);
    const found = await study(world, trace, overEdges(totalsSql), new Choices(1), {
      tries: 6,
      complete: true,
    });
    expect(found).toMatchObject({ misses: [], faults: [] });
    expect(found?.observation.moves.length).toBeGreaterThan(2);
  });

  test("each forgotten source is noticed", async () => {
    const seen = await observe(world, overEdges(totalsSql), new Choices(1), { tries: 8 });
    const wrong = waysToForget(totals);
    expect(wrong).toHaveLength(3);
    expect(wrong.filter((less) => misses(less, seen!).length === 0)).toEqual([]);
  });

  test("the study reports what was forgotten, with the data", async () => {
    const less = forget(totals, { dataset: "raw.edges", column: "cost" }, "total");
    const trace = () => Promise.resolve({ ok: true, value: less } as const);
    const found = await study(world, trace, overEdges(totalsSql), new Choices(1), {
      tries: 6,
      complete: false,
    });
    expect(found?.misses.map(({ output, source }) => [output, source.column])).toEqual([["total", "cost"]]);
  });

  test("columns that are called otherwise are a fault", async () => {
    const trace = () => Promise.resolve({ ok: true, value: { ...totals, columns: [] } } as const);
    const found = await study(world, trace, overEdges(totalsSql), new Choices(1), {
      tries: 1,
      complete: false,
    });
    expect(found?.faults).toEqual(["(nothing) instead of label, total"]);
  });
});

test("a move that other orders of the rows bring about as well is not certain", async () => {
  const one = overEdges("select first(label) as f from raw.edges");
  const [table] = one.tables;
  const rows = table!.rows.map((row, at) => row.with(0, String(at)));
  const move: Move = {
    source: { dataset: "raw.edges", column: "src" },
    output: "f",
    changed: { ...table!, rows: rows.toReversed() },
  };
  expect(await isCertain(world, one, move, new Choices(1))).toBe(false);
});

describe("made-up queries", () => {
  test("are the same for the same number", () => {
    expect(madeCase(7)).toEqual(madeCase(7));
    expect(madeCase(7)).not.toEqual(madeCase(8));
  });

  test("are valid SQL, nearly all of them, and use everything there is", async () => {
    let answered = 0;
    let text = "";
    for (let seed = 1; seed <= 300; seed++) {
      const { sql, tables } = madeCase(seed);
      text += `${sql}\n`;
      await world.load(tables);
      if ((await world.ask(sql)) !== undefined) answered += 1;
    }
    expect(answered).toBeGreaterThan(255);
    const constructs = [
      "left join|right join|full join|semi join|anti join|asof|natural|using \\(|lateral",
      "exists|in \\(select|any \\(select|all \\(select|array\\(select|over \\(|filter \\(|distinct on|qualify",
      "rollup|cube|grouping sets|union all|union by name|intersect|except|materialized|with recursive",
      "unnest\\(|with ordinality|struct_pack|lambda|for x\\d+ in|case when|pivot|unpivot|limit \\d",
      "exclude|replace \\(|rename|columns\\(|group by all|having|range\\(|generate_series",
    ].flatMap((some) => some.split("|"));
    expect(constructs.filter((construct) => !new RegExp(construct).test(text))).toEqual([]);
  });

  test("shrink to the choices that matter", async () => {
    const holds = (choices: readonly number[]) =>
      Promise.resolve(choices.filter((one) => one > 4).length >= 2);
    expect(await shrink([1, 9, 0, 3, 7, 7, 2], holds)).toHaveLength(2);
  });
});
