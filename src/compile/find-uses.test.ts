import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Binder, BoundColumn } from "../sql/binder.ts";
import { openBinder } from "../sql/duckdb-binder.ts";
import { type InputColumns, findUses } from "./find-uses.ts";

const column = (name: string, engineType = "VARCHAR"): BoundColumn => ({ name, engineType });
const inputs: InputColumns = [
  [
    "raw.slack",
    [column("id"), column("author"), column("likes", "BIGINT"), column("posted_at", "TIMESTAMP")],
  ],
  ["raw.members", [column("id"), column("name"), column("joined", "DATE")]],
];

let binder: Binder;
beforeAll(async () => {
  binder = await openBinder();
  for (const [id, columns] of inputs) await binder.declare(id, columns);
});
afterAll(() => binder.close());

/** The query with every problem's place in square brackets. */
async function marked(sql: string): Promise<string> {
  const bound = await binder.bind(sql);
  const [problem] = bound.ok ? [] : bound.problems;
  if (problem === undefined) throw new Error("it binds");
  const problems = await findUses("community.comments", sql, problem, inputs, binder);
  let text = sql;
  for (const { position = 0, length = 0 } of problems.toSorted(
    (a, b) => (b.position ?? 0) - (a.position ?? 0),
  ))
    text = `${text.slice(0, position)}[${text.slice(position, position + length)}]${text.slice(position + length)}`;
  return text;
}

describe("findUses", () => {
  test.each([
    ["one use", "select [body] from raw.slack"],
    [
      "uses in every clause",
      "select lower([body]) as b, length([Body]) as l from raw.slack where [body] <> '' order by [body]",
    ],
    [
      "by the table's name and by an alias",
      "select slack.[body] from raw.slack union all select s.[body] from raw.slack as s where s.[body] <> ''",
    ],
    [
      "quoted",
      `select "slack"."[body]" from "raw"."slack" where "[body]" is not null`.replaceAll(
        `"[body]"`,
        `["body"]`,
      ),
    ],
    [
      "not what is called so by the query",
      "with c as (select trim([body]) as body from raw.slack) select body, upper(c.body) as u from c where body <> ''",
    ],
    [
      "not texts, comments and fields",
      "select [body], {'body': 1}.body as b, 'body' as c /* body */ from raw.slack where [body] <> 'body'",
    ],
    [
      "not the column of another input",
      "select m.name, s.[name] as n, s.[name] || m.name as both from raw.slack as s join raw.members as m using (id)",
    ],
    [
      "of another type than text",
      "select date_trunc('week', [said_at]) as week from raw.slack where [said_at] > timestamp '2026-01-01'",
    ],
    [
      "in subqueries",
      "select id from raw.members as m where exists (select 1 from raw.slack as s where s.id = m.id and s.[body] <> '' and s.[body] = m.name)",
    ],
    [
      "of several columns",
      "select [body], [title], upper([body]) as u, id from raw.slack where [title] <> [body]",
    ],
    [
      "of columns of several inputs",
      "select s.[body], m.[city], s.[body] || m.[city] as both from raw.slack as s join raw.members as m on s.id = m.id",
    ],
    [
      "behind signs of four bytes",
      "select '😀' as smile, [body], '😀' as more, [body] as again from raw.slack",
    ],
    [
      "in windows and filters",
      "select count(*) filter (where [body] <> '') over (partition by [body] order by [body]) as n from raw.slack",
    ],
    [
      "behind an alias of the same name",
      "select trim([body]) as body from raw.slack where [body] <> '' order by body",
    ],
    [
      "that an alias hides in one place only",
      "select [body], id as i from raw.slack where [body] <> '' group by all having i > [body] order by i",
    ],
    ["left out of a star", "select * exclude ([body]) from raw.slack where [body] <> ''"],
    ["replaced in a star", "select * replace (lower([body]) as [body]) from raw.slack"],
    ["that join", "select 1 as one from raw.slack join raw.members using ([name])"],
    ["with parameters", "select [body] from raw.slack where posted_at < $run_time and [body] <> ''"],
  ])("finds %s", async (_, expected) => {
    expect(await marked(expected.replaceAll(/[[\]]/g, ""))).toBe(expected);
  });

  test.each([
    ["a column of no input", "with x as (select 1 as one) select x.body, x.body + 1 as n from x"],
    [
      "what does not bind for other reasons as well",
      "select body, no_such_function(body) as b from raw.slack",
    ],
  ])("tells the first use of %s", async (_, sql) => {
    const text = await marked(sql);
    expect(text.replaceAll(/[[\]]/g, "")).toBe(sql);
    expect(text.match(/\[/g)).toHaveLength(1);
  });

  test("names the input and what was probably meant, for each column", async () => {
    const sql = "select autor, liked, autor as again from raw.slack";
    const bound = await binder.bind(sql);
    const [problem] = bound.ok ? [] : bound.problems;
    if (problem === undefined) throw new Error("it binds");
    const found = await findUses("community.a", sql, problem, inputs, binder);
    expect(found.map(({ message, hint }) => [message, hint])).toEqual([
      ['column "autor" does not exist in raw.slack', 'did you mean "author"?'],
      ['column "autor" does not exist in raw.slack', 'did you mean "author"?'],
      ['column "liked" does not exist in raw.slack', 'did you mean "likes"?'],
    ]);
  });

  test("does not disturb others who bind at the same time", async () => {
    const broken = marked("select body, body as again from raw.slack");
    const fine = await Promise.all(Array.from({ length: 20 }, () => binder.bind("select * from raw.slack")));
    await broken;
    for (const outcome of fine) expect(outcome).toMatchObject({ ok: true, value: inputs[0]?.[1] });
  });
});
