/** Made-up queries that give rows another shape: pivots, recursions, lists and structs unfolded, rows in an order. */
import { quoteName } from "../../../src/sql/quote.ts";
import { Expressions } from "./expressions.ts";
import type { Form, Kind, Made, Maker, Named, OutputColumn } from "./maker.ts";
import { begin } from "./selects.ts";
import { source } from "./sources.ts";

/** Columns in short: a name and a kind each. */
const outputs = (list: string): OutputColumn[] =>
  list.split(", ").map((one) => {
    const [name = "", kind] = one.split(" ");
    return { name, kind: kind as Kind };
  });

/** Wraps a query so that it has the wanted kinds, made of what the query has. */
function over(
  maker: Maker,
  inner: Made,
  wanted: readonly Kind[] | undefined,
  around: readonly Named[],
): Made {
  if (wanted === undefined) return inner;
  const alias = maker.fresh("q");
  const own = inner.columns.map(({ name, kind }) => ({ sql: `${alias}.${quoteName(name)}`, kind }));
  const made = new Expressions(maker, { own, outer: around }, 1);
  const columns = wanted.map((kind) => ({ name: maker.fresh("c"), kind }));
  const items = columns.map(({ name, kind }) => `${made.of(kind)} as ${name}`);
  return { sql: `select ${items.join(", ")} from (${inner.sql}) as ${alias}`, columns };
}

export const pivot: Form = (maker, depth, wanted, around) => {
  const inner = maker.query(depth - 1, ["text", "int", "num", "text"], []);
  const [on, value, other, key] = inner.columns.map(({ name }) => name);
  const call = maker.choices.pick([
    `max(${value})`,
    "count(*)",
    `sum(${other})`,
    `max(${value}) filter (where ${other} > 0)`,
  ]);
  const kind = call.startsWith("sum") ? "num" : "int";
  const by = maker.choices.once(4) ? "" : ` group by ${key}`;
  const made = `pivot (${inner.sql}) on ${on} in ('a', 'b', 'c') using ${call}${by}`;
  const cells = ["a", "b", "c"].map((name) => ({ name, kind }) as const);
  const columns = by === "" ? cells : [{ name: key!, kind: "text" as const }, ...cells];
  const list = columns.map(({ name }) => quoteName(name)).join(", ");
  return over(maker, { sql: `select ${list} from (${made})`, columns }, wanted, around);
};

export const unpivot: Form = (maker, depth, wanted, around) => {
  const inner = maker.query(depth - 1, ["text", "int", "int", "int"], []);
  const [key, ...values] = inner.columns.map(({ name }) => name);
  const [name, value] = [maker.fresh("name"), maker.fresh("value")];
  const nulls = maker.choices.once(2) ? "include nulls " : "";
  const made = `from (${inner.sql}) unpivot ${nulls}(${value} for ${name} in (${values.join(", ")}))`;
  const columns = outputs(`${key} text, ${name} text, ${value} int`);
  const list = columns.map((column) => column.name).join(", ");
  return over(maker, { sql: `select ${list} ${made}`, columns }, wanted, around);
};

export const recursive: Form = (maker, depth, wanted, around) => {
  const start = maker.query(depth - 1, ["int", "text"], []);
  const name = maker.fresh("r");
  const next = source(maker, 0, []);
  const own: Named[] = [{ sql: `${name}.v`, kind: "int" }, { sql: `${name}.t`, kind: "text" }, ...next.own];
  const made = new Expressions(maker, { own, outer: [] }, 1);
  const union = maker.choices.pick(["union all", "union"]);
  const joined = maker.choices.once(3) ? "" : `, ${next.sql}`;
  const condition =
    joined === ""
      ? ""
      : ` and ${name}.v = ${new Expressions(maker, { own: next.own, outer: [] }, 0).column("int")}`;
  const step = joined === "" ? `${name}.v + 1, ${name}.t` : `${made.of("int")}, ${made.of("text")}`;
  const table = `${name}(n, v, t) as (select 0, * from (${start.sql}) ${union} select n + 1, ${step} from ${name}${joined} where n < 2${condition})`;
  const columns = outputs("n int, v int, t text");
  return over(maker, { sql: `with recursive ${table} select n, v, t from ${name}`, columns }, wanted, around);
};

export const unnesting: Form = (maker, depth, wanted, around) => {
  const { from, of } = begin(maker, depth, ["int"], around);
  const columns = outputs(`${maker.fresh("c")} int, ${maker.fresh("c")} text`);
  const second = maker.choices.once(2) ? `unnest(${of("texts")})` : of("text");
  const sql = `select unnest(${of("ints")}) as ${columns[0]!.name}, ${second} as ${columns[1]!.name} from ${from.sql}`;
  return over(maker, { sql, columns }, wanted, around);
};

/** The fields of a struct, unfolded. */
export const fields: Form = (maker, depth, wanted, around) => {
  const { from, of } = begin(maker, depth, ["body"], around);
  const columns = outputs("a int, b text");
  const form = maker.choices.once(2)
    ? `select unnest(${of("body")}) from ${from.sql}`
    : `select s.* from (select ${of("body")} as s from ${from.sql}) as p`;
  return over(maker, { sql: form, columns }, wanted, around);
};

/** What a query that is in an order hands on to what keeps that order. */
export const ordered: Form = (maker, depth, wanted, around) => {
  const { from, of } = begin(maker, depth, ["int"], around);
  const order = [of("int"), of("text"), "1", "2"].join(", ");
  const inner = `select ${of("int")} as i, ${of("text")} as t from ${from.sql} order by ${order}`;
  const [list, names] = maker.choices.pick([
    ["list(i) as l, max(t) as m", "l ints, m text"],
    ["string_agg(t, ',') as g, count(*) as n", "g text, n int"],
    ["first(t) as f, sum(i)::bigint as s", "f text, s int"],
    ["t, row_number() over () as p", "t text, p int"],
    ["i, lag(t) over () as p", "i int, p text"],
  ] as const);
  const columns = outputs(names);
  return over(maker, { sql: `select ${list} from (${inner})`, columns }, wanted, around);
};
