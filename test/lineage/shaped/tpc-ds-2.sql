-- Queries in the shape of TPC-DS's, second half, for tables of a handful of rows.

-- 37: things in stock that the catalogue sells
select i_item_id, i_desc, i_price
from ds.item, ds.inventory, ds.date_dim, ds.catalog_sales
where i_price between -1 and 3 and inv_item_sk = i_item_sk and d_date_sk = inv_date_sk
  and i_manufact_id in (0, 1) and inv_quantity between 0 and 4 and cs_item_sk = i_item_sk
group by i_item_id, i_desc, i_price
order by i_item_id, 2, 3;

-- 38: customers on every channel
select count(*) as hot from (
  select distinct c_last, c_first, d_moy from ds.store_sales, ds.date_dim, ds.customer where ss_date_sk = d_date_sk and ss_customer_sk = c_customer_sk
  intersect
  select distinct c_last, c_first, d_moy from ds.catalog_sales, ds.date_dim, ds.customer where cs_date_sk = d_date_sk and cs_customer_sk = c_customer_sk
  intersect
  select distinct c_last, c_first, d_moy from ds.web_sales, ds.date_dim, ds.customer where ws_date_sk = d_date_sk and ws_customer_sk = c_customer_sk
) as hot_customers;

-- 39: unsteady stock, month against month
with inv as (
  select w_warehouse_sk, i_item_sk, d_moy, deviation, mean, case mean when 0 then null else deviation / mean end as variation
  from (
    select w_warehouse_sk, i_item_sk, d_moy, stddev_samp(inv_quantity) as deviation, avg(inv_quantity) as mean
    from ds.inventory, ds.item, ds.warehouse, ds.date_dim
    where inv_item_sk = i_item_sk and inv_warehouse_sk = w_warehouse_sk and inv_date_sk = d_date_sk
    group by w_name, w_warehouse_sk, i_item_sk, d_moy
  ) as foo
  where case mean when 0 then 0 else deviation / mean end > -5
)
select inv1.w_warehouse_sk, inv1.i_item_sk, inv1.d_moy as moy1, inv1.mean as mean1, inv2.d_moy as moy2, inv2.variation as variation2
from inv inv1, inv inv2
where inv1.i_item_sk = inv2.i_item_sk and inv1.w_warehouse_sk = inv2.w_warehouse_sk and inv1.d_moy <= inv2.d_moy
order by all;

-- 40: sales before and after, less what came back
select w_state, i_item_id,
  sum(case when d_date < date '2024-01-15' then cs_sales_price - coalesce(cr_amt, 0) else 0 end) as before,
  sum(case when d_date >= date '2024-01-15' then cs_sales_price - coalesce(cr_amt, 0) else 0 end) as after
from ds.catalog_sales left outer join ds.catalog_returns on cs_order = cr_order and cs_item_sk = cr_item_sk,
  ds.warehouse, ds.item, ds.date_dim
where i_item_sk = cs_item_sk and cs_warehouse_sk = w_warehouse_sk and cs_date_sk = d_date_sk
group by w_state, i_item_id
order by 1, 2;

-- 41: manufacturers with one thing or another
select distinct i_product_name
from ds.item i1
where i_manufact_id between 0 and 2 and (
  select count(*) from ds.item
  where (i_manufact_id = i1.i_manufact_id and ((i_category = 'a' and i_color in ('a', 'b')) or (i_category = 'b' and i_size <> 'a')))
    or (i_manufact_id = i1.i_manufact_id and i_category = 'c')
) > 0
order by 1;

-- 43: weekdays side by side by store
select s_store_name, s_store_id,
  sum(case when d_day_name = 'a' then ss_sales_price else null end) as a_sales,
  sum(case when d_day_name = 'b' then ss_sales_price else null end) as b_sales,
  sum(case when d_day_name = 'c' then ss_sales_price else null end) as c_sales
from ds.date_dim, ds.store_sales, ds.store
where d_date_sk = ss_date_sk and s_store_sk = ss_store_sk and s_gmt < 4
group by s_store_name, s_store_id
order by all;

-- 44: best beside worst
select ascending.place, i1.i_product_name as best, i2.i_product_name as worst
from (
  select * from (
    select item_sk, rank() over (order by gain asc) as place from (
      select ss_item_sk as item_sk, avg(ss_net_profit) as gain from ds.store_sales s1 group by ss_item_sk
      having avg(ss_net_profit) > -2 + (select 0.1 * avg(ss_net_profit) from ds.store_sales where ss_store_sk = 1 group by ss_store_sk)
    ) as v1
  ) as v11 where place < 5
) as ascending, (
  select * from (
    select item_sk, rank() over (order by gain desc) as place from (
      select ss_item_sk as item_sk, avg(ss_net_profit) as gain from ds.store_sales group by ss_item_sk
    ) as v2
  ) as v21 where place < 5
) as descending, ds.item i1, ds.item i2
where ascending.place = descending.place and i1.i_item_sk = ascending.item_sk and i2.i_item_sk = descending.item_sk
order by all;

-- 45: by zip code or by item
select ca_zip, ca_county, sum(ws_sales_price) as total
from ds.web_sales, ds.customer, ds.customer_address, ds.date_dim, ds.item
where ws_customer_sk = c_customer_sk and c_addr_sk = ca_address_sk and ws_item_sk = i_item_sk and ws_date_sk = d_date_sk
  and (substr(ca_zip, 1, 1) in ('a', 'b') or i_item_id in (select i_item_id from ds.item where i_item_sk in (0, 2)))
group by ca_zip, ca_county
order by all;

-- 46: bought in another city
select c_last, c_first, ca_city, bought_city, ss_ticket, amount, profit
from (
  select ss_ticket, ss_customer_sk, ca_city as bought_city, sum(ss_coupon) as amount, sum(ss_net_profit) as profit
  from ds.store_sales, ds.date_dim, ds.store, ds.household_demographics, ds.customer_address
  where ss_date_sk = d_date_sk and ss_store_sk = s_store_sk and ss_hdemo_sk = hd_demo_sk and ss_addr_sk = ca_address_sk
    and (hd_dep = 1 or hd_vehicles > 0)
  group by ss_ticket, ss_customer_sk, ss_addr_sk, ca_city
) as dn, ds.customer, ds.customer_address current_addr
where ss_customer_sk = c_customer_sk and c_addr_sk = current_addr.ca_address_sk and current_addr.ca_city <> bought_city
order by all;

-- 47: months beside the ones before and after
with v1 as (
  select i_category, i_brand, s_store_name, d_year, d_moy, sum(ss_sales_price) as sales,
    avg(sum(ss_sales_price)) over (partition by i_category, i_brand, s_store_name, d_year) as mean,
    rank() over (partition by i_category, i_brand, s_store_name order by d_year, d_moy) as place
  from ds.item, ds.store_sales, ds.date_dim, ds.store
  where ss_item_sk = i_item_sk and ss_date_sk = d_date_sk and ss_store_sk = s_store_sk
  group by i_category, i_brand, s_store_name, d_year, d_moy
),
v2 as (
  select v1.i_category, v1.i_brand, v1.d_year, v1.d_moy, v1.mean, v1.sales, before.sales as psum, after.sales as nsum
  from v1 left join v1 before on v1.i_category = before.i_category and v1.i_brand = before.i_brand and v1.place = before.place + 1
    left join v1 after on v1.i_category = after.i_category and v1.i_brand = after.i_brand and v1.place = after.place - 1
)
select * from v2
where case when mean > 0 then abs(sales - mean) / mean else 1 end >= 0
order by sales - mean, 1, 2, 3, 4, 5, 6, 7, 8
limit 100;

-- 48: how much under one of many conditions
select sum(ss_quantity) as total
from ds.store_sales, ds.store, ds.customer_demographics, ds.customer_address, ds.date_dim
where s_store_sk = ss_store_sk and ss_date_sk = d_date_sk and d_year < 2002 and cd_demo_sk = ss_cdemo_sk and ss_addr_sk = ca_address_sk
  and ((cd_marital = 'a' and cd_education <> 'a') or (cd_marital = 'b' and ss_sales_price between 0 and 3) or cd_marital = 'c')
  and ((ca_country = 'a' and ss_net_profit > 0) or (ca_country <> 'a' and ca_state in ('a', 'b')));

-- 49: worst returns on each channel
select 'web' as channel, item, ratio, return_rank, currency_rank
from (
  select item, ratio, rank() over (order by ratio) as return_rank, rank() over (order by currency) as currency_rank
  from (
    select ws.ws_item_sk as item,
      cast(sum(coalesce(wr.wr_quantity, 0)) as double) / nullif(sum(coalesce(ws.ws_quantity, 0)), 0) as ratio,
      cast(sum(coalesce(wr.wr_amt, 0)) as double) / nullif(sum(coalesce(ws.ws_net_paid, 0)), 0) as currency
    from ds.web_sales ws left outer join ds.web_returns wr on ws.ws_order = wr.wr_order and ws.ws_item_sk = wr.wr_item_sk, ds.date_dim
    where ws_date_sk = d_date_sk
    group by ws.ws_item_sk
  ) as in_web
) as web
where return_rank <= 10 or currency_rank <= 10
union
select 'store', item, ratio, return_rank, currency_rank
from (
  select item, ratio, rank() over (order by ratio) as return_rank, rank() over (order by currency) as currency_rank
  from (
    select ss.ss_item_sk as item,
      cast(sum(coalesce(sr.sr_quantity, 0)) as double) / nullif(sum(coalesce(ss.ss_quantity, 0)), 0) as ratio,
      cast(sum(coalesce(sr.sr_amt, 0)) as double) / nullif(sum(coalesce(ss.ss_net_paid, 0)), 0) as currency
    from ds.store_sales ss left outer join ds.store_returns sr on ss.ss_ticket = sr.sr_ticket and ss.ss_item_sk = sr.sr_item_sk
    group by ss.ss_item_sk
  ) as in_store
) as store
where return_rank <= 10
order by all;

-- 50: how long until it came back
select s_store_name, s_zip,
  sum(case when sr_date_sk - ss_date_sk <= 0 then 1 else 0 end) as within0,
  sum(case when sr_date_sk - ss_date_sk > 0 and sr_date_sk - ss_date_sk <= 1 then 1 else 0 end) as within1,
  sum(case when sr_date_sk - ss_date_sk > 1 then 1 else 0 end) as longer
from ds.store_sales, ds.store_returns, ds.store, ds.date_dim d2
where d2.d_year >= 2000 and ss_ticket = sr_ticket and ss_item_sk = sr_item_sk and sr_date_sk = d2.d_date_sk and ss_customer_sk = sr_customer_sk and ss_store_sk = s_store_sk
group by s_store_name, s_zip
order by all;

-- 51: running totals of two channels
with web as (
  select ws_item_sk as item_sk, d_date, sum(sum(ws_sales_price)) over (partition by ws_item_sk order by d_date rows between unbounded preceding and current row) as running
  from ds.web_sales, ds.date_dim where ws_date_sk = d_date_sk and ws_item_sk is not null
  group by ws_item_sk, d_date
),
store as (
  select ss_item_sk as item_sk, d_date, sum(sum(ss_sales_price)) over (partition by ss_item_sk order by d_date rows between unbounded preceding and current row) as running
  from ds.store_sales, ds.date_dim where ss_date_sk = d_date_sk
  group by ss_item_sk, d_date
)
select * from (
  select item_sk, d_date, web_sales, store_sales,
    max(web_sales) over (partition by item_sk order by d_date rows between unbounded preceding and current row) as web_most,
    max(store_sales) over (partition by item_sk order by d_date rows between unbounded preceding and current row) as store_most
  from (
    select case when web.item_sk is not null then web.item_sk else store.item_sk end as item_sk,
      case when web.d_date is not null then web.d_date else store.d_date end as d_date,
      web.running as web_sales, store.running as store_sales
    from web full outer join store on web.item_sk = store.item_sk and web.d_date = store.d_date
  ) as x
) as y
where web_most >= store_most or store_most is null
order by item_sk, d_date;

-- 53: manufacturers above their mean
select * from (
  select i_manufact_id, sum(ss_sales_price) as sales, avg(sum(ss_sales_price)) over (partition by i_manufact_id) as mean
  from ds.item, ds.store_sales, ds.date_dim, ds.store
  where ss_item_sk = i_item_sk and ss_date_sk = d_date_sk and ss_store_sk = s_store_sk
    and ((i_category in ('a', 'b') and i_class in ('a', 'c')) or (i_category = 'c' and i_brand <> 'a'))
  group by i_manufact_id, d_qoy
) as tmp
where case when mean > 0 then abs(sales - mean) / mean else 1 end >= 0
order by mean, sales, i_manufact_id;

-- 54: customers in segments
with my_customers as (
  select distinct c_customer_sk, c_addr_sk
  from (
    select cs_date_sk as date_sk, cs_customer_sk as customer_sk, cs_item_sk as item_sk from ds.catalog_sales
    union all
    select ws_date_sk, ws_customer_sk, ws_item_sk from ds.web_sales
  ) as sold, ds.item, ds.date_dim, ds.customer
  where date_sk = d_date_sk and item_sk = i_item_sk and i_category <> 'c' and c_customer_sk = customer_sk
),
my_revenue as (
  select c_customer_sk, sum(ss_ext_sales) as revenue
  from my_customers, ds.store_sales, ds.customer_address, ds.store, ds.date_dim
  where c_addr_sk = ca_address_sk and ca_state = s_state and ss_date_sk = d_date_sk and c_customer_sk = ss_customer_sk
    and d_month_seq between (select min(d_month_seq) from ds.date_dim where d_year = 2001) and (select max(d_month_seq) + 3 from ds.date_dim)
  group by c_customer_sk
)
select segment, count(*) as customers, segment * 50 as base
from (select cast(revenue / 2 as int) as segment from my_revenue) as segments
group by segment
order by segment;

-- 56: coloured things on two channels
with ss as (
  select i_item_id, sum(ss_ext_sales) as total from ds.store_sales, ds.item
  where i_item_id in (select i_item_id from ds.item where i_color in ('a', 'b')) and ss_item_sk = i_item_sk group by i_item_id
),
ws as (
  select i_item_id, sum(ws_ext_sales) as total from ds.web_sales, ds.item, ds.customer_address
  where i_item_id in (select i_item_id from ds.item where i_color in ('b', 'c')) and ws_item_sk = i_item_sk and ws_addr_sk = ca_address_sk group by i_item_id
)
select i_item_id, sum(total) as total from (from ss union all from ws) group by i_item_id order by total, i_item_id;

-- 59: this week beside a later one
with wss as (
  select d_week_seq, ss_store_sk, sum(case when d_day_name = 'a' then ss_sales_price end) as a_sales, sum(case when d_day_name <> 'a' then ss_sales_price end) as other
  from ds.store_sales, ds.date_dim where d_date_sk = ss_date_sk
  group by d_week_seq, ss_store_sk
)
select y.s_store_name, y.d_week_seq, y.a_sales / nullif(x.a_sales, 0) as a, y.other / nullif(x.other, 0) as other
from (select s_store_name, s_store_id, wss.* from wss join ds.store on ss_store_sk = s_store_sk) y
join (select s_store_id, wss.* from wss join ds.store on ss_store_sk = s_store_sk) x on y.s_store_id = x.s_store_id and y.d_week_seq >= x.d_week_seq
order by all;

-- 61: the share of what was advertised
select promotions, total, cast(promotions as double) / total * 100 as share
from (
  select sum(ss_ext_sales) as promotions from ds.store_sales, ds.store, ds.promotion, ds.item
  where ss_store_sk = s_store_sk and ss_promo_sk = p_promo_sk and ss_item_sk = i_item_sk and (p_email = 'a' or p_event = 'a' or p_tv = 'b')
) as promotional, (
  select sum(ss_ext_sales) as total from ds.store_sales, ds.store, ds.item where ss_store_sk = s_store_sk and ss_item_sk = i_item_sk
) as every;

-- 64: bought twice by two households
with cs_ui as (
  select cs_item_sk, sum(cs_list_price) as sale, sum(cr_amt) as refund
  from ds.catalog_sales, ds.catalog_returns where cs_item_sk = cr_item_sk
  group by cs_item_sk having sum(cs_list_price) > -3 + sum(cr_amt)
),
cross_sales as (
  select i_product_name as product, i_item_sk as item_sk, s_store_name as store, ad1.ca_city as city1, ad2.ca_city as city2, d1.d_year as year, count(*) as n, sum(ss_wholesale) as s1, sum(ss_coupon) as s2
  from ds.store_sales, cs_ui, ds.date_dim d1, ds.store, ds.customer, ds.customer_demographics cd1, ds.customer_demographics cd2, ds.customer_address ad1, ds.customer_address ad2, ds.item
  where ss_store_sk = s_store_sk and ss_date_sk = d1.d_date_sk and ss_customer_sk = c_customer_sk and ss_cdemo_sk = cd1.cd_demo_sk and ss_addr_sk = ad1.ca_address_sk
    and ss_item_sk = i_item_sk and ss_item_sk = cs_ui.cs_item_sk and c_cdemo_sk = cd2.cd_demo_sk and c_addr_sk = ad2.ca_address_sk and cd1.cd_marital <> cd2.cd_marital
  group by all
)
select a.product, a.store, a.city1, a.city2, a.n, a.s1, b.s2
from cross_sales a, cross_sales b
where a.item_sk = b.item_sk and a.year <= b.year and b.n <= a.n and a.store = b.store
order by all;

-- 65: things that sell badly
select s_store_name, i_desc, sc.revenue, i_price
from ds.store, ds.item,
  (select ss_store_sk, avg(revenue) as mean from (select ss_store_sk, ss_item_sk, sum(ss_sales_price) as revenue from ds.store_sales group by ss_store_sk, ss_item_sk) sa group by ss_store_sk) sb,
  (select ss_store_sk, ss_item_sk, sum(ss_sales_price) as revenue from ds.store_sales, ds.date_dim where ss_date_sk = d_date_sk group by ss_store_sk, ss_item_sk) sc
where sb.ss_store_sk = sc.ss_store_sk and sc.revenue <= sb.mean and s_store_sk = sc.ss_store_sk and i_item_sk = sc.ss_item_sk
order by all;

-- 66: months side by side by warehouse
select w_name, w_sqft, carriers, sum(jan) as jan, sum(feb) as feb, sum(jan / nullif(w_sqft, 0)) as per_foot
from (
  select w_name, w_sqft, 'x,' || 'y' as carriers,
    sum(case when d_moy = 1 then ws_ext_sales * ws_quantity else 0 end) as jan, sum(case when d_moy = 2 then ws_ext_sales * ws_quantity else 0 end) as feb
  from ds.web_sales, ds.warehouse, ds.date_dim, ds.time_dim, ds.ship_mode
  where ws_warehouse_sk = w_warehouse_sk and ws_date_sk = d_date_sk and ws_time_sk = t_time_sk and ws_ship_mode_sk = sm_sk and t_hour between -1 and 4 and sm_type <> 'c'
  group by w_name, w_sqft
  union all
  select w_name, w_sqft, 'z', sum(case when d_moy = 1 then cs_sales_price end), sum(case when d_moy = 2 then cs_sales_price end)
  from ds.catalog_sales, ds.warehouse, ds.date_dim
  where cs_warehouse_sk = w_warehouse_sk and cs_date_sk = d_date_sk
  group by w_name, w_sqft
) as x
group by w_name, w_sqft, carriers
order by all;

-- 67: the best of each category at every level
select * from (
  select i_category, i_class, d_year, s_store_id, total, rank() over (partition by i_category order by total desc) as place
  from (
    select i_category, i_class, d_year, s_store_id, sum(coalesce(ss_sales_price * ss_quantity, 0)) as total
    from ds.store_sales, ds.date_dim, ds.store, ds.item
    where ss_date_sk = d_date_sk and ss_item_sk = i_item_sk and ss_store_sk = s_store_sk and d_month_seq < 2
    group by rollup (i_category, i_class, d_year, s_store_id)
  ) as dw1
) as dw2
where place <= 10
order by all;

-- 69: bought in stores and nowhere else
select cd_gender, cd_education, count(*) as n
from ds.customer c, ds.customer_address ca, ds.customer_demographics
where c.c_addr_sk = ca.ca_address_sk and ca_state in ('a', 'b') and cd_demo_sk = c.c_cdemo_sk
  and exists (select * from ds.store_sales, ds.date_dim where c.c_customer_sk = ss_customer_sk and ss_date_sk = d_date_sk)
  and not exists (select * from ds.web_sales, ds.date_dim where c.c_customer_sk = ws_customer_sk and ws_date_sk = d_date_sk and d_moy = 1)
group by cd_gender, cd_education
order by all;

-- 70: profit of the best states
select sum(ss_net_profit) as profit, s_state, s_county, grouping(s_state) + grouping(s_county) as level,
  rank() over (partition by grouping(s_state) + grouping(s_county), case when grouping(s_county) = 0 then s_state end order by sum(ss_net_profit) desc) as place
from ds.store_sales, ds.date_dim d1, ds.store
where d1.d_date_sk = ss_date_sk and s_store_sk = ss_store_sk
  and s_state in (
    select s_state from (
      select s_state, rank() over (partition by s_state order by sum(ss_net_profit) desc) as ranking
      from ds.store_sales, ds.store, ds.date_dim where d_date_sk = ss_date_sk and s_store_sk = ss_store_sk group by s_state
    ) as tmp1 where ranking <= 5
  )
group by rollup (s_state, s_county)
order by level desc, 1, 2, 3;

-- 71: brands by hour on three channels
select i_brand_id, i_brand, t_hour, t_minute, sum(price) as total
from ds.item, (
  select ws_ext_sales as price, ws_item_sk as sold_item, ws_time_sk as time_sk from ds.web_sales, ds.date_dim where d_date_sk = ws_date_sk and d_moy <> 2
  union all
  select ss_ext_sales, ss_item_sk, ss_time_sk from ds.store_sales, ds.date_dim where d_date_sk = ss_date_sk and d_moy <> 1
) as tmp, ds.time_dim
where sold_item = i_item_sk and i_manager_id < 2 and time_sk = t_time_sk and (t_meal = 'a' or t_meal = 'b')
group by i_brand, i_brand_id, t_hour, t_minute
order by total desc, 1, 2, 3, 4;

-- 72: ordered and not in stock
select i_desc, w_name, d1.d_week_seq,
  count(case when p_promo_sk is null then 1 end) as no_promotion, count(case when p_promo_sk is not null then 1 end) as promotion, count(*) as total
from ds.catalog_sales
join ds.inventory on cs_item_sk = inv_item_sk
join ds.warehouse on w_warehouse_sk = inv_warehouse_sk
join ds.item on i_item_sk = cs_item_sk
join ds.customer_demographics on cs_cdemo_sk = cd_demo_sk
join ds.date_dim d1 on cs_date_sk = d1.d_date_sk
join ds.date_dim d2 on inv_date_sk = d2.d_date_sk
left outer join ds.promotion on cs_promo_sk = p_promo_sk and p_tv <> 'a'
left outer join ds.catalog_returns on cr_item_sk = cs_item_sk and cr_order = cs_order
where d1.d_week_seq = d2.d_week_seq and inv_quantity < cs_quantity and cd_marital <> 'a'
group by i_desc, w_name, d1.d_week_seq
order by total desc, 1, 2, 3
limit 100;

-- 75: sold less than the year before
with all_sales as (
  select d_year, i_brand_id, sum(n) as n, sum(amount) as amount
  from (
    select d_year, i_brand_id, cs_quantity - coalesce(cr_quantity, 0) as n, cs_ext_sales - coalesce(cr_amt, 0.0) as amount
    from ds.catalog_sales join ds.item on i_item_sk = cs_item_sk join ds.date_dim on d_date_sk = cs_date_sk
      left join ds.catalog_returns on cs_order = cr_order and cs_item_sk = cr_item_sk
    union
    select d_year, i_brand_id, ss_quantity - coalesce(sr_quantity, 0), ss_ext_sales - coalesce(sr_amt, 0.0)
    from ds.store_sales join ds.item on i_item_sk = ss_item_sk join ds.date_dim on d_date_sk = ss_date_sk
      left join ds.store_returns on ss_ticket = sr_ticket and ss_item_sk = sr_item_sk
  ) as details
  group by d_year, i_brand_id
)
select before.d_year as year_before, now.d_year as year, now.i_brand_id, before.n as n_before, now.n - before.n as difference, now.amount - before.amount as amount
from all_sales now, all_sales before
where now.i_brand_id = before.i_brand_id and now.d_year > before.d_year and cast(now.n as decimal(17, 2)) < before.n + 2
order by difference, 1, 2, 3, 4, 5, 6
limit 100;

-- 76: what has no customer
select channel, missing, d_year, i_category, count(*) as n, sum(price) as amount
from (
  select 'store' as channel, 'ss_promo_sk' as missing, d_year, i_category, ss_ext_sales as price from ds.store_sales, ds.item, ds.date_dim where ss_promo_sk is null and ss_date_sk = d_date_sk and ss_item_sk = i_item_sk
  union all
  select 'web', 'ws_quantity', d_year, i_category, ws_ext_sales from ds.web_sales, ds.item, ds.date_dim where ws_quantity < 2 and ws_date_sk = d_date_sk and ws_item_sk = i_item_sk
) as foo
group by channel, missing, d_year, i_category
order by all;

-- 78: sold and never returned
with ws as (
  select d_year as ws_year, ws_item_sk, ws_customer_sk, sum(ws_quantity) as qty, sum(ws_sales_price) as sp
  from ds.web_sales left join ds.web_returns on wr_order = ws_order and ws_item_sk = wr_item_sk join ds.date_dim on ws_date_sk = d_date_sk
  where wr_order is null group by d_year, ws_item_sk, ws_customer_sk
),
ss as (
  select d_year as ss_year, ss_item_sk, ss_customer_sk, sum(ss_quantity) as qty, sum(ss_sales_price) as sp
  from ds.store_sales left join ds.store_returns on sr_ticket = ss_ticket and ss_item_sk = sr_item_sk join ds.date_dim on ss_date_sk = d_date_sk
  where sr_ticket is null group by d_year, ss_item_sk, ss_customer_sk
)
select ss_item_sk, round(ss.qty / nullif(coalesce(ws.qty, 0), 0), 2) as ratio, ss.qty as store_qty, ss.sp as store_price, coalesce(ws.qty, 0) as other_qty
from ss left join ws on ws_year = ss_year and ws_item_sk = ss_item_sk and ws_customer_sk = ss_customer_sk
order by all;

-- 79: tickets of large households
select c_last, c_first, substr(s_city, 1, 30) as city, ss_ticket, amount, profit
from (
  select ss_ticket, ss_customer_sk, s_city, sum(ss_coupon) as amount, sum(ss_net_profit) as profit
  from ds.store_sales, ds.date_dim, ds.store, ds.household_demographics
  where ss_date_sk = d_date_sk and ss_store_sk = s_store_sk and ss_hdemo_sk = hd_demo_sk and (hd_dep = 2 or hd_vehicles > 1) and s_employees between -1 and 3
  group by ss_ticket, ss_customer_sk, ss_addr_sk, s_city
) as ms, ds.customer
where ss_customer_sk = c_customer_sk
order by all;

-- 82: on the shelf and in the shop
select i_item_id, i_desc, i_price from ds.item, ds.inventory, ds.date_dim, ds.store_sales
where i_price between 0 and 3 and inv_item_sk = i_item_sk and d_date_sk = inv_date_sk and inv_quantity > -1 and ss_item_sk = i_item_sk
group by i_item_id, i_desc, i_price
order by all;

-- 83: what came back on two channels
with sr as (
  select i_item_id as item_id, sum(sr_quantity) as qty from ds.store_returns, ds.item, ds.date_dim
  where sr_item_sk = i_item_sk and d_date in (select d_date from ds.date_dim where d_week_seq in (select d_week_seq from ds.date_dim where d_year > 2000)) and sr_date_sk = d_date_sk group by i_item_id
),
wr as (select i_item_id as item_id, sum(wr_quantity) as qty from ds.web_returns, ds.item where wr_item_sk = i_item_sk group by i_item_id)
select sr.item_id, sr.qty as store, sr.qty / nullif(sr.qty + wr.qty, 0) / 2.0 * 100 as share, wr.qty as web, (sr.qty + wr.qty) / 2.0 as mean
from sr, wr where sr.item_id = wr.item_id
order by all;

-- 85: why it came back
select substr(r_desc, 1, 20) as why, avg(ws_quantity) as quantity, avg(wr_amt) as amount, avg(wr_fee) as fee
from ds.web_sales, ds.web_returns, ds.web_page, ds.customer_demographics cd1, ds.customer_address, ds.date_dim, ds.reason
where ws_page_sk = wp_sk and ws_item_sk = wr_item_sk and ws_order = wr_order and ws_date_sk = d_date_sk and cd1.cd_demo_sk = wr_cdemo_sk
  and ca_address_sk = wr_addr_sk and r_reason_sk = wr_reason_sk and ((cd1.cd_marital = 'a' and ws_sales_price > 0) or (cd1.cd_marital <> 'a' and ca_country in ('a', 'b')))
group by r_desc
order by all;

-- 86: paid, ranked within its parents
select sum(ws_net_paid) as total, i_category, i_class, grouping(i_category) + grouping(i_class) as level,
  rank() over (partition by grouping(i_category) + grouping(i_class), case when grouping(i_class) = 0 then i_category end order by sum(ws_net_paid) desc) as place
from ds.web_sales, ds.date_dim d1, ds.item
where d1.d_date_sk = ws_date_sk and i_item_sk = ws_item_sk
group by rollup (i_category, i_class)
order by level desc, 1, 2, 3;

-- 87: in stores and not elsewhere
select count(*) as cool from (
  (select distinct c_last, c_first, d_moy from ds.store_sales, ds.date_dim, ds.customer where ss_date_sk = d_date_sk and ss_customer_sk = c_customer_sk)
  except
  (select distinct c_last, c_first, d_moy from ds.catalog_sales, ds.date_dim, ds.customer where cs_date_sk = d_date_sk and cs_customer_sk = c_customer_sk)
  except
  (select distinct c_last, c_first, d_moy from ds.web_sales, ds.date_dim, ds.customer where ws_date_sk = d_date_sk and ws_customer_sk = c_customer_sk)
) as cool;

-- 88: half hours side by side
select * from
  (select count(*) as h0 from ds.store_sales, ds.household_demographics, ds.time_dim where ss_time_sk = t_time_sk and ss_hdemo_sk = hd_demo_sk and t_hour = 0 and hd_dep > 0) s1,
  (select count(*) as h1 from ds.store_sales, ds.household_demographics, ds.time_dim where ss_time_sk = t_time_sk and ss_hdemo_sk = hd_demo_sk and t_hour = 1 and (hd_vehicles < 2 or hd_dep = 0)) s2,
  (select count(*) as h2 from ds.store_sales, ds.time_dim where ss_time_sk = t_time_sk and t_hour > 1 and t_minute >= 0) s3;

-- 89: months away from the mean
select * from (
  select i_category, i_class, s_store_name, d_moy, sum(ss_sales_price) as sales, avg(sum(ss_sales_price)) over (partition by i_category, s_store_name) as mean
  from ds.item, ds.store_sales, ds.date_dim, ds.store
  where ss_item_sk = i_item_sk and ss_date_sk = d_date_sk and ss_store_sk = s_store_sk and ((i_category in ('a', 'b') and i_class <> 'a') or i_category = 'c')
  group by i_category, i_class, s_store_name, d_moy
) as tmp
where case when mean <> 0 then abs(sales - mean) / mean else null end > -10
order by all;

-- 90: mornings over evenings
select cast(am as decimal(15, 4)) / nullif(cast(pm as decimal(15, 4)), 0) as ratio
from (select count(*) as am from ds.web_sales, ds.time_dim, ds.web_page where ws_time_sk = t_time_sk and ws_page_sk = wp_sk and t_hour < 2 and wp_chars between -1 and 4) a,
  (select count(*) as pm from ds.web_sales, ds.household_demographics, ds.time_dim where ws_time_sk = t_time_sk and ws_hdemo_sk = hd_demo_sk and t_hour >= 1 and hd_dep > -1) b;

-- 91: losses by call centre
select cc_name, cc_county, sum(cr_net_loss) as loss
from ds.call_center, ds.catalog_returns, ds.date_dim, ds.customer, ds.customer_demographics, ds.household_demographics
where cr_call_center_sk = cc_sk and cr_date_sk = d_date_sk and cr_customer_sk = c_customer_sk and cd_demo_sk = c_cdemo_sk and hd_demo_sk = c_hdemo_sk
  and ((cd_marital = 'a' and cd_education <> 'b') or cd_marital = 'b') and hd_buy like 'a%'
group by cc_name, cc_county, cd_marital, cd_education
order by all;

-- 93: what was really bought
select ss_customer_sk, sum(really) as total from (
  select ss_item_sk, ss_customer_sk, case when sr_quantity is not null then (ss_quantity - sr_quantity) * ss_sales_price else ss_quantity * ss_sales_price end as really
  from ds.store_sales left outer join ds.store_returns on sr_item_sk = ss_item_sk and sr_ticket = ss_ticket, ds.reason
  where coalesce(sr_reason_sk, 1) = r_reason_sk and r_desc <> 'c'
) as t
group by ss_customer_sk
order by total, ss_customer_sk;

-- 95: orders that came from two places and went back
with twice as (
  select ws1.ws_order, ws1.ws_warehouse_sk as wh1, ws2.ws_warehouse_sk as wh2
  from ds.web_sales ws1, ds.web_sales ws2 where ws1.ws_order = ws2.ws_order and ws1.ws_warehouse_sk <> ws2.ws_warehouse_sk
)
select count(distinct ws_order) as orders, sum(ws_ext_sales) as cost, sum(ws_net_profit) as profit
from ds.web_sales ws1, ds.date_dim, ds.customer_address, ds.web_site
where ws1.ws_ship_date_sk = d_date_sk and ws1.ws_addr_sk = ca_address_sk and ws1.ws_site_sk = web_sk
  and ws1.ws_order in (select ws_order from twice)
  and ws1.ws_order in (select wr_order from ds.web_returns, twice where wr_order = twice.ws_order);

-- 97: bought here, there, or both
with ssci as (select ss_customer_sk as customer_sk, ss_item_sk as item_sk from ds.store_sales, ds.date_dim where ss_date_sk = d_date_sk group by all),
csci as (select cs_customer_sk as customer_sk, cs_item_sk as item_sk from ds.catalog_sales, ds.date_dim where cs_date_sk = d_date_sk and d_moy > 1 group by all)
select sum(case when ssci.customer_sk is not null and csci.customer_sk is null then 1 else 0 end) as store_only,
  sum(case when ssci.customer_sk is null and csci.customer_sk is not null then 1 else 0 end) as catalog_only,
  sum(case when ssci.customer_sk is not null and csci.customer_sk is not null then 1 else 0 end) as both
from ssci full outer join csci on ssci.customer_sk = csci.customer_sk and ssci.item_sk = csci.item_sk;

-- 98: shares of the class
select i_item_id, i_category, i_class, sum(ss_ext_sales) as revenue,
  sum(ss_ext_sales) * 100 / nullif(sum(sum(ss_ext_sales)) over (partition by i_class), 0) as ratio
from ds.store_sales, ds.item, ds.date_dim
where ss_item_sk = i_item_sk and i_category <> 'c' and ss_date_sk = d_date_sk
group by i_item_id, i_category, i_class
order by all;

-- 99: how long until it was sent
select substr(w_name, 1, 20) as warehouse, sm_type, cc_name,
  sum(case when cs_ship_date_sk - cs_date_sk <= 0 then 1 else 0 end) as d0,
  sum(case when cs_ship_date_sk - cs_date_sk > 0 then 1 else 0 end) as later
from ds.catalog_sales, ds.warehouse, ds.ship_mode, ds.call_center, ds.date_dim
where cs_ship_date_sk = d_date_sk and cs_warehouse_sk = w_warehouse_sk and cs_ship_mode_sk = sm_sk and cs_call_center_sk = cc_sk
group by 1, 2, 3
order by all;
