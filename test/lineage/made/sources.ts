/** Made-up `from` clauses: datasets, queries in brackets, and joins of every kind. */
import { quoteName } from "../../../src/sql/quote.ts";
import { Expressions } from "./expressions.ts";
import { kinds, type Kind, type Maker, type Named, type OutputColumn } from "./maker.ts";

/** What stands behind `from`, and what it brings into scope. */
export interface Source {
  readonly sql: string;
  readonly own: readonly Named[];
  /** What `*` gives, where no two columns have the same name. */
  readonly star: readonly OutputColumn[] | undefined;
}

/** A source of at most `depth` nested parts, which may refer to the columns `around` it. */
export function source(maker: Maker, depth: number, around: readonly Named[]): Source {
  if (depth <= 0) return relation(maker);
  const ways = [relation, derived, join, join, using, lateral, lateral, unnested, series, asof, written];
  return maker.way("sources", ways)(maker, depth, around);
}

function named(alias: string, columns: readonly OutputColumn[]): Named[] {
  return columns.map(({ name, kind }) => ({ sql: `${alias}.${quoteName(name)}`, kind }));
}

function relation(maker: Maker): Source {
  const { sql, columns } = maker.relation();
  const alias = maker.fresh("t");
  return { sql: `${sql} as ${alias}`, own: named(alias, columns), star: columns };
}

function derived(maker: Maker, depth: number, around: readonly Named[]): Source {
  const { sql, columns } = maker.query(depth - 1, undefined, around);
  const alias = maker.fresh("q");
  if (maker.choices.once(4)) {
    // Other names for the columns, given behind the alias.
    const renamed = columns.map(({ kind }) => ({ name: maker.fresh("n"), kind }));
    const list = renamed.map(({ name }) => name).join(", ");
    return { sql: `(${sql}) as ${alias}(${list})`, own: named(alias, renamed), star: renamed };
  }
  return { sql: `(${sql}) as ${alias}`, own: named(alias, columns), star: columns };
}

const side = (maker: Maker, depth: number, around: readonly Named[]): Source =>
  maker.choices.once(4) ? derived(maker, depth, around) : relation(maker);

/** What `*` gives of two sources side by side. */
function starOf(left: Source, right: Source): readonly OutputColumn[] | undefined {
  if (left.star === undefined || right.star === undefined) return undefined;
  const star = [...left.star, ...right.star];
  return new Set(star.map(({ name }) => name.toLowerCase())).size === star.length ? star : undefined;
}

function join(maker: Maker, depth: number, around: readonly Named[]): Source {
  const { choices } = maker;
  const left = choices.once(3) ? source(maker, depth - 1, around) : side(maker, depth, around);
  const right = side(maker, depth, around);
  const joins = ["join", "left join", "right join", "full join", "semi join", "anti join", ","];
  const kind = maker.way("joins", joins);
  if (kind === ",") {
    return { sql: `${left.sql}, ${right.sql}`, own: [...left.own, ...right.own], star: starOf(left, right) };
  }
  const leftOnly = kind === "semi join" || kind === "anti join";
  const both = [...left.own, ...right.own];
  const shared = kinds.find((one) => has(left, one) && has(right, one)) ?? "int";
  const operator = choices.pick(["=", "=", "=", "=", "=", "is not distinct from"]);
  const equal = `${columnOf(maker, left, shared)} ${operator} ${columnOf(maker, right, shared)}`;
  const also = choices.once(3)
    ? ` and ${new Expressions(maker, { own: both, outer: [] }, 1).of("bool")}`
    : "";
  return {
    sql: `${left.sql} ${kind} ${right.sql} on ${equal}${also}`,
    own: leftOnly ? left.own : both,
    star: leftOnly ? left.star : starOf(left, right),
  };
}

const has = ({ own }: Source, kind: Kind): boolean => own.some((one) => one.kind === kind);
const columnOf = (maker: Maker, { own }: Source, kind: Kind): string =>
  new Expressions(maker, { own, outer: [] }, 0).column(kind);

/** Joins by common names: `using`, and `natural` where every common name is meant. */
function using(maker: Maker, depth: number): Source {
  const { choices } = maker;
  const [left, right] = [maker.relation(), maker.relation()];
  const common = left.columns.filter(({ name, kind }) =>
    right.columns.some((other) => other.name === name && other.kind === kind),
  );
  if (common.length === 0) return relation(maker);
  const clash = left.columns.some(({ name, kind }) =>
    right.columns.some((other) => other.name.toLowerCase() === name.toLowerCase() && other.kind !== kind),
  );
  const isNatural = !clash && choices.once(3);
  const keys = isNatural ? common : choices.shuffle(common).slice(0, 1 + choices.below(Math.min(2, depth)));
  const [one, two] = [maker.fresh("t"), maker.fresh("t")];
  const kind = choices.pick(["join", "left join", "right join", "full join"]);
  const by = isNatural ? "" : ` using (${keys.map(({ name }) => quoteName(name)).join(", ")})`;
  const isKey = ({ name }: OutputColumn): boolean => keys.some((key) => key.name === name);
  const merged = keys.map((key) => ({ sql: quoteName(key.name), kind: key.kind }));
  const rest = [...left.columns, ...right.columns.filter((column) => !isKey(column))];
  return {
    sql: `${left.sql} as ${one} ${isNatural ? "natural " : ""}${kind} ${right.sql} as ${two}${by}`,
    // The merged column is most interesting where one side may be missing.
    own: [...merged, ...merged, ...named(one, left.columns), ...named(two, right.columns)],
    star: new Set(rest.map(({ name }) => name.toLowerCase())).size === rest.length ? rest : undefined,
  };
}

/** A query on the right that refers to the left. */
function lateral(maker: Maker, depth: number, around: readonly Named[]): Source {
  const left = side(maker, depth, around);
  const { sql, columns } = maker.query(depth - 1, undefined, left.own);
  const alias = maker.fresh("l");
  const right = named(alias, columns);
  const own = [...left.own, ...right, ...right, ...right];
  const star = starOf(left, { sql: "", own: [], star: columns });
  const before = maker.choices.pick([", lateral", "left join lateral", "cross join lateral"]);
  const on = before === "left join lateral" ? " on true" : "";
  return { sql: `${left.sql} ${before} (${sql}) as ${alias}${on}`, own, star };
}

/** The items of a list beside the row they are in. */
function unnested(maker: Maker, depth: number, around: readonly Named[]): Source {
  const left = side(maker, depth, around);
  const kind = maker.choices.pick(["ints", "texts"] as const);
  const list = new Expressions(maker, { own: left.own, outer: [] }, 2).of(kind);
  const [alias, item] = [maker.fresh("u"), maker.fresh("i")];
  const column = { name: item, kind: kind === "ints" ? ("int" as const) : ("text" as const) };
  const own = [...left.own, ...named(alias, [column])];
  const star = starOf(left, { sql: "", own: [], star: [column] });
  if (maker.choices.once(3)) {
    const place = maker.fresh("o");
    const ordinal = { sql: `${alias}.${place}`, kind: "int" as const };
    const sql = `${left.sql}, unnest(${list}) with ordinality as ${alias}(${item}, ${place})`;
    return { sql, own: [...own, ordinal], star: undefined };
  }
  return { sql: `${left.sql}, unnest(${list}) as ${alias}(${item})`, own, star };
}

/** Numbers up to what a row says. */
function series(maker: Maker, depth: number, around: readonly Named[]): Source {
  const left = side(maker, depth, around);
  const end = new Expressions(maker, { own: left.own, outer: [] }, 1).of("int");
  const [alias, item] = [maker.fresh("r"), maker.fresh("i")];
  const call = maker.choices.pick(["range", "generate_series"]);
  const column = { name: item, kind: "int" as const };
  return {
    sql: `${left.sql}, ${call}(0, (${end}) % 5) as ${alias}(${item})`,
    own: [...left.own, ...named(alias, [column])],
    star: starOf(left, { sql: "", own: [], star: [column] }),
  };
}

/** The nearest row of the right in time. */
function asof(maker: Maker, depth: number, around: readonly Named[]): Source {
  const { choices } = maker;
  const [left, right] = [side(maker, depth, around), relation(maker)];
  const kind = (["time", "date", "num", "int"] as const).find((one) => has(left, one) && has(right, one));
  if (kind === undefined) return left;
  const equal = choices.once(2)
    ? `${columnOf(maker, left, "int")} = ${columnOf(maker, right, "int")} and `
    : "";
  const near = `${columnOf(maker, left, kind)} ${choices.pick([">=", ">", "<="])} ${columnOf(maker, right, kind)}`;
  return {
    sql: `${left.sql} asof ${choices.pick(["join", "left join"])} ${right.sql} on ${equal}${near}`,
    own: [...left.own, ...right.own],
    star: starOf(left, right),
  };
}

/** A few rows that are made of each row of the left. */
function written(maker: Maker, depth: number, around: readonly Named[]): Source {
  const left = side(maker, depth, around);
  const kind = maker.choices.pick(["int", "text", "num"] as const);
  const made = new Expressions(maker, { own: left.own, outer: [] }, 1);
  const [alias, item] = [maker.fresh("v"), maker.fresh("i")];
  const column = { name: item, kind };
  const right = named(alias, [column]);
  return {
    sql: `${left.sql}, lateral (values (${made.of(kind)}), (${made.of(kind)})) as ${alias}(${item})`,
    own: [...left.own, ...right, ...right],
    star: starOf(left, { sql: "", own: [], star: [column] }),
  };
}
