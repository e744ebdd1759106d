import type { ModelDefinition } from "../model-definition.ts";

/** Joins and windows that several marts share. */
export const intermediateModels: readonly ModelDefinition[] = [
  {
    name: "intermediate.order_totals",
    columns: { order_id: { key: true }, net_amount: { min: 0 } },
    checks: [
      {
        check: "referential_integrity",
        column: "order_id",
        to: "staging.orders.order_id",
        name: "order exists",
      },
    ],
    sql: `select order_id, count(*) as lines, sum(quantity)::bigint as items, sum(gross_amount)::decimal(18,2) as gross_amount,
  sum(net_amount)::decimal(18,2) as net_amount, count(distinct warehouse) as warehouses, max(shipped_on) as last_shipped_on
from staging.order_lines group by order_id`,
  },
  {
    name: "intermediate.orders",
    columns: { order_id: { key: true }, net_amount: { min: 0 } },
    checks: [
      { check: "null_values", column: "country", severity: "warn", name: "country is known" },
      {
        check: "row_predicate",
        expression: "ordered_at >= signed_up_at",
        severity: "warn",
        name: "signed up before the first order",
      },
      { check: "row_count", min: 1 },
    ],
    sql: `select o.order_id, o.customer_id, o.ordered_at, o.ordered_on, o.ordered_month, o.status, o.channel, o.coupon, o.is_lost,
  o.shipping_fee, c.country, c.segment, c.age_group, c.signed_up_at, c.signup_month,
  coalesce(t.lines, 0) as lines, coalesce(t.items, 0) as items,
  coalesce(t.gross_amount, 0)::decimal(18,2) as gross_amount, coalesce(t.net_amount, 0)::decimal(18,2) as net_amount
from staging.orders o
left join staging.customers c on c.customer_id = o.customer_id
left join intermediate.order_totals t on t.order_id = o.order_id`,
  },
  {
    name: "intermediate.lines",
    columns: { line_id: {}, category: {} },
    checks: [
      {
        check: "invalid_values",
        column: "status",
        values: ["placed", "paid", "shipped", "delivered", "returned", "cancelled"],
      },
    ],
    sql: `select l.line_id, l.order_id, l.product_id, p.category, o.customer_id, o.ordered_on, o.ordered_month, o.status, o.channel, o.is_lost,
  l.warehouse, l.quantity, l.gross_amount, l.net_amount, date_diff('day', o.ordered_on, l.shipped_on) as days_to_ship
from staging.order_lines l
join staging.orders o on o.order_id = l.order_id
join staging.products p on p.product_id = l.product_id`,
  },
  {
    name: "intermediate.customer_orders",
    columns: { order_id: { key: true }, order_number: { min: 1 } },
    checks: [{ check: "value_range", column: "days_since_previous", min: 0 }],
    sql: `select order_id, customer_id, ordered_at, net_amount,
  row_number() over later as order_number,
  date_diff('day', lag(ordered_at) over later, ordered_at) as days_since_previous,
  sum(net_amount) over (later rows between unbounded preceding and current row)::decimal(18,2) as net_so_far
from intermediate.orders
window later as (partition by customer_id order by ordered_at, order_id)`,
  },
  {
    name: "intermediate.first_orders",
    columns: { customer_id: { key: true } },
    checks: [
      {
        check: "referential_integrity",
        column: "order_id",
        to: "staging.orders.order_id",
        name: "order exists",
      },
    ],
    sql: `select customer_id, order_id, ordered_at as first_ordered_at, date_trunc('month', ordered_at)::date as cohort, net_amount as first_amount
from intermediate.customer_orders where order_number = 1`,
  },
  {
    name: "intermediate.product_days",
    columns: { items: { min: 1 } },
    checks: [
      {
        check: "referential_integrity",
        column: "product_id",
        to: "staging.products.product_id",
        name: "product exists",
      },
    ],
    sql: `select product_id, category, ordered_on as day, sum(quantity)::bigint as items, sum(net_amount)::decimal(18,2) as net_amount
from intermediate.lines where not is_lost group by product_id, category, ordered_on`,
  },
  {
    name: "intermediate.returned_lines",
    columns: { line_id: { key: true } },
    checks: [{ check: "invalid_values", column: "status", values: ["returned"] }],
    sql: `select line_id, order_id, product_id, category, warehouse, status, ordered_on, net_amount
from intermediate.lines where status = 'returned'`,
  },
  {
    name: "intermediate.customer_months",
    columns: {},
    checks: [{ check: "row_count", min: 1 }],
    sql: `select customer_id, ordered_month as month, count(*) as orders, sum(net_amount)::decimal(18,2) as net_amount, max(ordered_on) as last_ordered_on
from intermediate.orders group by customer_id, ordered_month`,
  },
  {
    name: "intermediate.warehouse_days",
    columns: { warehouse: { oneOf: ["north", "south", "east", "west"] } },
    checks: [
      { check: "row_predicate", expression: "late_lines <= lines", name: "no more late lines than lines" },
    ],
    sql: `select warehouse, ordered_on as day, count(*) as lines, sum(quantity)::bigint as items,
  count(*) filter (where days_to_ship > 14) as late_lines, median(days_to_ship) as median_days_to_ship
from intermediate.lines group by warehouse, ordered_on`,
  },
  {
    name: "intermediate.coupon_orders",
    columns: { percent: { min: 5, max: 30 } },
    checks: [
      {
        check: "referential_integrity",
        column: "order_id",
        to: "intermediate.orders.order_id",
        name: "order exists",
      },
    ],
    sql: `select order_id, customer_id, coupon, replace(coupon, 'SAVE', '')::integer as percent, channel, net_amount, is_lost
from intermediate.orders where coupon is not null`,
  },
];
