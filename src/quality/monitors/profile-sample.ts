import {
  type ColumnProfile,
  type Profile,
  type ProfiledColumn,
  quantileCount,
  type TopValue,
  topCount,
} from "../../graph/profile.ts";

/** Values of one column in the rows that were looked at: as numbers where they have an order, else as text. */
export interface SampledColumn {
  readonly name: string;
  readonly values: readonly (number | string | null)[];
  /** Of text: how many characters each value has. */
  readonly lengths?: readonly (number | null)[];
}

/** The profile of a table from some of its rows. `rows`: how many it has. */
export function profileSample(
  sample: readonly SampledColumn[],
  columns: readonly ProfiledColumn[],
  rows: number,
): Profile {
  const hidden = new Set(columns.filter(({ personal }) => personal).map(({ name }) => name));
  return {
    rows,
    sampled: sample[0]?.values.length ?? 0,
    columns: sample.map((column) => profileColumn(column, hidden.has(column.name))),
  };
}

function profileColumn({ name, values, lengths }: SampledColumn, isPersonal: boolean): ColumnProfile {
  const counts = new Map<number | string, number>();
  for (const value of values) if (value !== null) counts.set(value, (counts.get(value) ?? 0) + 1);
  const present = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const shares = {
    name,
    nulls: values.length === 0 ? 0 : short(1 - present / values.length),
    distinct: present === 0 ? 0 : short(counts.size / present),
    top: topOf(counts, present, isPersonal),
  };
  const numbers = (lengths ?? values).filter((value) => typeof value === "number" && Number.isFinite(value));
  if (isPersonal || numbers.length === 0) return shares;
  return { ...shares, ...numbersOf(Float64Array.from(numbers as number[])) };
}

/** The most frequent values. What comes once only is nobody's habit: of that, only the share is kept. */
function topOf(
  counts: ReadonlyMap<number | string, number>,
  present: number,
  isPersonal: boolean,
): TopValue[] {
  const top: [number | string, number][] = [];
  for (const entry of counts) {
    const last = top[topCount - 1];
    if (last !== undefined && entry[1] <= last[1]) continue;
    top.push(entry);
    top.sort(([a, x], [b, y]) => y - x || (String(a) < String(b) ? -1 : 1));
    top.length = Math.min(top.length, topCount);
  }
  const repeated = top.filter(([, count], place) => place === 0 || count > 1);
  return repeated.map(([value, count]) => ({
    ...(isPersonal || count === 1 ? {} : { value: String(value) }),
    share: short(count / present),
  }));
}

function numbersOf(values: Float64Array): Pick<ColumnProfile, "mean" | "deviation" | "quantiles"> {
  values.sort();
  const [least = 0] = values;
  // From the least value on, so that times, which are large and lie close together, lose nothing.
  const mean = least + values.reduce((sum, value) => sum + (value - least), 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const at = (share: number): number => {
    const place = share * (values.length - 1);
    const [low, high] = [values[Math.floor(place)] ?? 0, values[Math.ceil(place)] ?? 0];
    return low + (high - low) * (place - Math.floor(place));
  };
  return {
    mean,
    deviation: short(Math.sqrt(squares / values.length)),
    quantiles: Array.from({ length: quantileCount }, (_, index) => at(index / (quantileCount - 1))),
  };
}

/** Six digits say more than a sample knows. */
const short = (value: number): number => Number(value.toPrecision(6));
