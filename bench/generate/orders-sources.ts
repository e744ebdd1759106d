import { countries, type RawFormat } from "./orders.ts";
import type { SourceDefinition } from "./sluice-project.ts";

const anyOf = (values: readonly string[]): string =>
  `t.text().oneOf(${values.map((value) => `"${value}"`).join(", ")})`;

/** The contracts of the shop's raw tables. Every generated row fits them. */
export function ordersSources(format: RawFormat): readonly SourceDefinition[] {
  const source = (name: string, columns: Readonly<Record<string, string>>): SourceDefinition => ({
    name: `raw.${name}`,
    files: `landing/${name}/*.${format}`,
    columns,
  });
  return [
    source("customers", {
      customer_id: "t.integer().key()",
      email: 't.text().minLength(3).tag("pii.email")',
      country: anyOf(countries),
      segment: anyOf(["consumer", "business", "public"]),
      signed_up_at: "t.timestamp()",
      birth_year: "t.integer().nullable().min(1900).max(2030)",
      newsletter: "t.boolean()",
    }),
    source("orders", {
      order_id: "t.integer().key()",
      customer_id: "t.integer().min(0)",
      ordered_at: "t.timestamp()",
      status: anyOf(["placed", "paid", "shipped", "delivered", "returned", "cancelled"]),
      channel: "t.text()",
      shipping_fee: "t.decimal(9, 2).min(0)",
      coupon: "t.text().nullable()",
    }),
    source("order_lines", {
      line_id: "t.integer().key()",
      order_id: "t.integer().min(0)",
      product_id: "t.integer().min(0)",
      quantity: "t.integer().min(1)",
      unit_price: "t.decimal(9, 2).min(0)",
      discount: "t.decimal(4, 3).min(0).max(1)",
      warehouse: anyOf(["north", "south", "east", "west"]),
      shipped_on: "t.date().nullable()",
    }),
  ];
}
