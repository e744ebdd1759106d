/** Made-up aggregates and window functions of a wanted kind. */
import type { Choices } from "../choices.ts";
import type { Kind } from "./maker.ts";

type Of = (kind: Kind) => string;
type Option = (of: Of) => string;

const aggregates: Readonly<Record<Kind, readonly Option[]>> = {
  int: [
    (of) => `max(${of("int")})`,
    () => "count(*)",
    (of) => `count(${of("text")})`,
    (of) => `count(distinct ${of("int")})`,
    (of) => `cast(sum(${of("int")}) as bigint)`,
    (of) => `min(${of("int")})`,
    (of) => `arg_max(${of("int")}, ${of("num")})`,
    (of) => `count(*) filter (where ${of("bool")})`,
    (of) => `cast(sum(distinct ${of("int")}) filter (where ${of("bool")}) as bigint)`,
    (of) => `first(${of("int")} order by ${of("int")}, ${of("text")})`,
    (of) => `bit_xor(${of("int")})`,
    (of) => `mode(${of("int")})`,
  ],
  num: [
    (of) => `avg(${of("int")})`,
    (of) => `sum(${of("num")})`,
    (of) => `median(${of("num")})`,
    (of) => `quantile_cont(${of("num")}, 0.25)`,
    (of) => `percentile_cont(0.5) within group (order by ${of("num")})`,
    (of) => `stddev_pop(${of("num")})`,
    (of) => `max(${of("num")}) filter (where ${of("bool")})`,
    (of) => `regr_slope(${of("num")}, ${of("int")})`,
  ],
  text: [
    (of) => `min(${of("text")})`,
    (of) => `max(${of("text")}) filter (where ${of("bool")})`,
    (of) => `string_agg(${of("text")}, ',' order by ${of("text")})`,
    (of) => `string_agg(${of("text")}, '|' order by ${of("int")}, ${of("text")})`,
    (of) => `arg_min(${of("text")}, ${of("int")})`,
    (of) => `last(${of("text")} order by ${of("date")}, ${of("text")})`,
    (of) => `cast(list_sort(list(distinct ${of("text")})) as varchar)`,
    (of) => `string_agg(${of("text")}, ',')`,
    (of) => `first(${of("text")})`,
  ],
  bool: [
    (of) => `bool_and(${of("bool")})`,
    (of) => `bool_or(${of("bool")})`,
    () => "(count(*) > 1)",
    (of) => `(sum(${of("int")}) > min(${of("num")}))`,
  ],
  date: [(of) => `max(${of("date")})`, (of) => `min(${of("date")}) filter (where ${of("bool")})`],
  time: [(of) => `min(${of("time")})`, (of) => `arg_max(${of("time")}, ${of("int")})`],
  ints: [
    (of) => `list(${of("int")} order by ${of("int")})`,
    (of) => `list_sort(array_agg(distinct ${of("int")}))`,
    (of) => `max(${of("int")}, 2)`,
    (of) => `list(${of("int")})`,
    (of) => `list(${of("int")} order by ${of("text")}, ${of("int")}) filter (where ${of("bool")})`,
    (of) => `min(${of("ints")})`,
  ],
  texts: [
    (of) => `list(${of("text")} order by ${of("text")} desc)`,
    (of) => `map_keys(histogram(${of("text")}))`,
  ],
  body: [
    (of) => `{'a': max(${of("int")}), 'b': min(${of("text")})}`,
    (of) => `arg_max({'a': ${of("int")}, 'b': ${of("text")}}, ${of("int")})`,
    (of) => `max(${of("body")})`,
  ],
};

/** An aggregate over rows whose columns `of` makes expressions of. */
export const aggregate = (choices: Choices, kind: Kind, of: Of): string => choices.pick(aggregates[kind])(of);

const windowFunctions: Readonly<Partial<Record<Kind, readonly Option[]>>> = {
  int: [
    () => "row_number()",
    () => "rank()",
    () => "dense_rank()",
    () => "count(*)",
    () => "ntile(2)",
    (of) => `count(${of("text")}) filter (where ${of("bool")})`,
    (of) => `bit_or(${of("int")})`,
  ],
  num: [
    () => "percent_rank()",
    () => "cume_dist()",
    (of) => `avg(${of("num")})`,
    (of) => `sum(${of("num")}) filter (where ${of("bool")})`,
  ],
};

const ofAnyKind: readonly ((kind: Kind) => Option)[] = [
  (kind) => (of) => `first_value(${of(kind)})`,
  (kind) => (of) => `lag(${of(kind)})`,
  (kind) => (of) => `lead(${of(kind)}, 1, ${of(kind)})`,
  (kind) => (of) => `last_value(${of(kind)} ignore nulls)`,
  (kind) => (of) => `nth_value(${of(kind)}, 2)`,
  (kind) => (of) => `max(${of(kind)})`,
  (kind) => (of) => `lag(${of(kind)}, cast(${of("int")} as integer))`,
  (kind) => (of) => `first_value(${of(kind)} order by ${of("text")})`,
];

const frames = [
  "",
  "rows between 1 preceding and current row",
  "rows between unbounded preceding and unbounded following",
  "rows between current row and 1 following exclude current row",
  "groups between 1 preceding and current row",
];

/** A window function; ties of its order are broken by the data where `total` columns are given. */
export function windowFunction(choices: Choices, kind: Kind, of: Of, total: readonly string[]): string {
  return `${windowCall(choices, kind, of)} over ${windowOf(choices, of, total)}`;
}

/** The function of a window, without the window. */
export function windowCall(choices: Choices, kind: Kind, of: Of): string {
  const own = windowFunctions[kind] ?? [];
  const option = choices.below(own.length + ofAnyKind.length);
  return (option < own.length ? own[option]! : ofAnyKind[option - own.length]!(kind))(of);
}

/** A window in brackets. */
export function windowOf(choices: Choices, of: Of, total: readonly string[]): string {
  const partition = choices.once(2) ? `partition by ${of(choices.pick(["text", "int", "bool"]))} ` : "";
  if (choices.once(8)) return `(${partition})`;
  const first = of(choices.pick(["int", "text", "date", "num"]));
  const direction = choices.pick(["", " desc", " nulls first"]);
  if (choices.once(6)) {
    return `(${partition}order by ${of("int")}${direction} range between 1 preceding and 1 following)`;
  }
  // Most of the time the order leaves no ties but between equal rows.
  const ties = choices.once(4) ? [] : total;
  const order = [first + direction, ...ties].join(", ");
  return `(${partition}order by ${order} ${choices.pick(frames)})`;
}
