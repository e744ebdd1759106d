import type { ModelDefinition } from "../model-definition.ts";

/** What people look at. */
export const martModels: readonly ModelDefinition[] = [
  {
    name: "marts.customers",
    columns: { customer_id: { key: true }, lifetime_value: { min: 0 } },
    checks: [
      {
        check: "referential_integrity",
        column: "customer_id",
        to: "staging.customers.customer_id",
        name: "customer exists",
      },
      {
        check: "row_predicate",
        expression: "orders > 0 or last_ordered_on is null",
        name: "no order, no date",
      },
    ],
    sql: `select c.customer_id, c.email_domain, c.country, c.segment, c.age_group, c.signup_month,
  count(o.order_id) as orders, coalesce(sum(o.net_amount), 0)::decimal(18,2) as lifetime_value, max(o.ordered_on) as last_ordered_on
from staging.customers c left join intermediate.orders o on o.customer_id = c.customer_id
group by all`,
  },
  {
    name: "marts.orders",
    columns: { order_id: { key: true }, order_number: { min: 1 } },
    checks: [
      { check: "row_count", min: 1 },
      { check: "row_predicate", expression: "total_amount >= net_amount", name: "total covers net" },
    ],
    sql: `select o.order_id, o.customer_id, o.ordered_on, o.status, o.channel, o.country, o.segment, o.items, o.net_amount,
  (o.net_amount + o.shipping_fee)::decimal(18,2) as total_amount, n.order_number, n.order_number = 1 as is_first, n.days_since_previous
from intermediate.orders o join intermediate.customer_orders n on n.order_id = o.order_id`,
  },
  {
    name: "marts.daily_sales",
    columns: { orders: { min: 1 } },
    checks: [
      {
        check: "invalid_values",
        column: "channel",
        values: ["web", "app", "store", "phone"],
        severity: "warn",
        name: "channel is known",
      },
    ],
    sql: `select ordered_on as day, channel, country, count(*) as orders, sum(items)::bigint as items, sum(net_amount)::decimal(18,2) as net_amount
from intermediate.orders where not is_lost group by all`,
  },
  {
    name: "marts.monthly_revenue",
    columns: { month: { key: true } },
    checks: [
      { check: "row_predicate", expression: "year_to_date >= net_amount", name: "the year covers the month" },
    ],
    sql: `with months as (
  select date_trunc('month', day)::date as month, sum(net_amount)::decimal(18,2) as net_amount from marts.daily_sales group by all
)
select month, net_amount, sum(net_amount) over (partition by year(month) order by month)::decimal(18,2) as year_to_date,
  round(net_amount / nullif(lag(net_amount) over (order by month), 0) - 1, 4) as growth
from months`,
  },
  {
    name: "marts.product_performance",
    columns: { product_id: { key: true }, rank_in_category: { min: 1 } },
    checks: [{ check: "row_count", max: 20_000 }],
    sql: `select product_id, category, sum(items)::bigint as items, sum(net_amount)::decimal(18,2) as net_amount,
  row_number() over (partition by category order by sum(net_amount) desc, product_id) as rank_in_category
from intermediate.product_days group by product_id, category`,
  },
  {
    name: "marts.category_months",
    columns: { share: { min: 0, max: 1 } },
    checks: [],
    sql: `select category, date_trunc('month', day)::date as month, sum(net_amount)::decimal(18,2) as net_amount,
  round(sum(net_amount) / sum(sum(net_amount)) over (partition by date_trunc('month', day)::date), 6) as share
from intermediate.product_days group by category, date_trunc('month', day)::date`,
  },
  {
    name: "marts.cohorts",
    columns: {},
    checks: [{ check: "value_range", column: "months_since", min: 0 }],
    sql: `select f.cohort, date_diff('month', f.cohort, m.month) as months_since, count(*) as customers, sum(m.net_amount)::decimal(18,2) as net_amount
from intermediate.customer_months m join intermediate.first_orders f on f.customer_id = m.customer_id
group by all`,
  },
  {
    name: "marts.rfm",
    columns: { customer_id: { key: true }, monetary: { min: 1, max: 5 } },
    checks: [],
    sql: `select customer_id, ntile(5) over (order by last_ordered_on, customer_id) as recency,
  ntile(5) over (order by orders, customer_id) as frequency, ntile(5) over (order by lifetime_value, customer_id) as monetary
from marts.customers where orders > 0`,
  },
  {
    name: "marts.warehouse_months",
    columns: { late_share: { min: 0, max: 1 } },
    checks: [],
    sql: `select warehouse, date_trunc('month', day)::date as month, sum(lines)::bigint as lines, sum(late_lines)::bigint as late_lines,
  round(sum(late_lines) / sum(lines), 4) as late_share
from intermediate.warehouse_days group by all`,
  },
  {
    name: "marts.coupons",
    columns: {},
    checks: [{ check: "duplicate_values", columns: ["coupon", "channel"] }],
    sql: `select coupon, percent, channel, count(*) as orders, count(*) filter (where is_lost) as lost, avg(net_amount) as mean_amount
from intermediate.coupon_orders group by all`,
  },
  {
    name: "marts.channels",
    columns: { channel: { key: true } },
    checks: [{ check: "row_count", min: 4, max: 4, severity: "warn", name: "four channels" }],
    sql: `select channel, count(*) as orders, count(distinct customer_id) as customers, sum(net_amount)::decimal(18,2) as net_amount, median(net_amount) as median_amount
from intermediate.orders group by channel`,
  },
  {
    name: "marts.countries",
    columns: { country: { key: true } },
    checks: [],
    sql: `select country, count(*) as customers, sum(orders)::bigint as orders, sum(lifetime_value)::decimal(18,2) as lifetime_value
from marts.customers group by country`,
  },
  {
    name: "marts.returns",
    columns: { return_rate: { min: 0, max: 1 } },
    checks: [
      { check: "row_predicate", expression: "returned_lines <= lines", name: "no more returns than lines" },
    ],
    sql: `select l.category, l.warehouse, count(*) as lines, count(r.line_id) as returned_lines, round(count(r.line_id) / count(*), 4) as return_rate
from intermediate.lines l left join intermediate.returned_lines r on r.line_id = l.line_id
group by all`,
  },
  {
    name: "marts.basket_sizes",
    columns: {},
    checks: [{ check: "duplicate_values", columns: ["items"] }],
    sql: `select least(items, 60) as items, count(*) as orders, sum(net_amount)::decimal(18,2) as net_amount
from intermediate.orders group by least(items, 60)`,
  },
  {
    name: "marts.rolling_sales",
    columns: { day: { key: true } },
    checks: [{ check: "row_predicate", expression: "four_weeks >= week", name: "four weeks cover one" }],
    sql: `with days as (
  select c.day, c.is_weekend, coalesce(sum(s.net_amount), 0)::decimal(18,2) as net_amount
  from staging.calendar c left join marts.daily_sales s on s.day = c.day group by c.day, c.is_weekend
)
select day, is_weekend, net_amount,
  sum(net_amount) over (order by day rows between 6 preceding and current row)::decimal(18,2) as week,
  sum(net_amount) over (order by day rows between 27 preceding and current row)::decimal(18,2) as four_weeks
from days`,
  },
];
