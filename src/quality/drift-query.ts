/**
 * How far the values of a column lie from those of a reference, in SQL over all of both: the definitions of
 * `monitors/drift.ts`, which judges what profiles keep.
 */
import type { DriftMeasure } from "../define/check-spec.ts";

/** Shares below this count as this much in the stability index. */
const floor = 1e-4;

/** A query over one column, `value`, without nulls. */
export interface Distribution {
  readonly rows: string;
  /** Whether the values are numbers (times as seconds), which have an order and distances. */
  readonly isNumber: boolean;
}

/** The query whose only value is the distance; null where one of the two has no values. */
export function driftQuery(by: DriftMeasure, reference: Distribution, current: Distribution): string {
  const both = `reference as (${reference.rows}), present as (${current.rows}),
    counts as (select (select count(*) from reference) as r, (select count(*) from present) as c)`;
  const distance = by === "psi" || by === "js" ? inBins(by, reference.isNumber) : bySteps(by);
  return `with ${both}, ${distance.tables}
    select case when r > 0 and c > 0 then (${distance.value}) end from counts`;
}

interface Distance {
  readonly tables: string;
  readonly value: string;
}

/** Numbers in tenths of the reference, each up to and including its border; everything else value by value. */
function inBins(by: "psi" | "js", isNumber: boolean): Distance {
  const tenths = Array.from({ length: 9 }, (_, index) => `0.${index + 1}`).join(", ");
  // Not the engine's own quantiles: between equal values they may be a hair away from them.
  const borders = `ranked as (select value, row_number() over (order by value) - 1 as rank from reference),
    places as (select unnest([${tenths}]::double[]) * (r - 1) as place from counts where r > 0),
    borders as (select list_distinct(list(a.value + (b.value - a.value) * (place - floor(place)))) as borders
      from places join ranked a on a.rank = cast(floor(place) as bigint) join ranked b on b.rank = cast(ceil(place) as bigint))`;
  const bin = isNumber ? "len(list_filter(borders, lambda border: border < value))" : "value";
  const from = (table: string): string => (isNumber ? `${table}, borders` : table);
  const counted = (table: string): string =>
    `(select bin, count(*) as n from (select ${bin} as bin from ${from(table)}) group by bin)`;
  const shares = `shares as (select coalesce(a.n, 0) / r as q, coalesce(b.n, 0) / c as p
    from counts, ${counted("reference")} a full join ${counted("present")} b on a.bin = b.bin)`;
  // Of bins that neither has, none is seen here: they add nothing.
  const index = `select sum((greatest(p, ${floor}) - greatest(q, ${floor})) * ln(greatest(p, ${floor}) / greatest(q, ${floor}))) from shares`;
  const towards = (one: string, other: string): string =>
    `case when ${one} = 0 then 0 else ${one} * log2(2 * ${one} / (${one} + ${other})) end`;
  const divergence = `select sqrt(greatest(0, sum((${towards("q", "p")} + ${towards("p", "q")}) / 2))) from shares`;
  return {
    tables: isNumber ? `${borders}, ${shares}` : shares,
    value: by === "psi" ? index : divergence,
  };
}

/** At each value of either, how much more of the reference lies at or below it, and how far it is to the next. */
function bySteps(by: "ks" | "wasserstein"): Distance {
  const tables = `marks as (select value, sum(a) as a, sum(b) as b from
      (select value, 1 as a, 0 as b from reference union all select value, 0, 1 from present) group by value),
    steps as (select sum(a) over (order by value) / r - sum(b) over (order by value) / c as below,
      lead(value) over (order by value) - value as width from marks, counts)`;
  const value =
    by === "ks"
      ? "select max(abs(below)) from steps"
      : "select sum(abs(below) * coalesce(width, 0)) from steps";
  return { tables, value };
}
