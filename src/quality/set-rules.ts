import type { GraphCheck } from "../graph/graph.ts";
import { quoteName, quoteText } from "../sql/quote.ts";
import { trimQuery } from "../sql/scan-sql.ts";
import { literal, literals } from "./literal.ts";

/** What a query about many rows has to know beside its check. */
export interface SetSetting {
  /** The columns of the dataset's key: shown before others. */
  readonly key: readonly string[];
  /** Names of all columns. */
  readonly names: readonly string[];
}

type Rule<K extends GraphCheck["check"]> = Extract<GraphCheck, { readonly check: K }>;

/** The query whose rows offend; undefined for checks that ask in another way. */
export function offendersQuery(check: GraphCheck, setting: SetSetting): string | undefined {
  switch (check.check) {
    case "distinct_set":
      return distinctSet(check);
    case "monotonic":
      return monotonic(check, setting);
    case "sequential":
      return sequential(check, setting);
    case "intervals_disjoint":
      return intervalsDisjoint(check, setting);
    case "time_coverage":
      return timeCoverage(check);
    case "top_value":
      return topValue(check);
    case "column_exists":
      // A project in which one is missing does not compile.
      return "select 1 as missing where false";
    case "sql":
      return `${judgedAsThis(check.where)}select * from (${trimQuery(check.sql)}\n)`;
    default:
      return undefined;
  }
}

/** Lets a query that somebody wrote see the judged rows only, under the name that it knows. */
export const judgedAsThis = (where: string | undefined): string =>
  where === undefined ? "" : `with this as (select * from main.this where (${where}\n)) `;

/** The rows that are judged: those that meet the condition, and have values where a check needs them. */
export function judged(where: string | undefined, present: readonly string[]): string {
  const conditions = [
    ...(where === undefined ? [] : [`(${where}\n)`]),
    ...present.map((column) => `${quoteName(column)} is not null`),
  ];
  return conditions.length === 0 ? "this" : `(select * from this where ${conditions.join(" and ")})`;
}

const list = (columns: readonly string[]): string => columns.map(quoteName).join(", ");

/** Columns in the order in which a sample shows them, each once. */
const shown = ({ key }: SetSetting, more: readonly string[]): readonly string[] => [
  ...new Set([...key, ...more]),
];

/** A name for something beside the columns that none of them has. */
function freshName({ names }: SetSetting, wanted: string): string {
  const taken = new Set(names.map((name) => name.toLowerCase()));
  let name = wanted;
  while (taken.has(name.toLowerCase())) name += "_";
  return name;
}

const partition = (per: readonly string[] = []): string =>
  per.length === 0 ? "" : `partition by ${list(per)} `;

function distinctSet({ column, values, must, where }: Rule<"distinct_set">): string {
  const name = quoteName(column);
  const rows = judged(where, [column]);
  const wanted = `(select unnest([${literals(values)}]) as wanted)`;
  const missing = `select 'does not occur' as problem, cast(wanted as varchar) as value from ${wanted}
    where not exists (select 1 from ${rows} where ${name} = wanted)`;
  if (must === "contain") return missing;
  return `${missing} union all select distinct 'is not listed', cast(${name} as varchar) from ${rows}
    where ${name} not in (${literals(values)})`;
}

function monotonic(check: Rule<"monotonic">, setting: SetSetting): string {
  const { column, by, per = [], direction = "rising", strict = false, where } = check;
  const before = quoteName(freshName(setting, "before"));
  const order = direction === "rising" ? "asc" : "desc";
  const breaks = { rising: strict ? "<=" : "<", falling: strict ? ">=" : ">" }[direction];
  const name = quoteName(column);
  // Where two rows come at the same time, the order that suits the check is the one that is taken.
  const neighbours = `lag(${name}) over (${partition(per)}order by ${quoteName(by)}, ${name} ${order})`;
  return `select * from (select ${list(shown(setting, [...per, by, column]))}, ${neighbours} as ${before}
    from ${judged(where, [column, by, ...per])}) where ${name} ${breaks} ${before}`;
}

function sequential(check: Rule<"sequential">, setting: SetSetting): string {
  const { column, per = [], step = 1, where } = check;
  const before = quoteName(freshName(setting, "before"));
  const name = quoteName(column);
  return `select * from (select ${list(shown(setting, [...per, column]))},
    lag(${name}) over (${partition(per)}order by ${name}) as ${before}
    from ${judged(where, [column, ...per])}) where ${name} - ${before} <> ${step}`;
}

function intervalsDisjoint(check: Rule<"intervals_disjoint">, setting: SetSetting): string {
  const { start, end, per = [], where } = check;
  const [from, to] = [quoteName(start), quoteName(end)];
  const earlier = quoteName(freshName(setting, "earlier_end"));
  const open = quoteName(freshName(setting, "earlier_is_open"));
  // An interval without an end comes last among those that start together, so that it is behind, not before.
  const window = `(${partition(per)}order by ${from}, ${to} nulls last rows between unbounded preceding and 1 preceding)`;
  return `select * from (select ${list(shown(setting, [...per, start, end]))},
    max(${to}) over ${window} as ${earlier}, coalesce(bool_or(${to} is null) over ${window}, false) as ${open}
    from ${judged(where, [start, ...per])}) where ${from} < ${earlier} or ${open} or ${to} < ${from}`;
}

function timeCoverage({ column, grain, begin, until, where }: Rule<"time_coverage">): string {
  const time = `cast(${quoteName(column)} as timestamp)`;
  const bucket = (value: string): string => `date_trunc('${grain}', ${value})`;
  const present = `(select distinct ${bucket(time)} as bucket from ${judged(where, [column])} where isfinite(${time}))`;
  const first =
    begin === undefined ? `(select min(bucket) from ${present})` : bucket(`timestamp ${quoteText(begin)}`);
  const last =
    until === undefined
      ? `(select max(bucket) from ${present})`
      : bucket(`timestamp ${quoteText(until)} - interval 1 microsecond`);
  return `select bucket as "${grain}" from (select unnest(generate_series(${first}, ${last}, interval 1 ${grain})) as bucket)
    where bucket not in (select bucket from ${present}) order by bucket`;
}

/** The most frequent values that break a rule; one row without a value where there is none. */
function topValue({ column, values, min, max, where }: Rule<"top_value">): string {
  const name = quoteName(column);
  const counted = `select ${name} as value, count(*) as times, count(*) / sum(count(*)) over () as share
    from ${judged(where, [column])} group by 1`;
  // Of several that are as frequent, one that is accepted is enough.
  const accepted = values === undefined ? "true" : `bool_or(value in (${literals(values)})) over ()`;
  const top = `select *, ${accepted} as accepted from (select * from (${counted}) qualify rank() over (order by times desc) = 1)`;
  const breaks = [
    ...(min === undefined ? [] : [`share < ${literal(min)}`]),
    ...(max === undefined ? [] : [`share > ${literal(max)}`]),
    "not accepted",
  ];
  const nothing = `select null as value, 0 as times, null as share where not exists (select 1 from ${judged(where, [column])})`;
  return `select value, times, share from (${top}) where ${breaks.join(" or ")} union all ${nothing}`;
}
