/**
 * Made-up queries whose answer does not depend on the order of rows: every relation has a column `id` that no two of its rows
 * share, and whatever chooses rows orders them by it in the end. They are made of what the engine likes to rewrite.
 */
import type { Choices } from "../lineage/choices.ts";

export const tables = ["a", "b", "c"] as const;

/** SQL of a table of so many rows, with nulls, ties and values of other tables. */
export const rowsOf = (choices: Choices, rows: number): string => {
  const salt = choices.below(1000);
  const some = (column: number, below: number, nulls: number): string =>
    `case when hash(n, ${salt + column}) % ${nulls} > 0 then (hash(n, ${salt + column + 10}) % ${below})::int end`;
  const words = `['a', 'b', 'B', '', 'ä', 'aaaaaaaaaaaaaaaaaa'][1 + ${some(4, 6, 6)}]`;
  return `select n::bigint as id, ${some(1, choices.pick([2, 5, 40]), 7)} as k,
    ${some(2, choices.pick([1, 3, 10]), 1000)} as g, ${some(3, 10, 4)} - 5 as v, ${words} as s
    from range(${rows}) t(n) order by hash(n, ${salt})`;
};

export class QueryMaker {
  readonly #choices: Choices;
  #names = 0;

  constructor(choices: Choices) {
    this.#choices = choices;
  }

  query(): string {
    const [q, r] = ["q", "r"];
    return this.#one([
      () => `select * from ${this.#relation(3)} q`,
      () => `select q.id, q.v, q.s from ${this.#relation(3)} q where ${this.#holds(q)}`,
      () =>
        `select q.${this.#key()} as x, ${this.#aggregate(q)} as y, ${this.#aggregate(q)} as z
        from ${this.#relation(3)} q group by all`,
      () =>
        `select q.${this.#key()} as x, q.g, ${this.#aggregate(q)} as y from ${this.#relation(2)} q
        group by ${this.#pick(["rollup", "cube", "grouping sets"])} (${this.#pick(["x", "(x, q.g)"])}, q.g)`,
      () => {
        const key = this.#key();
        return `select q.id, r.id as other, r.v from ${this.#relation(2)} q ${this.#join()} ${this.#relation(2)} r
          on q.${key} = r.${key}${this.#maybe(() => ` and ${this.#holds(r)}`)}${this.#maybe(() => ` where ${this.#holds(r)}`)}`;
      },
      () => {
        const key = this.#key();
        return `select q.id, q.v from (select * from ${this.#relation(1)} t order by ${this.#order("t")} limit ${this.#pick([3, 20, 300])}) q
          where q.${key} in (select r.${key} from ${this.#relation(1)} r where ${this.#holds(r)})`;
      },
      () => {
        const table = this.#pick(tables);
        const from = `from ${this.#relation(1)} p join ${table} q on q.id = p.k join ${table} r on r.id = p.g where q.id <> r.id`;
        const columns = (): string => `${this.#pick(["p", "q", "r"])}.${this.#pick(["id", "v", "k"])}`;
        return `select ${columns()}, ${columns()} ${from} union all select ${columns()}, ${columns()} ${from}`;
      },
      () =>
        `select q.id, row_number() ${this.#ordered(q)} as n, max(q.v) ${this.#grouped(q)} as top,
        count(*) ${this.#grouped(q)} as many from ${this.#relation(2)} q`,
    ]);
  }

  /** SQL of a relation with the columns `id`, `k`, `g`, `v` and `s`. */
  #relation(depth: number): string {
    if (depth === 0) return this.#pick(tables);
    const [x, y] = [`t${this.#names++}`, `t${this.#names++}`];
    const one = (): string => `${this.#relation(depth - 1)} ${x}`;
    const other = (): string => `${this.#relation(depth - 1)} ${y}`;
    const key = this.#key();
    return this.#one([
      () => `(select * from ${one()} where ${this.#holds(x)})`,
      () =>
        `(select ${x}.* from ${one()} order by ${this.#order(x)} limit ${this.#pick([1, 3, 20])}${this.#maybe(() => " offset 1")})`,
      () =>
        `(select ${x}.* from ${one()} qualify row_number() ${this.#ordered(x)} ${this.#pick(["= 1", "<= 2", "<= 7", "= 2"])})`,
      () =>
        `(select * exclude (n) from (select ${x}.*, row_number() ${this.#ordered(x)} as n from ${one()}) where n <= 2)`,
      () => `(select distinct on (${x}.${key}) ${x}.* from ${one()} order by ${this.#order(x)})`,
      () =>
        `(select ${x}.id, ${x}.k, ${y}.g, ${y}.v, ${x}.s from ${one()} ${this.#join()} ${other()} on ${x}.id = ${y}.id)`,
      () =>
        `(select * from ${one()} where ${x}.${key} ${this.#maybe(() => "not ")}in (select ${y}.${key} from ${other()}))`,
      () =>
        `(select * from ${one()} where ${this.#maybe(() => "not ")}exists (select 1 from ${other()} where ${y}.${key} = ${x}.${key}))`,
      () =>
        `(select min(${x}.id) as id, ${x}.k, ${x}.g, max(${x}.v) as v, min(${x}.s) as s from ${one()} group by ${x}.k, ${x}.g)`,
      () =>
        `(select ${x}.id, ${x}.k, ${x}.g, (select max(${y}.v) from ${other()} where ${y}.g = ${x}.g) as v, ${x}.s from ${one()})`,
      () =>
        `(select ${x}.id, ${x}.k, ${x}.g, l.v, ${x}.s from ${one()} left join lateral
        (select ${y}.v from ${other()} where ${y}.${key} = ${x}.${key} order by ${y}.id limit 1) l on true)`,
      () => {
        const both = this.#relation(depth - 1);
        const part = (name: string, id: string): string =>
          `select ${id} as id, ${name}.k, ${name}.g, ${name}.v, ${name}.s from ${both} ${name} where ${this.#holds(name)}`;
        return `(${part(x, `${x}.id * 2`)} union all ${part(y, `${y}.id * 2 + 1`)})`;
      },
      () => `(select ${x}.id, ${x}.k, ${x}.g, sum(${x}.v) ${this.#grouped(x)} as v, ${x}.s from ${one()})`,
      () => `(select ${x}.id, ${x}.k, ${x}.g, ${this.#neighbour(x)} as v, ${x}.s from ${one()})`,
      () =>
        `(select ${x}.* from ${one()} ${this.#pick(["semi", "anti"])} join ${other()} on ${x}.${key} = ${y}.${key})`,
      () => `(select coalesce(${x}.id, ${y}.id) as id, ${x}.k, ${y}.g, coalesce(${y}.v, ${x}.v) as v, ${x}.s
        from ${one()} full join ${other()} on ${x}.id = ${y}.id)`,
      () => `(select ${x}.id, ${x}.k, ${x}.g, ${y}.v, ${y}.s from ${one()} asof ${this.#join()} ${other()}
        on ${x}.${key} = ${y}.${key} and ${x}.id ${this.#pick([">=", "<"])} ${y}.id)`,
      // Not EXCEPT ALL: the engine breaks on it below an ASOF join, and says so.
      () =>
        `(from ${this.#relation(depth - 1)} ${this.#pick(["except", "intersect"])} from ${this.#relation(depth - 1)})`,
      () => `(select ${x}.id * 3 + n as id, ${x}.k, ${x}.g, ${x}.v + n as v, ${x}.s from ${one()}, unnest([0, 1, 2]) u(n)
        where n <= coalesce(${x}.g, 0))`,
      () => `(select each.id, ${x}.k, each.g, each.v, each.s from (select unnest(list({'id': id, 'g': g, 'v': v, 's': s} order by ${y}.id)) as each, ${y}.k
        from ${other()} group by ${y}.k) ${x})`,
      () => `(select * from ${one()} where ${x}.v ${this.#pick([">=", "=", "<"])} ${this.#pick(["any", "all"])}
        (select ${y}.v from ${other()} where ${y}.v is not null and ${y}.g = ${x}.g))`,
      () => `(with ${y} as ${this.#maybe(() => "materialized ")}(from ${this.#relation(depth - 1)})
        select ${x}.* from ${y} ${x} join ${y} on ${x}.id = ${y}.id where ${this.#holds(x)} and ${this.#holds(y)})`,
    ]);
  }

  /** A number that depends on rows around it. */
  #neighbour(x: string): string {
    const frame = this.#pick([
      "",
      " rows between 1 preceding and current row",
      " rows between 2 following and 4 following",
      " groups between unbounded preceding and 1 preceding",
    ]);
    return this.#one([
      () => `${this.#pick(["lag", "lead"])}(${x}.v) ${this.#ordered(x)}`,
      () => `${this.#pick(["sum", "max", "count", "first", "last"])}(${x}.v) ${this.#ordered(x, frame)}`,
      () => `${this.#pick(["rank()", "dense_rank()", "ntile(4)"])} ${this.#ordered(x)}`,
    ]);
  }

  #holds(x: string): string {
    const number = `${x}.${this.#pick(["id", "k", "g", "v"])}`;
    return this.#one([
      () => `${number} ${this.#pick(["=", "<", ">=", "<>"])} ${this.#choices.below(8) - 2}`,
      () => `${x}.s ${this.#pick(["= 'a'", "= ''", "like 'a%'", "is null"])}`,
      () => `${number} is ${this.#maybe(() => "not ")}null`,
      () => `${number} is distinct from ${x}.v`,
      () => `${number} ${this.#maybe(() => "not ")}in (1, 3, 5, 8${this.#maybe(() => ", null")})`,
      () => `${number} between ${this.#choices.below(4) - 2} and ${this.#choices.below(6)}`,
      () =>
        `date '2026-01-30' + coalesce(${x}.g, 0)::int >= timestamp '2026-02-0${1 + this.#choices.below(8)} 00:00:00'`,
      () => `not (${this.#holds(x)})`,
      () => `(${this.#holds(x)} ${this.#pick(["and", "or"])} ${this.#holds(x)})`,
    ]);
  }

  #aggregate(x: string): string {
    return this.#one([
      () => "count(*)",
      () => `sum(${x}.v)`,
      () => `count(distinct ${x}.s)`,
      () => `arg_max(${x}.v, ${x}.id)`,
      () => `max(${x}.s) filter (where ${this.#holds(x)})`,
      () => `string_agg(${x}.s, ',' order by ${x}.id)`,
      () => `median(${x}.v)`,
    ]);
  }

  #order(x: string): string {
    const first = this.#one([() => `${x}.${this.#key()}`, () => `nullif(${x}.v % 3, 0)`, () => `-${x}.k`]);
    return `${first} ${this.#pick(["asc", "desc", "nulls first", "desc nulls last"])}, ${x}.id ${this.#pick(["asc", "desc"])}`;
  }

  #ordered(x: string, frame = ""): string {
    return `over (${this.#maybe(() => `partition by ${x}.${this.#key()} `)}order by ${this.#order(x)}${frame})`;
  }

  #grouped(x: string): string {
    return `over (${this.#one([() => "", () => `partition by ${x}.${this.#key()}`, () => `partition by ${x}.${this.#key()}, ${x}.${this.#key()}`])})`;
  }

  readonly #key = (): string => this.#pick(["k", "g", "s", "v"]);
  readonly #join = (): string => this.#pick(["join", "left join"]);
  readonly #pick = <T>(options: readonly T[]): T => this.#choices.pick(options);
  readonly #one = (makers: readonly (() => string)[]): string => this.#choices.pick(makers)();
  readonly #maybe = (maker: () => string): string => (this.#choices.once(2) ? maker() : "");
}
