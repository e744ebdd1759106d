/** Workload (k) for rows that come in several sizes: how cost grows with the number of models. */
import type { RowResult } from "./result.ts";

/** How the CPU time of a row's subject grows with the size of the project. */
export interface Growth {
  /** The rows' id with `*` for the size. */
  readonly rows: string;
  readonly sizes: readonly number[];
  /** Slope of the least-squares line through the logarithms: 1 is linear, 2 quadratic. */
  readonly exponent: number;
}

/** One for each kind of row that was measured at three sizes or more. CPU time, because neighbours disturb it less. */
export function growthOf(rows: readonly RowResult[]): readonly Growth[] {
  const kinds = new Map<string, { readonly size: number; readonly cpu: number }[]>();
  for (const { id, facts, subject, standings } of rows) {
    const size = facts["models"];
    const cpu = standings.find(({ contender }) => contender === subject)?.cpu;
    if (typeof size !== "number" || cpu === undefined || cpu <= 0) continue;
    const kind = id.replace(`-${size}-`, "-*-");
    kinds.set(kind, [...(kinds.get(kind) ?? []), { size, cpu }]);
  }
  return [...kinds].flatMap(([kind, points]) =>
    points.length < 3
      ? []
      : [
          {
            rows: kind,
            sizes: points.map(({ size }) => size).toSorted((a, b) => a - b),
            exponent: slope(points.map(({ size, cpu }) => [Math.log(size), Math.log(cpu)])),
          },
        ],
  );
}

function slope(points: readonly (readonly [x: number, y: number])[]): number {
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const [x, y] = [mean(points.map((point) => point[0])), mean(points.map((point) => point[1]))];
  const sum = (term: (point: readonly [number, number]) => number): number =>
    points.reduce((total, point) => total + term(point), 0);
  return sum((point) => (point[0] - x) * (point[1] - y)) / sum((point) => (point[0] - x) ** 2);
}
