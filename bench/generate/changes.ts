/** The data of the row about late rows: changes of orders, of which the last of each order stands. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";

/** How many changes there are at a scale, and how many more come late: 1 %. */
export const changeRows = (scale: number): { readonly first: number; readonly late: number } => {
  const first = Math.max(Math.round(10_000_000 * scale), 10_000);
  return { first, late: Math.round(first / 100) };
};

/** Write the changes that are there at first and those that come late; four of five orders have one change only. */
export async function writeChanges(directory: string, scale: number): Promise<void> {
  await mkdir(directory, { recursive: true });
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  const { first, late } = changeRows(scale);
  const orders = Math.round(first * 0.8);
  for (const [name, from, to] of [
    ["first", 0, first],
    ["late", first, first + late],
  ] as const) {
    const path = join(directory, `${name}.parquet`).replaceAll("'", "''");
    // Late rows are of any order and of any time, as late rows are.
    await connection.run(`copy (
      select (hash(i) % ${orders})::bigint as order_id, timestamp '2026-01-01' + to_seconds((hash(i, 1) % 31536000)::bigint) as changed_at,
        ['placed', 'paid', 'shipped', 'delivered'][(hash(i, 2) % 4)::bigint + 1] as state,
        ((hash(i, 3) % 100000) / 100)::decimal(9,2) as amount, concat('customer ', hash(i, 4) % 500000) as customer,
        concat('note ', md5(i::varchar)) as note, hash(i, 5) % 50 = 0 as gone
      from range(${from}, ${to}) r(i)) to '${path}' (format parquet, compression zstd)`);
  }
  connection.closeSync();
  instance.closeSync();
}
