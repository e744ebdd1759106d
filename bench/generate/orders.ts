/**
 * The raw data of workload (a): a shop's customers, orders and order lines. The same scale, seed and engine
 * make the same bytes. Every row fits the contracts; what only the models' checks see is seeded here.
 */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";

export type RawFormat = "csv" | "parquet";

/** One landing table: its columns with the engine's types, and the query that makes its rows. */
export interface RawTable {
  readonly name: "customers" | "orders" | "order_lines";
  readonly columns: Readonly<Record<string, string>>;
  readonly rows: number;
  /** How many files it is delivered in. */
  readonly files: number;
}

/** Sizes at a scale; at scale 1: half a million customers, 1.5 million orders, 8 million lines. */
export function rawTables(scale: number): readonly RawTable[] {
  const rows = (atScaleOne: number): number => Math.max(Math.round(atScaleOne * scale), 100);
  return [
    {
      name: "customers",
      files: 1,
      rows: rows(500_000),
      columns: {
        customer_id: "BIGINT",
        email: "VARCHAR",
        country: "VARCHAR",
        segment: "VARCHAR",
        signed_up_at: "TIMESTAMP",
        birth_year: "BIGINT",
        newsletter: "BOOLEAN",
      },
    },
    {
      name: "orders",
      files: 3,
      rows: rows(1_500_000),
      columns: {
        order_id: "BIGINT",
        customer_id: "BIGINT",
        ordered_at: "TIMESTAMP",
        status: "VARCHAR",
        channel: "VARCHAR",
        shipping_fee: "DECIMAL(9,2)",
        coupon: "VARCHAR",
      },
    },
    {
      name: "order_lines",
      files: 8,
      rows: rows(8_000_000),
      columns: {
        line_id: "BIGINT",
        order_id: "BIGINT",
        product_id: "BIGINT",
        quantity: "BIGINT",
        unit_price: "DECIMAL(9,2)",
        discount: "DECIMAL(4,3)",
        warehouse: "VARCHAR",
        shipped_on: "DATE",
      },
    },
  ];
}

/** How many products are sold, at any scale. */
const products = 20_000;

/** Write the landing files into `directory/<table>/`. `delivery` counts from 1; each has other rows. */
export async function writeOrders(
  directory: string,
  format: RawFormat,
  scale: number,
  delivery: number,
): Promise<void> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  const tables = rawTables(scale);
  const count = (name: RawTable["name"]): number => tables.find((table) => table.name === name)?.rows ?? 0;
  const queries = rawQueries(count("customers"), count("orders"), 42 + delivery);
  for (const table of tables) {
    await mkdir(join(directory, table.name), { recursive: true });
    for (let file = 0; file < table.files; file++) {
      const from = Math.floor((table.rows * file) / table.files);
      const to = Math.floor((table.rows * (file + 1)) / table.files);
      const path = join(directory, table.name, `part-${file}.${format}`).replaceAll("'", "''");
      const options = format === "csv" ? "format csv, header" : "format parquet, compression zstd";
      await connection.run(`copy (${queries[table.name](from, to)}) to '${path}' (${options})`);
    }
  }
  connection.closeSync();
  instance.closeSync();
}

/** The queries that make the rows numbered `from` to below `to`. `pick(salt, n)` is a number from 0 to n - 1 by row. */
function rawQueries(
  customers: number,
  orders: number,
  seed: number,
): Record<RawTable["name"], (from: number, to: number) => string> {
  const pick = (salt: number, n: number): string => `(hash(i, ${seed * 100 + salt}) % ${n})::bigint`;
  const oneOf = (salt: number, values: readonly string[]): string =>
    `[${values.map((value) => `'${value}'`).join(", ")}][${pick(salt, values.length)} + 1]`;
  return {
    // Seeded: every 1,000th customer has the address of customer 0, and every 1,000th signed up after all orders.
    customers: (from, to) => `select i as customer_id,
        case when i = 0 or i % 1000 = 999 then 'customer0@example.com' else concat('customer', i, '@', ${oneOf(1, ["example.com", "example.org", "mail.example", "shop.example"])}) end as email,
        ${oneOf(2, countries)} as country, ${oneOf(3, ["consumer", "consumer", "consumer", "business", "public"])} as segment,
        case when i % 1000 = 500 then timestamp '2026-01-01' else timestamp '2022-01-01' + to_seconds(${pick(4, 63_072_000)}) end as signed_up_at,
        case when ${pick(5, 10)} = 0 then null else 1940 + ${pick(6, 66)} end as birth_year, ${pick(7, 3)} = 0 as newsletter
      from range(${from}, ${to}) r(i)`,
    // Seeded: every 1,000th order names a customer that does not exist, every 900th an impossible channel and status together.
    orders: (
      from,
      to,
    ) => `select i as order_id, case when i % 1000 = 999 then ${customers} + i else ${pick(11, customers)} end as customer_id,
        timestamp '2024-01-01' + to_seconds(${pick(12, 63_072_000)}) as ordered_at,
        case when i % 900 = 899 then 'returned' else ${oneOf(13, ["placed", "paid", "shipped", "delivered", "delivered", "delivered", "returned", "cancelled"])} end as status,
        case when i % 900 = 899 then 'gift' else ${oneOf(14, ["web", "web", "app", "store", "phone"])} end as channel,
        (${pick(15, 1500)} / 100)::decimal(9,2) as shipping_fee,
        case when ${pick(16, 5)} = 0 then concat('SAVE', 5 * (1 + ${pick(17, 6)})) end as coupon
      from range(${from}, ${to}) r(i)`,
    // Seeded: every 1,000th line has a discount of 0.9, every 1,500th a quantity of 500.
    order_lines: (
      from,
      to,
    ) => `select i as line_id, ${pick(21, orders)} as order_id, ${pick(22, products)} as product_id,
        case when i % 1500 = 1499 then 500 else 1 + ${pick(23, 9)} end as quantity,
        ((199 + ${pick(24, 50_000)}) / 100)::decimal(9,2) as unit_price,
        (case when i % 1000 = 999 then 0.9 when ${pick(25, 4)} = 0 then ${pick(26, 40)} / 100 else 0 end)::decimal(4,3) as discount,
        ${oneOf(27, ["north", "south", "east", "west"])} as warehouse,
        case when ${pick(28, 12)} = 0 then null else date '2024-01-02' + ${pick(29, 735)}::integer end as shipped_on
      from range(${from}, ${to}) r(i)`,
  };
}

/** Where customers live. */
export const countries = ["AT", "BE", "CH", "DE", "DK", "ES", "FR", "GB", "IT", "NL", "PL", "SE"] as const;
