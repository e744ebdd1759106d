/**
 * The table of workload (d) and its 120 checks: an order's line with twenty columns, numbers and texts with few values and
 * with many. The same shape, scale and engine make the same bytes.
 */
import { DuckDBInstance } from "@duckdb/node-api";
import type { CheckSpec } from "../../src/define/check-spec.ts";
import type { ColumnStatistics } from "../../src/graph/table-column.ts";
import type { NamedCheck } from "./model-definition.ts";

/** `bad`: of a thousand rows one has a wrong value, column by column. `unsorted`: the same, the rows in no order. */
export type TableShape = "clean" | "bad" | "unsorted";

const few = {
  status: ["new", "paid", "packed", "shipped", "delivered", "returned", "cancelled"],
  country: ["DE", "FR", "GB", "US", "NL", "BE", "AT", "CH", "ES", "IT", "PT", "PL"],
  currency: ["EUR", "GBP", "USD", "CHF", "PLN"],
  channel: ["web", "shop", "phone"],
};

const sql = (value: string | number): string => (typeof value === "number" ? String(value) : `'${value}'`);

/** Each column's type, its values in row `i`, and what stands in a wrong row; none where all rows are right. */
function columnsOf(
  rows: number,
): readonly (readonly [name: string, type: string, good: string, wrong?: string])[] {
  const chance = (seed: number, below: number): string => `(hash(i, ${seed}) % ${below})::bigint`;
  const oneOf = (seed: number, values: readonly string[]): string =>
    `[${values.map(sql).join(", ")}][${chance(seed, values.length)} + 1]`;
  return [
    ["id", "bigint", "i", "null"],
    ["customer_id", "bigint", chance(1, 1_000_000), "-1"],
    ["quantity", "bigint", `${chance(2, 20)} + 1`, "99"],
    ["price", "decimal(12,2)", `${chance(3, 100_000)} / 100`, "-5"],
    ["discount", "decimal(12,2)", `${chance(4, 3000)} / 100`, "900"],
    ["score", "double", `${chance(5, 1000)} / 1000`, "2"],
    ["weight", "double", `${chance(6, 1_000_000)} / 7`, "'nan'"],
    ["ordered_on", "date", `date '2024-01-01' + (i * 730 // ${rows})::int`],
    [
      "shipped_on",
      "date",
      `date '2024-01-01' + (i * 730 // ${rows} + ${chance(8, 10)})::int`,
      "date '2023-12-24'",
    ],
    ["created_at", "timestamp", `timestamp '2024-01-01' + to_seconds(i * 63072000 // ${rows})`],
    ["status", "varchar", oneOf(10, few.status), "'lost'"],
    ["country", "varchar", oneOf(11, few.country), "'xx'"],
    ["currency", "varchar", oneOf(12, few.currency), "'eur'"],
    ["channel", "varchar", oneOf(13, few.channel), "null"],
    ["sku", "varchar", `concat('SKU-', lpad(${chance(14, 5000)}::varchar, 5, '0'))`, "'SKU-'"],
    ["email", "varchar", `concat('user', ${chance(15, 800_000)}, '@example.com')`, "'nobody'"],
    ["phone", "varchar", `concat('+49', lpad(${chance(16, 1_000_000_000)}::varchar, 9, '0'))`, "'0'"],
    ["note", "varchar", `case when ${chance(17, 10)} > 0 then concat('note ', ${chance(18, 1000)}) end`],
    ["is_gift", "boolean", `${chance(19, 2)} = 0`],
    ["rating", "bigint", `${chance(20, 5)} + 1`, "7"],
  ];
}

/** What is known of a table that was written. */
export interface WrittenTable {
  readonly path: string;
  readonly rows: number;
  readonly columns: readonly ColumnStatistics[];
}

/** Write the table as Sluice writes what it builds, with the statistics that come back. */
export async function writeCheckTable(path: string, shape: TableShape, rows: number): Promise<WrittenTable> {
  const { openSession } = await import("../../src/engine/duckdb/session.ts");
  const columns = columnsOf(rows);
  const values = columns.map(([name, type, good, wrong], at) => {
    const value =
      shape === "clean" || wrong === undefined
        ? good
        : `case when hash(i, ${100 + at}) % 1000 = 0 then ${wrong} else ${good} end`;
    return `cast(${value} as ${type}) as ${name}`;
  });
  const order = shape === "unsorted" ? " order by hash(i)" : "";
  await using session = await openSession({ memory: 6e9, threads: 2, temporary: `${path}.spill` });
  const { columns: statistics } = await session.build({
    sql: `select ${values.join(", ")} from range(${rows}) t(i)${order}`,
    inputs: [],
    columns: await typesOf(columns.map(([name, type]) => [name, type])),
    parameters: {},
    output: path,
  });
  return { path, rows, columns: statistics };
}

/** Types as the engine spells them. */
async function typesOf(columns: readonly (readonly [string, string])[]) {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  try {
    const reader = await connection.runAndReadAll(
      `describe select ${columns.map(([name, type]) => `null::${type} as ${name}`).join(", ")}`,
    );
    return reader
      .getRows()
      .map(([name, engineType]) => ({ name: String(name), engineType: String(engineType) }));
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

const pattern: Readonly<Record<string, string>> = {
  status: "[a-z]+",
  country: "[A-Z]{2}",
  currency: "[A-Z]{3}",
  channel: "[a-z]+",
  sku: "SKU-[0-9]{5}",
  email: "[^@]+@[^@]+\\.[a-z]+",
  phone: "\\+[0-9]{11}",
  note: "note [0-9]+",
};

const lengths = {
  status: [3, 9],
  country: [2, 2],
  currency: [3, 3],
  channel: [3, 5],
  sku: [9, 9],
  email: [10, 40],
  phone: [12, 12],
  note: [5, 10],
} as const;

const limits: Readonly<Record<string, readonly [string | number, string | number]>> = {
  id: [0, 1e9],
  customer_id: [0, 1e6],
  quantity: [1, 20],
  price: [0, 1000],
  discount: [0, 30],
  score: [0, 1],
  weight: [0, 200_000],
  rating: [1, 5],
  ordered_on: ["2024-01-01", "2026-01-01"],
  shipped_on: ["2024-01-01", "2026-02-01"],
  created_at: ["2024-01-01", "2026-01-01"],
};

/** Rules that people write, on one column and on several. */
const rules = [
  "quantity % 1 = 0",
  "price >= 0",
  "status = lower(status)",
  "country = upper(country)",
  "currency <> 'XXX'",
  "starts_with(sku, 'SKU-')",
  "contains(email, '@')",
  "email = lower(email)",
  "starts_with(phone, '+')",
  "note <> ''",
  "not isnan(score)",
  "not isnan(weight)",
  "isfinite(weight)",
  "created_at < '2026-01-01'",
  "year(ordered_on) in (2024, 2025)",
  "shipped_on >= date '2024-01-01'",
  "channel is not null",
  "is_gift in (true, false)",
  "rating > 0",
  "discount < 100",
  "shipped_on >= ordered_on",
  "discount <= price + 100",
  "price * quantity < 100000",
  "id >= 0 and customer_id >= 0",
  "currency <> 'CHF' or length(country) = 2",
  "not is_gift or price < 10000",
  "status <> 'returned' or shipped_on >= ordered_on",
  "quantity > 0 and price >= 0",
  "length(email) > length(country)",
  "score * rating <= 5",
  "discount / 30 <= 1 + price",
  "customer_id <> 0 or id is not null",
  "created_at >= '2024-01-01' and ordered_on >= '2024-01-01'",
  "channel <> 'shop' or country is not null",
  "sku is not null and quantity is not null",
  "weight * quantity >= 0",
  "id is null or id + 1 > id",
  "channel = 'web' or channel = 'shop' or channel = 'phone' or note is null",
  "country <> 'DE' or currency is not null",
  "rating + quantity < 30",
];

const specs: readonly CheckSpec[] = [
  { check: "row_count", min: 1 },
  { check: "duplicate_values", columns: ["id"] },
  ...columnsOf(1).flatMap(([column]): CheckSpec[] =>
    column === "note" ? [] : [{ check: "null_values", column }],
  ),
  ...Object.entries(limits).flatMap(([column, [min, max]]): CheckSpec[] => [
    { check: "value_range", column, min, max },
    { check: "value_range", column, min },
    { check: "value_range", column, max },
  ]),
  ...Object.entries(few).flatMap(([column, values]): CheckSpec[] => [
    { check: "invalid_values", column, values },
    {
      check: "row_predicate",
      expression: `upper(${column}) in (${values.map((v) => sql(v.toUpperCase())).join(", ")})`,
    },
  ]),
  { check: "invalid_values", column: "rating", values: [1, 2, 3, 4, 5] },
  { check: "invalid_values", column: "quantity", values: Array.from({ length: 20 }, (_, at) => at + 1) },
  ...Object.entries(lengths).map(([column, [min, max]]): CheckSpec => ({
    check: "length",
    column,
    min,
    max,
  })),
  ...Object.entries(pattern).map(([column, text]): CheckSpec => ({
    check: "invalid_values",
    column,
    pattern: text,
  })),
  ...rules.map((expression): CheckSpec => ({ check: "row_predicate", expression })),
];

/** The checks, each under a name of its own. */
export const tableChecks: readonly NamedCheck[] = specs.map((spec, at) => ({
  id: `${at} ${spec.check}`,
  dataset: "shop.lines",
  spec,
}));
