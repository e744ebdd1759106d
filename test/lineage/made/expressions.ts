/** Made-up expressions of a wanted kind. The first option of each list is the simplest. */
import { type Kind, type Maker, type Named, plainKinds, type Scope, typeOf } from "./maker.ts";

type Of = (kind: Kind) => string;
type Option = (of: Of, expressions: Expressions) => string;

/** Never a bare literal, which an `order by` would take for the number of a column. */
const literals: Readonly<Record<Kind, readonly string[]>> = {
  int: ["1::bigint", "0::bigint", "2::bigint", "3::bigint"],
  num: ["0.5::double", "1.25::double"],
  text: ["'a'::varchar", "'b'::varchar", "'it''s'::varchar"],
  bool: ["true::boolean", "false::boolean"],
  date: ["cast('2024-01-03' as date)", "cast('2024-02-02' as date)"],
  time: ["cast('2024-01-02 01:30:00' as timestamp)"],
  ints: ["([1, 2]::bigint[])", "([]::bigint[])"],
  texts: ["(['a', 'b']::varchar[])"],
  body: ["{'a': 1, 'b': 'a'}"],
};

const toInt: Readonly<Record<Kind, (column: string) => string>> = {
  int: (column) => column,
  num: (column) => `cast(floor(${column}) as bigint)`,
  text: (column) => `length(${column})`,
  bool: (column) => `cast(${column} as bigint)`,
  date: (column) => `day(${column})`,
  time: (column) => `hour(${column})`,
  ints: (column) => `len(${column})`,
  texts: (column) => `len(${column})`,
  body: (column) => `(${column}).a`,
};

/** A value of a kind out of a column of another. */
const bridges: Readonly<Record<Kind, (from: Named) => string>> = {
  int: ({ sql, kind }) => toInt[kind](sql),
  num: ({ sql, kind }) => `(${toInt[kind](sql)} / 2)`,
  text: ({ sql }) => `cast(${sql} as varchar)`,
  bool: ({ sql, kind }) => `(${toInt[kind](sql)} > 0)`,
  date: ({ sql, kind }) => `(DATE '2024-01-01' + cast(${toInt[kind](sql)} as integer))`,
  time: ({ sql, kind }) => `(TIMESTAMP '2024-01-01 00:00:00' + interval (${toInt[kind](sql)}) day)`,
  ints: ({ sql, kind }) => `[${toInt[kind](sql)}, 1]`,
  texts: ({ sql }) => `[cast(${sql} as varchar)]`,
  body: ({ sql, kind }) => `{'a': ${toInt[kind](sql)}, 'b': cast(${sql} as varchar)}`,
};

/** Ways to make a value of any kind out of values of the same kind. */
const ofAnyKind: readonly ((kind: Kind) => Option)[] = [
  (kind) => (of) => `coalesce(${of(kind)}, ${of(kind)})`,
  (kind) => (of) => `case when ${of("bool")} then ${of(kind)} else ${of(kind)} end`,
  (kind) => (of) => `case when ${of("bool")} then ${of(kind)} when ${of("bool")} then ${of(kind)} end`,
  (kind) => (of, made) => {
    const by = made.plainKind();
    return `case ${of(by)} when ${of(by)} then ${of(kind)} else ${of(kind)} end`;
  },
  (kind) => (of) => `nullif(${of(kind)}, ${of(kind)})`,
  (kind) => (_, made) => made.scalarSubquery(kind),
  (kind) => (of) => `if(${of("bool")}, ${of(kind)}, ${of(kind)})`,
  (kind) => (of) => `list_extract([${of(kind)}, ${of(kind)}], 1 + abs(${of("int")} % 2))`,
  (kind) => (of) => `{'x': ${of(kind)}, 'y': ${of("int")}}.x`,
  (kind) => (of) => `struct_extract(struct_pack(y := ${of("text")}, x := ${of(kind)}), 'x')`,
  (kind) => (of) => `map([coalesce(${of("int")}, 0)], [${of(kind)}])[${of("int")}]`,
];

const options: Readonly<Record<Kind, readonly Option[]>> = {
  int: [
    (of) => `(${of("int")} + ${of("int")})`,
    (of) => `(${of("int")} - ${of("int")})`,
    (of) => `(${of("int")} * ${of("int")})`,
    (of) => `abs(${of("int")})`,
    (of) => `length(${of("text")})`,
    (of) => `cast(${of("bool")} as bigint)`,
    (of) => `extract(day from ${of("date")})`,
    (of) => `date_diff('day', ${of("date")}, ${of("time")}::date)`,
    (of) => `len(${of("ints")})`,
    (of) => `cast(list_sum(${of("ints")}) as bigint)`,
    (of) => `(${of("ints")})[1]`,
    (of) => `(${of("body")}).a`,
    (of) => `greatest(${of("int")}, ${of("int")})`,
    (of) => `try_cast(${of("text")} as bigint)`,
    (of) => `cast(floor(${of("num")}) as bigint)`,
    (of) => `list_position(${of("texts")}, ${of("text")})`,
    (of, made) =>
      made.lambda(
        (x, y) => `list_reduce(list_concat([0::bigint], ${of("ints")}), lambda ${x}, ${y}: ${x} + ${y})`,
      ),
    (of) => `(${of("int")} // 2)`,
    (of) => `(${of("int")} & 3)`,
  ],
  num: [
    (of) => `(${of("num")} + ${of("num")})`,
    (of) => `(${of("num")} - ${of("int")})`,
    (of) => `(${of("int")} / ${of("int")})`,
    (of) => `round(${of("num")}, 1)`,
    (of) => `cast(${of("int")} as double)`,
    (of) => `least(${of("num")}, ${of("num")})`,
    (of) => `list_avg(${of("ints")})`,
    (of) => `epoch(${of("time")})`,
  ],
  text: [
    (of) => `lower(${of("text")})`,
    (of) => `(${of("text")} || ${of("text")})`,
    (of) => `concat(${of("text")}, '-', ${of("int")})`,
    (of) => `cast(${of("int")} as varchar)`,
    (of) => `substring(${of("text")}, 1, 2)`,
    (of) => `replace(${of("text")}, ${of("text")}, '_')`,
    (of) => `strftime(${of("date")}, '%m/%d')`,
    (of) => `(${of("body")}).b`,
    (of) => `list_extract(${of("texts")}, 2)`,
    (of) => `array_to_string(${of("texts")}, ',')`,
    (of) => `regexp_replace(${of("text")}, '[a-c]+', ${of("text")})`,
    (of) => `json_extract_string(to_json(${of("body")}), '$.b')`,
    (of) => `format('{}|{}', ${of("text")}, ${of("int")})`,
    (of) => `(to_json(${of("ints")}) ->> '$[0]')`,
    (of) => `cast(${of("body")} as varchar)`,
  ],
  bool: [
    (of, made) => made.comparison(of),
    (of) => `(not ${of("bool")})`,
    (of) => `(${of("bool")} and ${of("bool")})`,
    (of) => `(${of("bool")} or ${of("bool")})`,
    (of, made) => `(${of(made.plainKind())} is null)`,
    (of) => `(${of("int")} between ${of("int")} and ${of("int")})`,
    (of) => `(${of("text")} in ('a', 'b', ${of("text")}))`,
    (of) => `(${of("text")} like '%' || ${of("text")} || '%')`,
    (of) => `list_contains(${of("ints")}, ${of("int")})`,
    (of) => `(${of("int")} in ${of("ints")})`,
    (_, made) => made.existsSubquery(),
    (_, made) => made.inSubquery(),
    (_, made) => made.quantifiedSubquery(),
    (of) => `starts_with(${of("text")}, ${of("text")})`,
    (of) => `((${of("int")}, ${of("text")}) = (${of("int")}, ${of("text")}))`,
  ],
  date: [
    (of) => `(${of("date")} + cast(${of("int")} as integer))`,
    (of) => `cast(${of("time")} as date)`,
    (of) => `cast(date_trunc('month', ${of("date")}) as date)`,
    (of) => `greatest(${of("date")}, ${of("date")})`,
    (of) => `last_day(${of("date")})`,
  ],
  time: [
    (of) => `cast(${of("date")} as timestamp)`,
    (of) => `(${of("time")} + interval (${of("int")}) hour)`,
    (of) => `date_trunc('day', ${of("time")})::timestamp`,
  ],
  ints: [
    (of) => `[${of("int")}, ${of("int")}]`,
    (of, made) => made.lambda((x) => `list_transform(${of("ints")}, lambda ${x}: ${x} + ${of("int")})`),
    (of, made) => made.lambda((x) => `list_filter(${of("ints")}, lambda ${x}: ${x} > ${of("int")})`),
    (of, made) => made.lambda((x) => `[${x} * ${of("int")} for ${x} in ${of("ints")} if ${of("bool")}]`),
    (of, made) => made.lambda((x, y) => `list_transform(${of("ints")}, lambda ${x}, ${y}: ${x} + ${y})`),
    (of) => `list_concat(${of("ints")}, ${of("ints")})`,
    (of) => `list_sort(${of("ints")})`,
    (of) => `range(${of("int")} % 4)`,
    (_, made) => made.arraySubquery(),
  ],
  texts: [
    (of) => `[${of("text")}, ${of("text")}]`,
    (of) => `string_split(${of("text")}, ',')`,
    (of, made) =>
      made.lambda((x) => `list_transform(${of("ints")}, lambda ${x}: ${x}::varchar || ${of("text")})`),
    (of) => `list_sort(${of("texts")}, 'desc')`,
    (of) => `list_append(${of("texts")}, ${of("text")})`,
  ],
  body: [
    (of) => `{'a': ${of("int")}, 'b': ${of("text")}}`,
    (of) => `struct_pack(a := ${of("int")}, b := ${of("text")})`,
    (of) => `{'b': ${of("text")}, 'a': ${of("int")}}::${typeOf.body}`,
  ],
};

/** Makes expressions over a scope; `depth` bounds how much they nest. */
export class Expressions {
  readonly #maker: Maker;
  readonly #scope: Scope;
  #depth: number;

  constructor(maker: Maker, scope: Scope, depth: number) {
    this.#maker = maker;
    this.#scope = scope;
    this.#depth = depth;
  }

  of(kind: Kind): string {
    const { choices } = this.#maker;
    if (this.#depth <= 0 || choices.below(5) < 3) return this.column(kind);
    const own = options[kind];
    const make = choices.once(3) ? this.#maker.way("values", ofAnyKind)(kind) : this.#maker.way(kind, own);
    this.#depth -= 1;
    try {
      return make((other) => this.of(other), this);
    } finally {
      this.#depth += 1;
    }
  }

  /** A column of the scope; made of another column where there is none of the kind, seldom a literal. */
  column(kind: Kind): string {
    const { choices } = this.#maker;
    const { own, outer } = this.#scope;
    const from = outer.length > 0 && choices.once(4) ? outer : own;
    if (from.length === 0 || choices.once(16)) return choices.pick(literals[kind]);
    const fitting = from.filter((one) => one.kind === kind);
    return fitting.length > 0 ? choices.pick(fitting).sql : bridges[kind](choices.pick(from));
  }

  plainKind(): Kind {
    return this.#maker.choices.pick(plainKinds);
  }

  comparison(of: Of): string {
    const { choices } = this.#maker;
    const kind = this.plainKind();
    const operator = choices.pick(["=", "<", ">=", "<>", "is distinct from", "is not distinct from"]);
    return `(${of(kind)} ${operator} ${of(kind)})`;
  }

  /** An expression that may use names of its own for the items of a list. */
  lambda(make: (x: string, y: string) => string): string {
    return make(this.#maker.fresh("x"), this.#maker.fresh("y"));
  }

  scalarSubquery(kind: Kind): string {
    const inner = this.#subquery([kind]);
    const from = this.#maker.fresh("s");
    const value = `${from}.${inner.columns[0]!.name}`;
    const rows = `from (${inner.sql}) as ${from}`;
    const forms = [
      `(select ${value} ${rows} order by ${value} limit 1)`,
      // Without an order the value is certain only where all rows have the same one.
      `(select ${value} ${rows} limit 1)`,
      `(select ${this.column(kind)} ${rows} limit 1)`,
      `(select ${this.column(kind)} where ${this.column("bool")})`,
    ];
    const hasLeast = kind !== "ints" && kind !== "texts" && kind !== "body" && kind !== "bool";
    return this.#maker.way(
      hasLeast ? "least values" : "other values",
      hasLeast ? [`(select max(${value}) ${rows})`, `(select min(${value}) ${rows})`, ...forms] : forms,
    );
  }

  existsSubquery(): string {
    const not = this.#maker.choices.once(2) ? "not " : "";
    return `(${not}exists (${this.#subquery(undefined).sql}))`;
  }

  inSubquery(): string {
    const kind = this.plainKind();
    const not = this.#maker.choices.once(2) ? "not " : "";
    return `(${this.column(kind)} ${not}in (${this.#subquery([kind]).sql}))`;
  }

  quantifiedSubquery(): string {
    const { choices } = this.#maker;
    const operator = choices.pick(["= any", "> any", "<= all", "<> all"]);
    return `(${this.column("int")} ${operator} (${this.#subquery(["int"]).sql}))`;
  }

  arraySubquery(): string {
    const { sql, columns } = this.#subquery(["int"]);
    const from = this.#maker.fresh("s");
    const value = `${from}.${columns[0]!.name}`;
    return `array(select ${value} from (${sql}) as ${from} order by ${value})`;
  }

  #subquery(wanted: readonly Kind[] | undefined): { sql: string; columns: readonly { name: string }[] } {
    return this.#maker.query(this.#depth - 1, wanted, [...this.#scope.own, ...this.#scope.outer]);
  }
}
