-- Everyday queries, on which nearly every claim of lineage can be seen to hold.

-- projection: columns and expressions
select id, upper(status) as status, amount * 2 as double, placed from raw.orders;

-- filter: some rows
select id, status from raw.orders where amount > 0.5;

-- join: two datasets
select o.id, c.name, o.amount from raw.orders o join raw.customers c on o.customer = c.customer;

-- left_join: with those that have no other
select c.name, e.label from raw.customers c left join raw.edges e on e.src = c.customer;

-- totals: sums by key
select status, sum(amount) as total, count(*) as n from raw.orders group by status;

-- window: a running sum
select label, sum(cost) over (partition by label order by src, dst, cost) as running from raw.edges;

-- newest: the newest of each key
select id, status from raw.orders qualify row_number() over (partition by id order by seen desc, status) = 1;

-- union: two sources of one thing
select customer, label from raw.narrow union all select src, label from raw.edges;

-- exists: those that have another
select name, region from raw.customers c where exists (select 1 from raw.orders o where o.customer = c.customer);

-- scalar: a value from another dataset
select name, (select max(amount) from raw.orders o where o.customer = c.customer) as most from raw.customers c;
