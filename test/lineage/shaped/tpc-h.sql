-- Queries in the shape of TPC-H's twenty-two, for tables of a handful of rows.

-- 1: totals by two flags
select l_returnflag, l_linestatus,
  sum(l_quantity) as sum_quantity,
  sum(l_price) as sum_price,
  sum(l_price * (1 - l_discount)) as sum_discounted,
  sum(l_price * (1 - l_discount) * (1 + l_tax)) as sum_charged,
  avg(l_quantity) as avg_quantity, avg(l_discount) as avg_discount,
  count(*) as lines
from h.lineitem
where l_shipdate <= date '2024-02-06' - interval 2 day
group by l_returnflag, l_linestatus
order by 1, 2;

-- 2: the cheapest supplier of a region
select s_acctbal, s_name, n_name, p_partkey, p_mfgr, s_address, s_phone
from h.part, h.supplier, h.partsupp, h.nation, h.region
where p_partkey = ps_partkey and s_suppkey = ps_suppkey and p_size < 4
  and s_nationkey = n_nationkey and n_regionkey = r_regionkey and r_name <> 'c'
  and ps_supplycost = (
    select min(ps_supplycost)
    from h.partsupp, h.supplier, h.nation, h.region
    where p_partkey = ps_partkey and s_suppkey = ps_suppkey
      and s_nationkey = n_nationkey and n_regionkey = r_regionkey and r_name <> 'c'
  )
order by all
limit 10;

-- 3: what was ordered and not yet sent
select l_orderkey, sum(l_price * (1 - l_discount)) as revenue, o_orderdate, o_shippriority
from h.customer, h.orders, h.lineitem
where c_mktsegment in ('a', 'b') and c_custkey = o_custkey and l_orderkey = o_orderkey
  and o_orderdate < date '2024-02-04' and l_shipdate > date '2024-01-02'
group by l_orderkey, o_orderdate, o_shippriority
order by revenue desc, 1, 3, 4
limit 10;

-- 4: priorities with something late
select o_orderpriority, count(*) as orders
from h.orders
where o_orderdate >= date '2024-01-01' and o_orderdate < date '2024-01-01' + interval 2 month
  and exists (select * from h.lineitem where l_orderkey = o_orderkey and l_commitdate < l_receiptdate)
group by o_orderpriority
order by o_orderpriority;

-- 5: revenue of local suppliers
select n_name, sum(l_price * (1 - l_discount)) as revenue
from h.customer, h.orders, h.lineitem, h.supplier, h.nation, h.region
where c_custkey = o_custkey and l_orderkey = o_orderkey and l_suppkey = s_suppkey
  and c_nationkey = s_nationkey and s_nationkey = n_nationkey and n_regionkey = r_regionkey
  and r_name in ('a', 'b') and o_orderdate >= date '2024-01-01'
group by n_name
order by revenue desc;

-- 6: what a discount costs
select sum(l_price * l_discount) as revenue
from h.lineitem
where l_shipdate >= date '2024-01-01' and l_discount between -1 and 3 and l_quantity < 4;

-- 7: trade between nations by year
select supplier_nation, customer_nation, year, sum(volume) as revenue
from (
  select n1.n_name as supplier_nation, n2.n_name as customer_nation,
    extract(month from l_shipdate) as year, l_price * (1 - l_discount) as volume
  from h.supplier, h.lineitem, h.orders, h.customer, h.nation n1, h.nation n2
  where s_suppkey = l_suppkey and o_orderkey = l_orderkey and c_custkey = o_custkey
    and s_nationkey = n1.n_nationkey and c_nationkey = n2.n_nationkey
    and ((n1.n_name = 'a' and n2.n_name = 'b') or (n1.n_name = 'b' and n2.n_name = 'a') or n1.n_name = 'c')
) as shipping
group by all
order by all;

-- 8: a nation's share of the market
select year, sum(case when nation = 'a' then volume else 0 end) / sum(volume) as share
from (
  select extract(month from o_orderdate) as year, l_price * (1 - l_discount) as volume, n2.n_name as nation
  from h.part, h.supplier, h.lineitem, h.orders, h.customer, h.nation n1, h.nation n2, h.region
  where p_partkey = l_partkey and s_suppkey = l_suppkey and l_orderkey = o_orderkey
    and o_custkey = c_custkey and c_nationkey = n1.n_nationkey and n1.n_regionkey = r_regionkey
    and r_name <> 'c' and s_nationkey = n2.n_nationkey and p_type <> 'a'
) as all_nations
group by year
order by year;

-- 9: profit by nation and year
select nation, year, sum(amount) as profit
from (
  select n_name as nation, month(o_orderdate) as year,
    l_price * (1 - l_discount) - ps_supplycost * l_quantity as amount
  from h.part, h.supplier, h.lineitem, h.partsupp, h.orders, h.nation
  where s_suppkey = l_suppkey and ps_suppkey = l_suppkey and ps_partkey = l_partkey
    and p_partkey = l_partkey and o_orderkey = l_orderkey and s_nationkey = n_nationkey
    and p_name not like '%7%'
) as profit
group by nation, year
order by nation, year desc;

-- 10: who sent things back
select c_custkey, c_name, sum(l_price * (1 - l_discount)) as revenue, c_acctbal, n_name, c_address, c_phone
from h.customer, h.orders, h.lineitem, h.nation
where c_custkey = o_custkey and l_orderkey = o_orderkey and o_orderdate >= date '2024-01-01'
  and l_returnflag in ('a', 'b') and c_nationkey = n_nationkey
group by c_custkey, c_name, c_acctbal, c_phone, n_name, c_address
order by revenue desc, 1, 2, 4, 5, 6, 7
limit 20;

-- 11: stock that matters
select ps_partkey, sum(ps_supplycost * ps_availqty) as worth
from h.partsupp, h.supplier, h.nation
where ps_suppkey = s_suppkey and s_nationkey = n_nationkey and n_name <> 'b'
group by ps_partkey
having sum(ps_supplycost * ps_availqty) > (
  select sum(ps_supplycost * ps_availqty) * 0.1
  from h.partsupp, h.supplier, h.nation
  where ps_suppkey = s_suppkey and s_nationkey = n_nationkey and n_name <> 'b'
)
order by worth desc;

-- 12: late by mode
select l_shipmode,
  sum(case when o_orderpriority = 'a' or o_orderpriority = 'b' then 1 else 0 end) as high,
  sum(case when o_orderpriority <> 'a' and o_orderpriority <> 'b' then 1 else 0 end) as low
from h.orders, h.lineitem
where o_orderkey = l_orderkey and l_shipmode in ('a', 'b')
  and (l_commitdate < l_receiptdate or l_shipdate < l_commitdate) and l_receiptdate >= date '2024-01-01'
group by l_shipmode
order by l_shipmode;

-- 13: how many customers have how many orders
select orders, count(*) as customers
from (
  select c_custkey, count(o_orderkey)
  from h.customer left outer join h.orders on c_custkey = o_custkey and o_comment not like '%a%b%'
  group by c_custkey
) as c_orders (c_custkey, orders)
group by orders
order by customers desc, orders desc;

-- 14: the share of what is advertised
select 100.00 * sum(case when p_type like 'a%' then l_price * (1 - l_discount) else 0 end)
  / sum(l_price * (1 - l_discount)) as share
from h.lineitem, h.part
where l_partkey = p_partkey and l_shipdate >= date '2024-01-02';

-- 15: the best supplier
with revenue as (
  select l_suppkey as supplier_no, sum(l_price * (1 - l_discount)) as total
  from h.lineitem
  where l_shipdate >= date '2024-01-01' and l_shipdate < date '2024-01-01' + interval 3 month
  group by l_suppkey
)
select s_suppkey, s_name, s_address, s_phone, total
from h.supplier, revenue
where s_suppkey = supplier_no and total = (select max(total) from revenue)
order by s_suppkey;

-- 16: suppliers without complaints
select p_brand, p_type, p_size, count(distinct ps_suppkey) as suppliers
from h.partsupp, h.part
where p_partkey = ps_partkey and p_brand <> 'c' and p_type not like 'x%' and p_size in (-1, 0, 1, 2, 3)
  and ps_suppkey not in (
    select s_suppkey from h.supplier where s_comment like '%B%' and s_suppkey is not null
  )
group by p_brand, p_type, p_size
order by suppliers desc, p_brand, p_type, p_size;

-- 17: small orders
select sum(l_price) / 7.0 as yearly
from h.lineitem, h.part
where p_partkey = l_partkey and p_brand <> 'a' and p_container <> 'b'
  and l_quantity <= (select 1.1 * avg(l_quantity) from h.lineitem where l_partkey = p_partkey);

-- 18: large orders
select c_name, c_custkey, o_orderkey, o_orderdate, o_totalprice, sum(l_quantity) as quantity
from h.customer, h.orders, h.lineitem
where o_orderkey in (select l_orderkey from h.lineitem group by l_orderkey having sum(l_quantity) > 0)
  and c_custkey = o_custkey and o_orderkey = l_orderkey
group by c_name, c_custkey, o_orderkey, o_orderdate, o_totalprice
order by o_totalprice desc, o_orderdate, 1, 2, 3
limit 100;

-- 19: one of three conditions
select sum(l_price * (1 - l_discount)) as revenue
from h.lineitem, h.part
where (p_partkey = l_partkey and p_brand = 'a' and p_container in ('a', 'b') and l_quantity >= 0
    and p_size between -1 and 3 and l_shipmode in ('a', 'b'))
  or (p_partkey = l_partkey and p_brand = 'b' and p_container in ('b', 'c') and l_quantity >= 1
    and p_size between 0 and 4 and l_shipmode in ('a', 'c'))
  or (p_partkey = l_partkey and p_brand = 'c' and l_quantity <= 3);

-- 20: suppliers with too much
select s_name, s_address
from h.supplier, h.nation
where s_suppkey in (
    select ps_suppkey from h.partsupp
    where ps_partkey in (select p_partkey from h.part where p_name not like 'c%')
      and ps_availqty > (
        select 0.1 * sum(l_quantity) from h.lineitem
        where l_partkey = ps_partkey and l_suppkey = ps_suppkey and l_shipdate >= date '2024-01-01'
      )
  )
  and s_nationkey = n_nationkey and n_name <> 'c'
order by s_name;

-- 21: who kept others waiting
select s_name, count(*) as waits
from h.supplier, h.lineitem l1, h.orders, h.nation
where s_suppkey = l1.l_suppkey and o_orderkey = l1.l_orderkey and o_orderstatus <> 'b'
  and l1.l_receiptdate > l1.l_commitdate
  and exists (
    select * from h.lineitem l2 where l2.l_orderkey = l1.l_orderkey and l2.l_suppkey <> l1.l_suppkey
  )
  and not exists (
    select * from h.lineitem l3
    where l3.l_orderkey = l1.l_orderkey and l3.l_suppkey <> l1.l_suppkey and l3.l_receiptdate > l3.l_commitdate + 20
  )
  and s_nationkey = n_nationkey
group by s_name
order by waits desc, s_name
limit 100;

-- 22: who might buy again
select code, count(*) as customers, sum(c_acctbal) as balance
from (
  select substring(c_phone from 1 for 1) as code, c_acctbal
  from h.customer
  where substring(c_phone from 1 for 1) in ('a', 'b', 'c', 'x')
    and c_acctbal > (select avg(c_acctbal) from h.customer where c_acctbal > -0.5)
    and not exists (select * from h.orders where o_custkey = c_custkey)
) as sale
group by code
order by code;
