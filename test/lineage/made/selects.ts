/** Made-up queries that select from what there is: rows, groups, sets. */
import { quoteName } from "../../../src/sql/quote.ts";
import { aggregate, windowCall, windowFunction, windowOf } from "./aggregates.ts";
import { Expressions } from "./expressions.ts";
import {
  type Form,
  kinds,
  type Kind,
  type Maker,
  type Named,
  type OutputColumn,
  plainKinds,
} from "./maker.ts";
import { type Source, source } from "./sources.ts";

/** The parts that every select starts with. */
interface Start {
  readonly from: Source;
  readonly wanted: readonly Kind[];
  readonly columns: readonly OutputColumn[];
  readonly made: Expressions;
  readonly of: (kind: Kind) => string;
}

export function begin(
  maker: Maker,
  depth: number,
  wanted: readonly Kind[] | undefined,
  around: readonly Named[],
): Start {
  const list =
    wanted ?? Array.from({ length: 1 + maker.choices.below(4) }, () => maker.choices.pick(someKinds(maker)));
  const from = source(maker, depth - 1, around);
  const made = new Expressions(maker, { own: from.own, outer: around }, Math.min(depth, 2));
  const columns = list.map((kind) => ({ name: maker.fresh("c"), kind }));
  return { from, wanted: list, columns, made, of: (kind) => made.of(kind) };
}

function someKinds(maker: Maker): readonly Kind[] {
  return maker.choices.once(3) ? kinds : plainKinds;
}

function condition(maker: Maker, { of }: Start): string {
  return maker.choices.below(5) < 3 ? "" : ` where ${of("bool")}`;
}

export const select: Form = (maker, depth, wanted, around) => {
  const start = begin(maker, depth, wanted, around);
  const { from, of, columns } = start;
  const total = from.own.map(({ sql }) => sql);
  const named = maker.choices.once(6) ? maker.fresh("w") : undefined;
  const items = columns.map(({ name, kind }) => {
    if (depth <= 0 || !maker.choices.once(4)) return `${of(kind)} as ${name}`;
    if (named !== undefined && maker.choices.once(2))
      return `${windowCall(maker.choices, kind, of)} over ${named} as ${name}`;
    return `${windowFunction(maker.choices, kind, of, total)} as ${name}`;
  });
  const where = condition(maker, start);
  const window = named === undefined ? "" : ` window ${named} as ${windowOf(maker.choices, of, total)}`;
  const qualify =
    depth > 0 && maker.choices.once(8)
      ? ` qualify ${windowFunction(maker.choices, "int", of, total)} <= 2`
      : "";
  const distinct = maker.choices.once(8) ? "distinct " : "";
  const list = `select ${distinct}${items.join(", ")}`;
  const rest = `${where}${window}${qualify}${limit(maker, start, distinct !== "")}`;
  const sql = maker.choices.once(10) ? `from ${from.sql} ${list}${rest}` : `${list} from ${from.sql}${rest}`;
  return { sql, columns };
};

/** The first rows of an order without ties but between equal rows. */
function limit(maker: Maker, { of, columns }: Start, isDistinct: boolean): string {
  if (!maker.choices.once(8)) return "";
  const hidden = isDistinct || maker.choices.once(2) ? [] : [of("int")];
  const order = [...hidden, ...columns.map((_, at) => at + 1)].join(", ");
  const offset = maker.choices.once(3) ? " offset 1" : "";
  const count = 1 + maker.choices.below(3);
  const limit = maker.choices.once(5)
    ? `(select ${count} + count(*) from ${maker.relation().sql})`
    : String(count);
  return ` order by ${order} limit ${limit}${offset}`;
}

export const grouped: Form = (maker, depth, wanted, around) => {
  const start = begin(maker, depth, wanted, around);
  const { from, of, columns, made } = start;
  const isKey = columns.map(() => maker.choices.below(3) === 0);
  const keys: string[] = [];
  const items = columns.map(({ name, kind }, at) => {
    if (isKey[at] !== true) {
      const value = aggregate(maker.choices, kind, of);
      if (kind !== "int" || !maker.choices.once(4)) return `${value} as ${name}`;
      return `rank() over (order by ${value}, ${aggregate(maker.choices, "text", of)}) as ${name}`;
    }
    const key = maker.choices.once(4) ? of(kind) : made.column(kind);
    keys.push(key);
    return `${key} as ${name}`;
  });
  const by = groupBy(
    maker,
    keys,
    columns.flatMap((_, at) => (isKey[at] === true ? [at + 1] : [])),
  );
  if (maker.choices.once(4)) {
    // A key that is not shown.
    const hidden = made.column(maker.choices.pick(plainKinds));
    const all = [...keys, hidden].join(", ");
    const sql = `select ${items.join(", ")} from ${from.sql}${condition(maker, start)} group by ${all}`;
    return { sql, columns };
  }
  const having = maker.choices.once(5) ? ` having ${aggregate(maker.choices, "bool", of)}` : "";
  return {
    sql: `select ${items.join(", ")} from ${from.sql}${condition(maker, start)}${by}${having}`,
    columns,
  };
};

function groupBy(maker: Maker, keys: readonly string[], places: readonly number[]): string {
  if (keys.length === 0) {
    return maker.choices.once(8) ? " group by all" : "";
  }
  const list = keys.join(", ");
  const ways = [
    ` group by ${places.join(", ")}`,
    " group by all",
    ` group by rollup (${list})`,
    ` group by cube (${list})`,
    ` group by grouping sets ((${list}), (${keys[0]}), ())`,
  ];
  return maker.choices.pick([...ways.slice(0, 2), ...ways]);
}

export const combined: Form = (maker, depth, wanted, around) => {
  const left = maker.query(depth - 1, wanted, around);
  const right = maker.query(
    depth - 1,
    left.columns.map(({ kind }) => kind),
    around,
  );
  const operator = maker.choices.pick([
    "union all",
    "union",
    "intersect",
    "except",
    "union all by name",
    "union by name",
    "except all",
    "intersect all",
  ]);
  if (!operator.endsWith("by name")) {
    return { sql: `(${left.sql}) ${operator} (${right.sql})`, columns: left.columns };
  }
  const renamed = right.columns
    .map(({ name }, at) => `${name} as ${quoteName(left.columns[at]!.name)}`)
    .reverse();
  return {
    sql: `(${left.sql}) ${operator} (select ${renamed.join(", ")} from (${right.sql}))`,
    columns: left.columns,
  };
};

export const star: Form = (maker, depth, wanted, around) => {
  const from = source(maker, depth, around);
  const { star } = from;
  if (wanted !== undefined || star === undefined) return select(maker, depth, wanted, around);
  const made = new Expressions(maker, { own: from.own, outer: around }, 1);
  const [first] = star;
  const [name, renamed] = [quoteName(first!.name), maker.fresh("n")];
  const where = maker.choices.once(2) ? ` where ${made.of("bool")}` : "";
  const rest = star.slice(1);
  const forms: readonly (() => [string, readonly OutputColumn[]])[] = [
    () => ["*", star],
    () => [`* exclude (${name})`, rest],
    () => [`* replace (${made.of(first!.kind)} as ${name})`, star],
    () => [`* rename (${name} as ${renamed})`, [{ name: renamed, kind: first!.kind }, ...rest]],
    () => ["count(columns(*))", star.map((column) => ({ ...column, kind: "int" }))],
    () => [`columns(c -> c <> ${"'"}${first!.name.replaceAll("'", "''")}')`, rest],
  ];
  const [list, columns] = maker.choices.pick(rest.length === 0 ? [forms[0]!, forms[2]!] : forms)();
  return { sql: `select ${list} from ${from.sql}${where}`, columns };
};

export const distinctOn: Form = (maker, depth, wanted, around) => {
  const { from, of, columns } = begin(maker, depth, wanted, around);
  const items = columns.map(({ name, kind }) => `${of(kind)} as ${name}`);
  const key = of(maker.choices.pick(["text", "int"]));
  const order = [key, of("int"), ...columns.map((_, at) => at + 1)].join(", ");
  return {
    sql: `select distinct on (${key}) ${items.join(", ")} from ${from.sql} order by ${order}`,
    columns,
  };
};
