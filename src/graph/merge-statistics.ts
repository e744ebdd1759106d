import type { ColumnStatistics } from "./table-column.ts";

/** Statistics of a table from those of its parts: nulls add up, limits widen. A limit unknown in one part is unknown. */
export function mergeStatistics(
  parts: readonly { readonly rows: number; readonly columns: readonly ColumnStatistics[] }[],
): ColumnStatistics[] {
  const filled = parts.filter((part) => part.rows > 0);
  const [first, ...rest] = filled.length > 0 ? filled : parts.slice(0, 1);
  if (!first) return [];
  return first.columns.map((column) =>
    rest.reduce<ColumnStatistics>((merged, part) => {
      const other = part.columns.find((candidate) => candidate.name === column.name);
      return other
        ? mergeColumn(merged, other)
        : {
            name: column.name,
            engineType: column.engineType,
            nulls: merged.nulls,
            ...(merged.loose ? { loose: true } : {}),
          };
    }, column),
  );
}

function mergeColumn(a: ColumnStatistics, b: ColumnStatistics): ColumnStatistics {
  const order = comparison(a.engineType);
  const min = pick(a.min, b.min, (x, y) => order(x, y) <= 0);
  const max = pick(a.max, b.max, (x, y) => order(x, y) >= 0);
  return {
    name: a.name,
    engineType: a.engineType,
    nulls: a.nulls + b.nulls,
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    ...(a.numbers && b.numbers ? { numbers: true } : {}),
    ...(a.loose || b.loose ? { loose: true } : {}),
  };
}

function pick(
  a: string | undefined,
  b: string | undefined,
  first: (a: string, b: string) => boolean,
): string | undefined {
  return a === undefined || b === undefined ? undefined : first(a, b) ? a : b;
}

/** Numbers by value; everything else by its text, which sorts right for ISO dates and timestamps. */
function comparison(engineType: string): (a: string, b: string) => number {
  return /INT|DOUBLE|FLOAT|DECIMAL/.test(engineType)
    ? (a, b) => Number(a) - Number(b)
    : (a, b) => (a < b ? -1 : a > b ? 1 : 0);
}
