-- Queries in the shape of TPC-DS's, first half, for tables of a handful of rows.

-- 1: customers who return more than the store's average
with returned as (
  select sr_customer_sk as customer_sk, sr_store_sk as store_sk, sum(sr_amt) as total
  from ds.store_returns join ds.date_dim on sr_date_sk = d_date_sk
  where d_year > 1999
  group by sr_customer_sk, sr_store_sk
)
select c_customer_id, r1.total
from returned r1, ds.store, ds.customer
where r1.total > (select avg(total) * 0.5 from returned r2 where r1.store_sk = r2.store_sk)
  and s_store_sk = r1.store_sk and s_state <> 'c' and r1.customer_sk = c_customer_sk
order by 1, 2
limit 100;

-- 2: weekdays of one year beside those of the next
with sold as (
  select ws_date_sk as date_sk, ws_ext_sales as price from ds.web_sales
  union all
  select cs_date_sk, cs_ext_sales from ds.catalog_sales
),
weeks as (
  select d_week_seq,
    sum(case when d_day_name = 'a' then price end) as a_sales,
    sum(case when d_day_name = 'b' then price end) as b_sales,
    sum(case when d_day_name = 'c' then price end) as c_sales
  from sold join ds.date_dim on d_date_sk = date_sk
  group by d_week_seq
)
select y.d_week_seq, round(y.a_sales / z.a_sales, 2) as a, round(y.b_sales / z.b_sales, 2) as b, y.c_sales - z.c_sales as c
from (select weeks.* from weeks join ds.date_dim d using (d_week_seq) where d_year = 2000) y
join (select weeks.* from weeks join ds.date_dim d using (d_week_seq) where d_year >= 2001) z
  on y.d_week_seq = z.d_week_seq - 1
order by 1;

-- 3: brands by year
select d_year, i_brand_id as brand_id, i_brand as brand, sum(ss_ext_sales) as total
from ds.date_dim, ds.store_sales, ds.item
where d_date_sk = ss_date_sk and ss_item_sk = i_item_sk and i_manufact_id < 2 and d_moy in (11, 12)
group by d_year, i_brand, i_brand_id
order by d_year, total desc, brand_id, brand
limit 100;

-- 4: customers who grew on one channel faster than on others
with year_total as (
  select c_customer_id as id, c_first as first, c_last as last, d_year as year,
    sum(((ss_list_price - ss_wholesale - ss_discount) + ss_ext_sales) / 2) as total, 's' as channel
  from ds.customer, ds.store_sales, ds.date_dim
  where c_customer_sk = ss_customer_sk and ss_date_sk = d_date_sk
  group by all
  union all
  select c_customer_id, c_first, c_last, d_year, sum((cs_list_price - cs_discount + cs_ext_sales) / 2), 'c'
  from ds.customer, ds.catalog_sales, ds.date_dim
  where c_customer_sk = cs_customer_sk and cs_date_sk = d_date_sk
  group by all
)
select t1.id, t1.first, t2.last
from year_total t1, year_total t2, year_total t3
where t1.id = t2.id and t1.id = t3.id and t1.channel = 's' and t2.channel = 'c' and t3.channel = 's'
  and t1.year <= t3.year
  and case when t1.total > 0 then t2.total / t1.total else 0 end >= case when t3.total > 0 then t2.total / t3.total else -9 end
order by 1, 2, 3
limit 100;

-- 5: sales, returns and profit by channel, rolled up
with stores as (
  select s_store_id, sum(price) as sales, sum(profit) as profit, sum(back) as back, sum(loss) as loss
  from (
    select ss_store_sk as store_sk, ss_date_sk as date_sk, ss_ext_sales as price, ss_net_profit as profit, 0 as back, 0 as loss
    from ds.store_sales
    union all
    select sr_store_sk, sr_date_sk, 0, 0, sr_amt, sr_net_loss from ds.store_returns
  ) as moved, ds.date_dim, ds.store
  where date_sk = d_date_sk and d_date >= date '2024-01-01' and store_sk = s_store_sk
  group by s_store_id
),
web as (
  select web_name, sum(price) as sales, sum(profit) as profit, sum(back) as back, sum(loss) as loss
  from (
    select ws_site_sk as site_sk, ws_date_sk as date_sk, ws_ext_sales as price, ws_net_profit as profit, 0 as back, 0 as loss
    from ds.web_sales
    union all
    select ws_site_sk, wr_date_sk, 0, 0, wr_amt, wr_net_loss
    from ds.web_returns left join ds.web_sales on wr_item_sk = ws_item_sk and wr_order = ws_order
  ) as moved, ds.date_dim, ds.web_site
  where date_sk = d_date_sk and site_sk = web_sk
  group by web_name
)
select channel, id, sum(sales) as sales, sum(back) as back, sum(profit) as profit
from (
  select 'store' as channel, s_store_id as id, sales, back, profit - loss as profit from stores
  union all
  select 'web', web_name, sales, back, profit - loss from web
) as x
group by rollup (channel, id)
order by 1, 2;

-- 6: states that buy what is dear
select a.ca_state as state, count(*) as times
from ds.customer_address a, ds.customer c, ds.store_sales s, ds.date_dim d, ds.item i
where a.ca_address_sk = c.c_addr_sk and c.c_customer_sk = s.ss_customer_sk
  and s.ss_date_sk = d.d_date_sk and s.ss_item_sk = i.i_item_sk
  and d.d_month_seq <= (select max(d_month_seq) from ds.date_dim where d_year = 2001)
  and i.i_price > 0.5 * (select avg(j.i_price) from ds.item j where j.i_category = i.i_category)
group by a.ca_state
having count(*) >= 1
order by times, state;

-- 7: averages by item for one kind of person
select i_item_id, avg(ss_quantity) as quantity, avg(ss_list_price) as price, avg(ss_coupon) as coupon, avg(ss_sales_price) as sales
from ds.store_sales, ds.customer_demographics, ds.date_dim, ds.item, ds.promotion
where ss_date_sk = d_date_sk and ss_item_sk = i_item_sk and ss_cdemo_sk = cd_demo_sk and ss_promo_sk = p_promo_sk
  and cd_gender <> 'a' and (p_email = 'b' or p_event <> 'b') and d_year >= 2000
group by i_item_id
order by 1;

-- 8: stores near good customers
select s_store_name, sum(ss_net_profit) as profit
from ds.store_sales, ds.date_dim, ds.store, (
  select zip from (
    select substr(ca_zip, 1, 1) as zip from ds.customer_address where substr(ca_zip, 1, 1) in ('a', 'b', 'c', 'x', '7')
    intersect
    select substr(ca_zip, 1, 1) from ds.customer_address join ds.customer on ca_address_sk = c_addr_sk
    where c_preferred <> 'c' group by ca_zip having count(*) >= 1
  )
) as v
where ss_store_sk = s_store_sk and ss_date_sk = d_date_sk and substr(s_zip, 1, 1) = v.zip
group by s_store_name
order by 1;

-- 9: one number or another by how many there are
select
  case when (select count(*) from ds.store_sales where ss_quantity between 0 and 1) > 2
    then (select avg(ss_discount) from ds.store_sales where ss_quantity between 0 and 1)
    else (select avg(ss_net_paid) from ds.store_sales where ss_quantity between 0 and 1) end as bucket1,
  case when (select count(*) from ds.store_sales where ss_quantity between 2 and 3) > 1
    then (select avg(ss_discount) from ds.store_sales where ss_quantity between 2 and 3)
    else (select avg(ss_net_paid) from ds.store_sales where ss_quantity between 2 and 3) end as bucket2
from ds.reason
where r_reason_sk = 1;

-- 10: people who bought here and there
select cd_gender, cd_marital, count(*) as n1, cd_purchase, count(*) as n2
from ds.customer c, ds.customer_address ca, ds.customer_demographics
where c.c_addr_sk = ca.ca_address_sk and ca_county in ('a', 'b') and cd_demo_sk = c.c_cdemo_sk
  and exists (select * from ds.store_sales, ds.date_dim where c.c_customer_sk = ss_customer_sk and ss_date_sk = d_date_sk)
  and (
    exists (select * from ds.web_sales, ds.date_dim where c.c_customer_sk = ws_customer_sk and ws_date_sk = d_date_sk and d_year = 2001)
    or exists (select * from ds.catalog_sales, ds.date_dim where c.c_customer_sk = cs_customer_sk and cs_date_sk = d_date_sk and d_moy > 2)
  )
group by cd_gender, cd_marital, cd_purchase
order by 1, 2, 4;

-- 11: growth of two channels
with year_total as (
  select c_customer_id as id, c_preferred as preferred, d_year as year, sum(ss_list_price - ss_discount) as total, 's' as channel
  from ds.customer join ds.store_sales on c_customer_sk = ss_customer_sk join ds.date_dim on ss_date_sk = d_date_sk
  group by 1, 2, 3
  union all
  select c_customer_id, c_preferred, d_year, sum(ws_list_price - ws_discount), 'w'
  from ds.customer join ds.web_sales on c_customer_sk = ws_customer_sk join ds.date_dim on ws_date_sk = d_date_sk
  group by 1, 2, 3
)
select s.id, s.preferred, w.total
from year_total s join year_total w on s.id = w.id
where s.channel = 's' and w.channel = 'w' and s.total <> 0 and w.total / s.total > -5
order by all;

-- 12: revenue and its share of the class
select i_item_id, i_desc, i_category, i_class, i_price, sum(ws_ext_sales) as revenue,
  sum(ws_ext_sales) * 100 / nullif(sum(sum(ws_ext_sales)) over (partition by i_class), 0) as ratio
from ds.web_sales, ds.item, ds.date_dim
where ws_item_sk = i_item_sk and i_category in ('a', 'b') and ws_date_sk = d_date_sk and d_date >= date '2024-01-01'
group by i_item_id, i_desc, i_category, i_class, i_price
order by 3, 4, 1, 2, 7;

-- 13: averages under one of three conditions
select avg(ss_quantity) as quantity, avg(ss_ext_sales) as sales, avg(ss_wholesale) as wholesale, sum(ss_wholesale) as total
from ds.store_sales, ds.store, ds.customer_demographics, ds.household_demographics, ds.date_dim
where s_store_sk = ss_store_sk and ss_date_sk = d_date_sk and ss_hdemo_sk = hd_demo_sk and cd_demo_sk = ss_cdemo_sk
  and ((cd_marital = 'a' and ss_sales_price between 0 and 3 and hd_dep > 0) or (cd_marital = 'b' and cd_education <> 'a') or cd_marital = 'c');

-- 14: what sells on every channel
with cross_items as (
  select i_item_sk as item_sk from ds.item, (
    select iss.i_brand_id as brand_id, iss.i_class as class from ds.store_sales, ds.item iss, ds.date_dim where ss_item_sk = iss.i_item_sk and ss_date_sk = d_date_sk
    intersect
    select ics.i_brand_id, ics.i_class from ds.catalog_sales, ds.item ics, ds.date_dim where cs_item_sk = ics.i_item_sk and cs_date_sk = d_date_sk
    intersect
    select iws.i_brand_id, iws.i_class from ds.web_sales, ds.item iws where ws_item_sk = iws.i_item_sk
  ) as x
  where i_brand_id = brand_id and i_class = class
),
average as (
  select avg(quantity * list_price) as average from (
    select ss_quantity as quantity, ss_list_price as list_price from ds.store_sales
    union all
    select cs_quantity, cs_list_price from ds.catalog_sales
    union all
    select ws_quantity, ws_list_price from ds.web_sales
  ) as x
)
select channel, i_brand_id, i_class, sum(sales) as sales, sum(number) as number
from (
  select 'store' as channel, i_brand_id, i_class, sum(ss_quantity * ss_list_price) as sales, count(*) as number
  from ds.store_sales, ds.item
  where ss_item_sk in (select item_sk from cross_items) and ss_item_sk = i_item_sk
  group by i_brand_id, i_class
  having sum(ss_quantity * ss_list_price) > (select average from average) - 50
  union all
  select 'web', i_brand_id, i_class, sum(ws_quantity * ws_list_price), count(*)
  from ds.web_sales, ds.item
  where ws_item_sk in (select item_sk from cross_items) and ws_item_sk = i_item_sk
  group by i_brand_id, i_class
) as y
group by rollup (channel, i_brand_id, i_class)
order by 1, 2, 3;

-- 15: by the beginning of the zip code
select ca_zip, sum(cs_sales_price) as total
from ds.catalog_sales, ds.customer, ds.customer_address, ds.date_dim
where cs_customer_sk = c_customer_sk and c_addr_sk = ca_address_sk and cs_date_sk = d_date_sk
  and (substr(ca_zip, 1, 1) in ('a', 'b') or ca_state in ('a', 'c') or cs_sales_price > 2)
group by ca_zip
order by 1;

-- 16: orders from more than one warehouse that did not come back
select count(distinct cs_order) as orders, sum(cs_ext_sales) as shipping, sum(cs_net_profit) as profit
from ds.catalog_sales cs1, ds.date_dim, ds.customer_address, ds.call_center
where cs1.cs_ship_date_sk = d_date_sk and cs1.cs_addr_sk = ca_address_sk and cs1.cs_call_center_sk = cc_sk and ca_state <> 'c'
  and exists (select * from ds.catalog_sales cs2 where cs1.cs_order = cs2.cs_order and cs1.cs_warehouse_sk <> cs2.cs_warehouse_sk)
  and not exists (select * from ds.catalog_returns cr where cs1.cs_order = cr.cr_order and cr_quantity > 2);

-- 17: statistics of what was sold, returned and bought again
select i_item_id, i_desc, s_state,
  count(ss_quantity) as n, avg(ss_quantity) as mean, stddev_samp(ss_quantity) as deviation,
  stddev_samp(ss_quantity) / avg(ss_quantity) as variation,
  avg(sr_quantity) as returned, avg(cs_quantity) as again
from ds.store_sales, ds.store_returns, ds.catalog_sales, ds.date_dim d1, ds.store, ds.item
where d1.d_date_sk = ss_date_sk and i_item_sk = ss_item_sk and s_store_sk = ss_store_sk
  and ss_customer_sk = sr_customer_sk and ss_item_sk = sr_item_sk and sr_customer_sk = cs_customer_sk and sr_item_sk = cs_item_sk
group by i_item_id, i_desc, s_state
order by 1, 2, 3;

-- 18: averages rolled up over where people live
select i_item_id, ca_country, ca_state, ca_county, avg(cs_quantity) as quantity, avg(cs_coupon) as coupon, avg(c_birth_year) as year, grouping(ca_state, ca_county) as level
from ds.catalog_sales, ds.customer_demographics cd, ds.customer, ds.customer_address, ds.item
where cs_item_sk = i_item_sk and cs_cdemo_sk = cd.cd_demo_sk and cs_customer_sk = c_customer_sk and c_addr_sk = ca_address_sk
  and cd.cd_gender in ('a', 'b') and c_birth_month in (1, 2, 11)
group by rollup (i_item_id, ca_country, ca_state, ca_county)
order by all;

-- 19: brands bought far from home
select i_brand_id, i_brand, i_manufact_id, sum(ss_ext_sales) as total
from ds.date_dim, ds.store_sales, ds.item, ds.customer, ds.customer_address, ds.store
where d_date_sk = ss_date_sk and ss_item_sk = i_item_sk and i_manager_id <> 1 and d_moy <> 2
  and ss_customer_sk = c_customer_sk and c_addr_sk = ca_address_sk
  and substr(ca_zip, 1, 1) <> substr(s_zip, 1, 1) and ss_store_sk = s_store_sk
group by i_brand, i_brand_id, i_manufact_id
order by total desc, 1, 2, 3;

-- 21: stock before and after a day
select * from (
  select w_name, i_item_id,
    sum(case when d_date < date '2024-01-15' then inv_quantity else 0 end) as before,
    sum(case when d_date >= date '2024-01-15' then inv_quantity else 0 end) as after
  from ds.inventory, ds.warehouse, ds.item, ds.date_dim
  where i_price between -1 and 3 and i_item_sk = inv_item_sk and inv_warehouse_sk = w_warehouse_sk and inv_date_sk = d_date_sk
  group by w_name, i_item_id
) as x
where (case when before > 0 then after / before else null end) between -3 and 3 or before <= 0
order by w_name, i_item_id;

-- 22: stock rolled up
select i_product_name, i_brand, i_class, avg(inv_quantity) as stock
from ds.inventory join ds.date_dim on inv_date_sk = d_date_sk join ds.item on inv_item_sk = i_item_sk
where d_month_seq between 0 and 1
group by rollup (i_product_name, i_brand, i_class)
order by stock, 1, 2, 3;

-- 23: best customers and what is often bought
with frequent as (
  select substr(i_desc, 1, 3) as what, i_item_sk as item_sk, d_date as day, count(*) as times
  from ds.store_sales, ds.date_dim, ds.item
  where ss_date_sk = d_date_sk and ss_item_sk = i_item_sk
  group by substr(i_desc, 1, 3), i_item_sk, d_date
  having count(*) >= 1
),
most as (
  select max(sales) as most from (
    select c_customer_sk, sum(ss_quantity * ss_sales_price) as sales from ds.store_sales, ds.customer where ss_customer_sk = c_customer_sk group by c_customer_sk
  )
),
best as (
  select c_customer_sk, sum(ss_quantity * ss_sales_price) as sales
  from ds.store_sales, ds.customer where ss_customer_sk = c_customer_sk
  group by c_customer_sk
  having sum(ss_quantity * ss_sales_price) > 0.1 * (select * from most)
)
select c_last, c_first, sales from (
  select c_last, c_first, sum(cs_quantity * cs_list_price) as sales
  from ds.catalog_sales, ds.customer
  where cs_item_sk in (select item_sk from frequent) and cs_customer_sk in (select c_customer_sk from best) and cs_customer_sk = c_customer_sk
  group by c_last, c_first
  union all
  select c_last, c_first, sum(ws_quantity * ws_list_price)
  from ds.web_sales, ds.customer
  where ws_item_sk in (select item_sk from frequent) and ws_customer_sk in (select c_customer_sk from best) and ws_customer_sk = c_customer_sk
  group by c_last, c_first
)
order by all;

-- 25: profit of things that came back and were bought again
select i_item_id, s_store_id, sum(ss_net_profit) as store, sum(sr_net_loss) as loss, sum(cs_net_profit) as catalog
from ds.store_sales, ds.store_returns, ds.catalog_sales, ds.date_dim d1, ds.date_dim d2, ds.store, ds.item
where d1.d_moy < 12 and d1.d_date_sk = ss_date_sk and i_item_sk = ss_item_sk and s_store_sk = ss_store_sk
  and ss_customer_sk = sr_customer_sk and ss_item_sk = sr_item_sk and ss_ticket = sr_ticket
  and sr_date_sk = d2.d_date_sk and sr_customer_sk = cs_customer_sk and sr_item_sk = cs_item_sk
group by i_item_id, s_store_id
order by 1, 2;

-- 27: averages with the level they are of
select i_item_id, s_state, grouping(s_state) as g_state, avg(ss_quantity) as a1, avg(ss_list_price) as a2
from ds.store_sales, ds.customer_demographics, ds.date_dim, ds.store, ds.item
where ss_date_sk = d_date_sk and ss_item_sk = i_item_sk and ss_store_sk = s_store_sk and ss_cdemo_sk = cd_demo_sk and cd_education <> 'b'
group by rollup (i_item_id, s_state)
order by 1, 2;

-- 28: six buckets side by side
select *
from (select avg(ss_list_price) as b1_avg, count(ss_list_price) as b1_count, count(distinct ss_list_price) as b1_distinct from ds.store_sales where ss_quantity between -1 and 1 and (ss_coupon > 1 or ss_wholesale < 2)) b1,
  (select avg(ss_list_price) as b2_avg, count(ss_list_price) as b2_count, count(distinct ss_list_price) as b2_distinct from ds.store_sales where ss_quantity between 2 and 3) b2,
  (select avg(ss_net_paid) as b3_avg, count(ss_net_paid) as b3_count, count(distinct ss_net_paid) as b3_distinct from ds.store_sales where ss_quantity > 3 or ss_wholesale is null) b3;

-- 30: who returns more than others in the state
with total as (
  select wr_customer_sk as customer_sk, ca_state as state, sum(wr_amt) as amount
  from ds.web_returns, ds.date_dim, ds.customer_address
  where wr_date_sk = d_date_sk and wr_addr_sk = ca_address_sk
  group by wr_customer_sk, ca_state
)
select c_customer_id, c_first, c_last, c_birth_country, amount
from total t1, ds.customer_address, ds.customer
where t1.amount > (select avg(amount) * 0.5 from total t2 where t1.state = t2.state) and ca_address_sk = c_addr_sk and t1.customer_sk = c_customer_sk
order by all;

-- 31: growth by county and quarter
with ss as (select ca_county, d_qoy, d_year, sum(ss_ext_sales) as sales from ds.store_sales, ds.date_dim, ds.customer_address where ss_date_sk = d_date_sk and ss_addr_sk = ca_address_sk group by 1, 2, 3),
ws as (select ca_county, d_qoy, d_year, sum(ws_ext_sales) as sales from ds.web_sales, ds.date_dim, ds.customer_address where ws_date_sk = d_date_sk and ws_addr_sk = ca_address_sk group by 1, 2, 3)
select ss1.ca_county, ss1.d_year, ws1.sales / nullif(ws2.sales, 0) as web, ss2.sales / nullif(ss1.sales, 0) as store
from ss ss1, ss ss2, ws ws1, ws ws2
where ss1.d_qoy <= ss2.d_qoy and ss1.ca_county = ss2.ca_county and ss1.ca_county = ws1.ca_county and ws1.ca_county = ws2.ca_county
order by all;

-- 32: discounts above the item's usual
select sum(cs_discount) as excess
from ds.catalog_sales, ds.item, ds.date_dim
where i_manufact_id < 2 and i_item_sk = cs_item_sk and d_date_sk = cs_date_sk
  and cs_discount >= (select 0.3 * avg(cs_discount) from ds.catalog_sales, ds.date_dim where cs_item_sk = i_item_sk and d_date_sk = cs_date_sk);

-- 33: manufacturers on three channels
with ss as (
  select i_manufact_id, sum(ss_ext_sales) as total from ds.store_sales, ds.date_dim, ds.item
  where i_manufact_id in (select i_manufact_id from ds.item where i_category in ('a', 'b')) and ss_item_sk = i_item_sk and ss_date_sk = d_date_sk group by i_manufact_id
),
cs as (
  select i_manufact_id, sum(cs_ext_sales) as total from ds.catalog_sales, ds.customer_address, ds.item
  where i_manufact_id in (select i_manufact_id from ds.item where i_category in ('b', 'c')) and cs_item_sk = i_item_sk and cs_addr_sk = ca_address_sk and ca_gmt > -1 group by i_manufact_id
)
select i_manufact_id, sum(total) as total
from (select * from ss union all select * from cs) as x
group by i_manufact_id
order by total, 1;

-- 34: households with many tickets
select c_last, c_first, c_preferred, ss_ticket, times
from (
  select ss_ticket, ss_customer_sk, count(*) as times
  from ds.store_sales, ds.store, ds.household_demographics
  where ss_store_sk = s_store_sk and ss_hdemo_sk = hd_demo_sk and (hd_buy = 'a' or hd_buy = 'b')
    and hd_vehicles > 0 and (case when hd_vehicles > 0 then hd_dep / hd_vehicles else null end) > -2
  group by ss_ticket, ss_customer_sk
) as dn, ds.customer
where ss_customer_sk = c_customer_sk and times between 1 and 20
order by all;

-- 35: people who bought, described
select ca_state, cd_gender, count(*) as n, max(cd_dep) as most, sum(cd_dep) as total, avg(cd_dep) as mean
from ds.customer c, ds.customer_address ca, ds.customer_demographics
where c.c_addr_sk = ca.ca_address_sk and cd_demo_sk = c.c_cdemo_sk
  and exists (select * from ds.store_sales, ds.date_dim where c.c_customer_sk = ss_customer_sk and ss_date_sk = d_date_sk and d_qoy < 2)
group by ca_state, cd_gender
order by 1, 2;

-- 36: margins ranked within their parents
select sum(ss_net_profit) / nullif(sum(ss_ext_sales), 0) as margin, i_category, i_class,
  grouping(i_category) + grouping(i_class) as level,
  rank() over (
    partition by grouping(i_category) + grouping(i_class), case when grouping(i_class) = 0 then i_category end
    order by sum(ss_net_profit) / nullif(sum(ss_ext_sales), 0)
  ) as place
from ds.store_sales, ds.item, ds.store
where i_item_sk = ss_item_sk and s_store_sk = ss_store_sk and s_state in ('a', 'b')
group by rollup (i_category, i_class)
order by level desc, case when level = 0 then i_category end, place;
