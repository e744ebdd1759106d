import type { ModelDefinition } from "../model-definition.ts";
import { countries } from "../orders.ts";

/** Raw tables cleaned up and given names of the business. */
export const stagingModels: readonly ModelDefinition[] = [
  {
    name: "staging.customers",
    columns: {
      customer_id: { key: true },
      country: { oneOf: countries },
      segment: { oneOf: ["consumer", "business", "public"] },
      birth_year: { nullable: true, min: 1930, max: 2010 },
    },
    checks: [
      { check: "row_count", min: 1 },
      { check: "duplicate_values", columns: ["email"], severity: "warn", name: "one customer per address" },
      { check: "null_values", column: "email_domain" },
    ],
    sql: `select customer_id, lower(trim(email)) as email, split_part(lower(trim(email)), '@', 2) as email_domain,
  country, segment, signed_up_at, date_trunc('month', signed_up_at)::date as signup_month, birth_year,
  newsletter, case when birth_year is null then 'unknown' when birth_year < 1965 then 'senior' when birth_year < 1990 then 'adult' else 'young' end as age_group
from raw.customers`,
  },
  {
    name: "staging.orders",
    columns: {
      order_id: { key: true },
      status: { oneOf: ["placed", "paid", "shipped", "delivered", "returned", "cancelled"] },
      shipping_fee: { min: 0, max: 100 },
    },
    checks: [
      {
        check: "invalid_values",
        column: "channel",
        values: ["web", "app", "store", "phone"],
        severity: "warn",
        name: "channel is known",
      },
      {
        check: "referential_integrity",
        column: "customer_id",
        to: "staging.customers.customer_id",
        severity: "warn",
        name: "customer exists",
      },
      { check: "row_count", min: 1 },
    ],
    sql: `select order_id, customer_id, ordered_at, ordered_at::date as ordered_on, date_trunc('month', ordered_at)::date as ordered_month,
  status, channel, shipping_fee, coupon, status in ('cancelled', 'returned') as is_lost
from raw.orders`,
  },
  {
    name: "staging.order_lines",
    columns: {
      line_id: { key: true },
      product_id: { min: 0, max: 19_999 },
      unit_price: { min: 0.01, max: 1000 },
      warehouse: { oneOf: ["north", "south", "east", "west"] },
    },
    checks: [
      {
        check: "value_range",
        column: "discount",
        min: 0,
        max: 0.5,
        severity: "warn",
        name: "discount is at most half",
      },
      {
        check: "value_range",
        column: "quantity",
        min: 1,
        max: 100,
        severity: "warn",
        name: "quantity is plausible",
      },
      {
        check: "referential_integrity",
        column: "order_id",
        to: "staging.orders.order_id",
        name: "order exists",
      },
      { check: "row_predicate", expression: "net_amount <= gross_amount", name: "net is at most gross" },
    ],
    sql: `select line_id, order_id, product_id, quantity, unit_price, discount,
  (quantity * unit_price)::decimal(18,2) as gross_amount,
  (quantity * unit_price * (1 - discount))::decimal(18,2) as net_amount,
  warehouse, shipped_on
from raw.order_lines`,
  },
  {
    name: "staging.products",
    columns: { product_id: { key: true } },
    checks: [
      { check: "row_predicate", expression: "lowest_price <= highest_price", name: "prices are in order" },
    ],
    sql: `select product_id, concat('category-', lpad((product_id % 25)::varchar, 2, '0')) as category,
  min(unit_price) as lowest_price, max(unit_price) as highest_price, count(*) as times_sold
from staging.order_lines group by product_id`,
  },
  {
    name: "staging.calendar",
    columns: { day: { key: true }, quarter: { min: 1, max: 4 } },
    checks: [{ check: "row_count", min: 1, max: 1000 }],
    sql: `select ordered_on as day, date_trunc('month', ordered_on)::date as month, year(ordered_on) as year,
  quarter(ordered_on) as quarter, dayofweek(ordered_on) in (0, 6) as is_weekend
from staging.orders group by ordered_on`,
  },
];
