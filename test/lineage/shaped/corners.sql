-- Corners of SQL in which a source is easily forgotten, over the datasets of made-up queries.

-- order_list: the order of a subquery decides about a list
select list(status) as l, count(*) as n from (select status from raw.orders order by amount, status);

-- order_first: and about the first
select first(kind) as f, sum(weight) as s from (select * from raw.events order by weight desc, kind);

-- order_number: and about a number without an order of its own
select label, row_number() over () as place from (select label, cost from raw.edges order by cost, label);

-- order_group: by an aggregate that nobody sees
select status from raw.orders group by status order by sum(amount), status limit 2;

-- limit_query: how many, says another table
select label from raw.edges order by label limit (select max(customer) from raw.narrow);

-- offset_query: how many are left out as well
select label from raw.edges order by label limit 3 offset (select abs(min(customer)) from raw.narrow);

-- limit_percent: a share of the rows
select src, label from raw.edges order by src, label, dst, cost limit 50%;

-- unnest_two: the longer list decides how many rows there are
select kind, unnest(numbers) as n, unnest([body.b, kind]) as t from raw.events;

-- unnest_where: an empty list hides a row
select kind from raw.events, unnest(numbers);

-- unnest_left: or not
select e.kind, u.n from raw.events e left join lateral unnest(e.numbers) as u(n) on true;

-- unnest_exists: a list in a condition
select kind from raw.events e where exists (select 1 from unnest(e.numbers) as u(n) where u.n > e.weight);

-- unnest_group: a list that was made just before
select region, unnest(list(name order by score, name)) as name from raw.customers group by region;

-- unnest_deep: lists in lists
select unnest([[src, dst], [dst]], max_depth := 2) as n, label from raw.edges;

-- unnest_recursive: fields of structs in lists
select unnest([{'x': src, 'y': {'z': label}}], recursive := true) from raw.edges;

-- ordinality: the place in the list
select c.name, u.i, u.tag from raw.customers c, unnest(c.tags) with ordinality as u(tag, i);

-- frame_columns: the frame of a window comes from columns
select label, sum(cost) over (order by cost, label rows between greatest(src, 0) preceding and greatest(dst, 0) following) as s from raw.edges;

-- frame_range: a range of values
select label, count(*) over (order by cost range between 0.5 preceding and current row) as n from raw.edges;

-- frame_groups: groups, without the ties
select src, sum(dst) over (partition by label order by cost groups between 1 preceding and 1 following exclude ties) as s from raw.edges;

-- window_distinct: distinct values of a window
select label, count(distinct src) over (partition by dst) as n from raw.edges;

-- window_ordered: an order inside the function and one of the window
select label, list(src order by cost, src) over (partition by dst) as l from raw.edges;

-- window_named: windows that are named
select label, sum(src) over w as s, rank() over (w order by cost) as r from raw.edges window w as (partition by dst);

-- window_over_group: windows over aggregates
select status, sum(sum(amount)) over (order by count(*), status) as running from raw.orders group by status;

-- window_ntile: the number of buckets is a column
select label, ntile(1 + abs(src)) over (order by cost, label, src, dst) as bucket from raw.edges;

-- window_lag: how far back, and what else
select label, lag(label, cast(greatest(src, 0) as integer), cast(dst as varchar)) over (order by cost, label, src, dst) as before from raw.edges;

-- window_filter: rows that count
select label, count(*) filter (where src > dst) over (partition by cost) as n from raw.edges;

-- window_fill: the last that was not null
select label, last_value(cost ignore nulls) over (order by src, dst, label rows unbounded preceding) as c from raw.edges;

-- qualify: a window decides about rows
select label, src from raw.edges qualify dense_rank() over (partition by src order by cost) = 1;

-- qualify_count: a count decides about rows
select name from raw.customers qualify count(*) over (partition by region, born) > 1;

-- except_all: sets with counts
select customer, label from raw.narrow except all select src, label from raw.edges;

-- intersect_all: the same columns in other places
select src, dst from raw.edges intersect all select dst, src from raw.edges;

-- union_by_name: columns that one side lacks
select customer, label from raw.narrow union by name select label, cost from raw.edges;

-- distinct_pairs: a duplicate of both is not one of either
select distinct region, born from raw.customers;

-- distinct_on: the first of each
select distinct on (region) region, name from raw.customers order by region, score desc, name;

-- distinct_on_hidden: by something that is not shown
select distinct on (upper(region)) name from raw.customers order by upper(region), born, name;

-- alias_reuse: names of the same select
select src + 1 as next, next * 2 as twice, twice + dst as more from raw.edges where next > 1;

-- whole_row: a row as a value
select o as everything, o.id as id from raw.orders as o;

-- whole_json: a row as text
select to_json(c)::varchar as j from raw.customers as c;

-- whole_hash: a row as a number
select hash(n) as h, n.label as label from raw.narrow as n;

-- columns_max: one aggregate for every column
select max(columns(*)) from raw.edges;

-- columns_pattern: some columns
select columns('^(s|c).*') from raw.edges;

-- columns_unpacked: all columns as arguments
select coalesce(*columns(*)) as first from (select src, dst from raw.edges);

-- columns_lambda: columns by a condition on their names
select columns(lambda c: c like '%st%') + 1 from (select src, dst, cost from raw.edges);

-- star_like: columns by a pattern
select * like '%a%' from raw.customers;

-- star_exclude_replace: a star with exceptions
select * exclude (dst) replace (src + dst as src) from raw.edges;

-- pivot_two: two aggregates for each value
from (pivot raw.edges on label in ('a', 'b') using sum(cost) as total, max(src) as most group by dst);

-- pivot_pairs: pairs of columns
from (pivot raw.orders on status in ('a', 'b'), paid in (true, false) using count(*) group by customer);

-- pivot_expression: computed values
from (pivot (select label || '!' as what, src, dst from raw.edges) on what in ('a!', 'b!') using first(src order by src) group by dst);

-- unpivot: columns into rows
from (unpivot (select label, src, dst from raw.edges) on src, dst into name which value number);

-- unpivot_nulls: with the nulls
select * from raw.edges unpivot include nulls (number for which in (src, dst));

-- unpivot_pairs: two columns at once
from (select src, dst, src + 1 as src2, dst + 1 as dst2, label from raw.edges) unpivot ((a, b) for which in ((src, dst), (src2, dst2)));

-- recursive_walk: a walk over edges
with recursive walk(node, steps, path) as (
  select src, 0, label from raw.edges where cost > 0
  union all
  select e.dst, w.steps + 1, w.path || e.label from walk w join raw.edges e on e.src = w.node where w.steps < 3
)
select * from walk;

-- recursive_union: until nothing is new
with recursive reach(a, b) as (
  select src, dst from raw.edges
  union
  select r.a, e.dst from reach r join raw.edges e on r.b = e.src
)
select a, b from reach;

-- recursive_swap: columns that change places
with recursive swap(a, b, c, n) as (
  select src, dst, length(label), 0 from raw.edges
  union all
  select b, c, a, n + 1 from swap where n < 2
)
select a from swap where n = 2;

-- recursive_key: one row for each key
with recursive best(node, steps) using key (node) as (
  select src, 0 from raw.edges where label = 'a'
  union
  select e.dst, b.steps + 1 from best b join raw.edges e on e.src = b.node where b.steps < 2
)
select node, steps from best;

-- recursive_condition: another table ends it
with recursive r(n, v) as (
  select 0, customer from raw.narrow
  union all
  select n + 1, v from r where n < 2 and v in (select src from raw.edges where cost > 0)
)
select n, v from r;

-- cte_twice: used twice
with t as materialized (select src, sum(cost) as cost from raw.edges group by src)
select a.src, b.cost from t a join t b on a.src = b.src + 1;

-- cte_shadow: a name that hides another
with edges as (select label, src as dst from raw.edges), again as (with edges as (select dst as label from edges) select * from edges)
select again.label, edges.label as other from again, edges where again.label = edges.dst;

-- cte_unused: what nobody reads
with unused as (select * from raw.customers) select label from raw.narrow;

-- scalar_correlated: a value for each row
select name, (select max(amount) from raw.orders o where o.customer = c.customer and o.placed > c.born) as most from raw.customers c;

-- scalar_twice: two levels up
select name, (select count(*) from raw.orders o where o.customer = c.customer and exists (select 1 from raw.edges e where e.src = o.id and e.label = c.region)) as n from raw.customers c;

-- scalar_limit: the newest for each row
select name, (select status from raw.orders o where o.customer = c.customer order by placed desc, status limit 1) as newest from raw.customers c;

-- scalar_window: a window in a correlated query
select n.label, (select max(r) from (select rank() over (order by e.cost) as r, e.src from raw.edges e where e.src >= n.customer)) as r from raw.narrow n;

-- scalar_alone: a value that nobody asked rows for
select label, (select min(score) from raw.customers where region <> 'a') as least from raw.narrow;

-- exists_output: an answer as a value
select name, exists (select 1 from raw.orders o where o.customer = c.customer and o.paid) as pays from raw.customers c;

-- in_output: nulls make it unknown
select label, customer in (select src from raw.edges where cost > 0) as known from raw.narrow;

-- not_in: one null hides everything
select label from raw.narrow where customer not in (select dst from raw.edges);

-- all_any: every and some
select label, customer > all (select src from raw.edges where label = 'a') as above, customer = any (select dst from raw.edges) as among from raw.narrow;

-- in_pairs: rows in rows
select label from raw.narrow where (customer, label) in (select src, label from raw.edges where cost is not null);

-- in_correlated: in what another query finds
select name from raw.customers c where c.region in (select o.status from raw.orders o where o.customer = c.customer);

-- array_query: a list of what another query finds
select name, array(select amount from raw.orders o where o.customer = c.customer order by amount) as amounts from raw.customers c;

-- subquery_group: inside an aggregate
select region, sum((select count(*) from raw.orders o where o.customer = c.customer)) as n from raw.customers c group by region;

-- subquery_filter: inside the filter of an aggregate
select region, count(*) filter (where customer in (select customer from raw.narrow where label = 'a')) as n from raw.customers group by region;

-- subquery_having: inside having
select region from raw.customers group by region having count(*) > (select count(*) from raw.narrow where label = 'b');

-- subquery_order: inside an order with a limit
select name from raw.customers c order by (select min(label) from raw.narrow n where n.customer = c.customer), name, region, born limit 2;

-- subquery_join: inside the condition of a join
select c.name, n.label from raw.customers c join raw.narrow n on c.customer = n.customer and exists (select 1 from raw.edges e where e.src = c.customer);

-- subquery_case: inside one branch
select case when label = 'a' then (select max(weight) from raw.events) else customer end as v from raw.narrow;

-- lateral_top: the best for each
select c.name, l.status, l.amount from raw.customers c, lateral (select status, amount from raw.orders o where o.customer = c.customer order by amount desc, status limit 1) l;

-- lateral_group: totals for each
select c.name, l.n, l.total from raw.customers c left join lateral (select count(*) as n, sum(o.amount) as total from raw.orders o where o.customer = c.customer and o.status = c.region) l on true;

-- lateral_union: one or the other
select n.label, l.v from raw.narrow n, lateral (select src as v from raw.edges e where e.label = n.label union all select n.customer) l;

-- lateral_chain: one upon another
select n.label, a.x, b.y from raw.narrow n, lateral (select n.customer + 1 as x) a, lateral (select a.x * 2 as y where a.x > 0) b;

-- lateral_values: values of a row
select n.label, v.x from raw.narrow n, lateral (values (n.customer), (n.customer + 1)) v(x);

-- asof: the nearest before
select o.id, o.seen, e.kind, e.weight from raw.orders o asof join raw.events e on o.seen >= e.seen;

-- asof_left: or none
select o.id, e.kind from raw.orders o asof left join raw.events e on o.status = e.kind and o.seen >= e.seen;

-- asof_using: by common names
select o.id, e.weight, seen from raw.orders o asof join raw.events e using (seen);

-- using_full: a key of both
select customer, c.name, n.label from raw.customers c full join raw.narrow n using (customer);

-- using_right: the key of the right
select customer, c.name from raw.customers c right join raw.narrow n using (customer);

-- natural: every common name
select * from raw.narrow natural full join (select customer, label, 1 as one from raw.narrow where label = 'a');

-- using_three: a key of three
select customer, c.name, n.label, o.id from raw.customers c full join raw.narrow n using (customer) full join raw.orders o using (customer);

-- semi: rows that have another
select name from raw.customers c semi join raw.orders o on c.customer = o.customer and o.paid;

-- anti: rows that have none
select name from raw.customers c anti join raw.orders o using (customer);

-- positional: row by row
select a.label || b.n as pair from (select label from raw.narrow order by customer, label) a positional join (select src as n from raw.edges order by src) b;

-- join_inequality: more or less
select a.label, b.label as other from raw.edges a join raw.edges b on a.cost < b.cost and a.src <> b.dst;

-- left_condition: a condition on one side alone
select n.label, e.cost from raw.narrow n left join raw.edges e on n.customer = 1;

-- grouping_sets: which sets a row is of
select region, born, count(*) as n, grouping(region, born) as g from raw.customers group by grouping sets ((region, born), (region), ());

-- cube_hidden: keys that are not shown
select max(score) as best from raw.customers group by cube (region, born);

-- group_hidden: a key that is not shown
select sum(amount) as total from raw.orders group by status;

-- group_expression: a key that is computed
select length(name) as l, count(*) as n from raw.customers group by length(name);

-- having_hidden: a condition on what is not shown
select region from raw.customers group by region having max(score) > min(length(name));

-- arg_max: the one with the most
select region, arg_max(name, score) as best, max_by(born, length(name)) as day from raw.customers group by region;

-- ordered_aggregate: an order inside
select region, string_agg(name, ',' order by born, name) as names, first(name order by score desc, name) as top from raw.customers group by region;

-- ordered_set: a place within a group
select region, quantile_disc(score, 0.5) as median, mode() within group (order by name) as mode from raw.customers group by region;

-- distinct_filter: distinct, of some rows
select count(distinct region) filter (where score > 0) as n, sum(distinct score) as s from raw.customers;

-- nested_lambda: lambdas in lambdas
select kind, list_transform(numbers, lambda x: list_sum(list_transform([1, 2], lambda y: x * y + length(kind)))) as l from raw.events;

-- lambda_filter: a column in a condition inside
select list_filter(numbers, lambda x: x > weight) as l, kind from raw.events;

-- comprehension: with a condition
select [x + len(kind) for x in numbers if x <> body.a] as l from raw.events;

-- reduce: one value of many
select list_reduce(list_concat(numbers, [1]), lambda a, b: a + b * length(kind)) as r from raw.events;

-- struct_path: a field of a field
select {'x': {'y': body.a, 'z': weight}}.x.y as y, (body).b || kind as t from raw.events;

-- struct_update: a struct with more fields
select struct_insert(body, c := kind, d := weight) as s from raw.events;

-- struct_star: all fields
select body.* from raw.events where weight > 0;

-- map: keys and values
select map([coalesce(kind, '-'), 'x'], [weight, 1]) as m, map {'k': body.a}['k'] as k from raw.events;

-- map_entries: a map made of rows
select cast(map_from_entries(list((name, score) order by name, score)) as varchar) as m from (select name, max(score) as score from raw.customers where name is not null group by name);

-- json_path: a path that is a column
select json_extract_string(to_json(body), '$.' || case when weight > 0 then 'a' else 'b' end) as v from raw.events;

-- json_each: keys and values as rows
select e.kind, j.key, j.value from raw.events e, json_each(to_json(e.body)) j;

-- series: as many rows as a column says
select n.label, g.i from raw.narrow n, generate_series(n.customer, 3) g(i);

-- series_dates: days from one to another
select c.name, g.day from raw.customers c, generate_series(c.born, c.born + 1, interval 1 day) g(day);

-- values_query: queries inside values
select * from (values (1, (select max(label) from raw.narrow)), (2, (select min(name) from raw.customers))) v(n, t);

-- values_join: rows beside rows
select v.t, n.customer from (values ('a', 1), ('b', 2)) v(t, n) join raw.narrow n on n.label = v.t and n.customer >= v.n;

-- renamed_columns: other names for a table's columns
select a, c from raw.edges as e(a, b, c, d) where d > 0;

-- quoted: names that need quotes
select "Id", "select" as "a ""b""", "日本" from odd."we ird ""name""" where "q""uote" order by "a b", 1, 2, 3 limit 3;

-- coalesce_case: what decides between values
select coalesce(c.name, n.label) as v, case c.region when n.label then 1 when 'a' then 2 else c.score end as w from raw.customers c left join raw.narrow n on n.customer = c.customer;

-- nullif_if: null where two are equal
select nullif(src, dst) as a, if(cost > 0, label, 'none') as b, ifnull(cost, src) as c from raw.edges;

-- like_escape: a pattern that is a column
select name like '%' || region || '%' as l, regexp_matches(name, region) as r, name similar to '[a-c]+' as s from raw.customers;

-- collated: an order that is not of bytes
select name collate nocase as name, max(region collate nocase) as m from raw.customers group by 1;

-- interval: time and its parts
select seen + to_hours(id) as later, date_part('month', placed) as m, placed - seen::date as days from raw.orders;

-- try: an error that is null
select try(cast(status as bigint)) as n, try_cast(status as date) as d from raw.orders;

-- parameters: what the run says
select label, $run_date - cast(customer as integer) as day from raw.narrow where $run_time > timestamp '1960-01-01';

-- nothing: no table at all
select 1 as one, 'a' as a;

-- count_only: rows and no column
select count(*) as n from raw.customers, raw.narrow;

-- from_first: nothing but from
from raw.narrow;

-- copy_group: a column of the left, seen through the right, is a column like others
select count(*) as n from raw.narrow n, lateral (select n.customer as x from raw.edges e where e.label = n.label) l group by l.x;

-- copy_distinct: also where rows are compared
select distinct l.x, 1 as one from raw.narrow n, lateral (select n.customer as x from raw.edges e where e.label = n.label) l;

-- copy_distinct_count: and counted
select count(*) as k from (select distinct l.x from raw.narrow n, lateral (select n.customer as x) l);

-- copy_distinct_on: and chosen
select distinct on (l.x) l.c from raw.narrow n, lateral (select n.customer as x, e.cost as c from raw.edges e where e.label = n.label) l order by l.x, l.c;

-- copy_partition: and put into windows
select n.label, count(*) over (partition by l.x) as k from raw.narrow n, lateral (select n.customer as x from raw.edges e where e.label = n.label) l;

-- copy_group_twice: and grouped within and without
select count(*) as k from (select l.x from raw.narrow n, lateral (select n.customer as x, count(*) as c from raw.edges e group by n.customer) l group by l.x);

-- copy_join: two of them may be joined by what the engine itself joins copies by
with q as materialized (select n.label, l.x from raw.narrow n, lateral (select n.customer as x) l)
select a.label, b.label as other from q a join q b on a.x is not distinct from b.x;

-- copy_scalar: null where the inner query has no row
select name, (select c.region from raw.orders o where o.customer = c.customer limit 1) as r from raw.customers c;

-- copy_condition: even without a table
select name, (select c.region where c.score > 0) as r from raw.customers c;

-- copy_nested: two levels deep
select name, (select (select c.region where o.paid) from raw.orders o where o.customer = c.customer order by o.id, o.paid limit 1) as r from raw.customers c;

-- copy_grouped: grouped by itself
select name, (select c.region from raw.orders o where o.customer = c.customer group by c.region) as r from raw.customers c;

-- copy_left: null where nothing matches
select n.label, l.x from raw.narrow n left join lateral (select n.customer as x from raw.edges e where e.label = n.label limit 1) l on true;

-- list_missing: a list that is written out may be missing as a whole
select n.label, unnest((select [e.src, n.customer] from raw.edges e where e.label = n.label order by e.cost, e.src limit 1)) as v from raw.narrow n;

-- list_condition: where a condition does not hold
select unnest((select [o.id, 1] where o.paid)) as c, o.status as s from raw.orders o;

-- list_union: on one side of a union
select label, unnest(l) as e from (
  select label, [src, dst] as l from raw.edges
  union all
  select label, case when src > 0 then [src, dst] end from raw.edges
);

-- list_nested: within a list
select label, unnest([[src, dst], case when src > 0 then [src, dst] end], max_depth := 2) as e from raw.edges;

-- list_outer: on the side that a join fills up
select n.label, unnest(q.l) as v from raw.narrow n left join (select src, [dst, 1] as l from raw.edges) q on q.src = n.customer;

-- inner_1: rollup of copy then distinct
select n.label, l.k from raw.narrow n, lateral (select count(*) as k from (select distinct x from (select n.customer as x from raw.edges e group by rollup(n.customer)))) l;

-- inner_2: grouping sets, group again
select n.label, l.k from raw.narrow n, lateral (select count(*) as k from (select x, count(*) as c from (select n.customer as x from raw.edges e group by grouping sets ((n.customer), (), ())) group by x)) l;

-- inner_3: case
select LABEL as a from RAW.NARROW where CUSTOMER > 0;

-- inner_4: window over copies in lateral subquery
select n.label, (select max(c) from (select count(*) over (partition by x) as c from (select n.customer as x, e.src from raw.edges e union all select e.dst, e.src from raw.edges e))) as m from raw.narrow n;

-- inner_5: nullable copy inside
select n.label, (select count(distinct q.x) from raw.edges e left join (select n.customer as x, o.customer as c from raw.orders o where o.paid) q on q.c = e.src) as k from raw.narrow n;

-- inner_6: nullable copy group inside
select n.label, (select max(k) from (select count(*) as k from raw.edges e left join (select n.customer as x, o.customer as c from raw.orders o where o.paid) q on q.c = e.src group by q.x)) as k from raw.narrow n;

-- inner_7: nested lateral, group by middle column copied
select n.label, l.k from raw.narrow n, lateral (select count(*) as k from (select m.z from raw.edges e, lateral (select e.src as z where e.dst >= n.customer) m group by m.z)) l;

-- inner_8: nested lateral partition
select n.label, l.k from raw.narrow n, lateral (select max(w) as k from (select count(*) over (partition by m.z) as w from raw.edges e, lateral (select e.src as z) m where e.dst >= n.customer)) l;

-- inner_9: union of copies and columns distinct
select n.label, (select count(*) from (select n.customer as v union select e.src from raw.edges e)) as k from raw.narrow n;

-- inner_10: except of copies
select n.label, (select count(*) from (select n.customer as v except select e.src from raw.edges e where e.label = n.label)) as k from raw.narrow n;

-- inner_11: recursive correlated
select n.label, (with recursive r(v, d) as (select n.customer, 0 union all select e.dst, d + 1 from r, raw.edges e where e.src = r.v and d < 2) select max(v) from r) as m from raw.narrow n;

-- inner_12: cte correlated twice
select n.label, (with q as materialized (select e.src as s from raw.edges e where e.dst = n.customer) select count(*) from q a, q b where a.s < b.s) as k from raw.narrow n;

-- inner_13: lateral cte copies
select count(*) as c from raw.narrow n, lateral (with q as (select n.customer as x, e.src as s from raw.edges e) select x from q where s > 1) l group by l.x;

-- inner_14: two laterals with same copy joined by is not distinct
select n.label from raw.narrow n, lateral (select n.customer as x from raw.edges e) a, lateral (select n.customer as y from raw.orders o) b where a.x is not distinct from b.y;

-- inner_15: lateral not distinct across rows
select a.label from (select n.label, l.x from raw.narrow n, lateral (select n.customer as x) l) a join (select n.label, l.x from raw.narrow n, lateral (select n.customer as x) l) b on a.x is not distinct from b.x;

-- inner_16: in with copies
select n.label, n.customer in (select n.customer from raw.edges e where e.src > 1) as f from raw.narrow n;

-- inner_17: any with copies and nulls
select n.label, n.customer = any (select e.src from raw.edges e where e.dst = n.customer) as f from raw.narrow n;

-- inner_18: lateral left of lateral left
select n.label, a.x, b.y from raw.narrow n left join lateral (select n.customer as x from raw.edges e where e.src = n.customer limit 1) a on true left join lateral (select a.x as y from raw.edges f where f.dst = a.x limit 1) b on true;

-- inner_19: group by nullable settled
select count(*) as c from raw.narrow n left join lateral (select n.customer as x from raw.edges e where e.src = n.customer limit 1) a on true group by a.x;

-- inner_20: aggregate filter copy
select n.label, (select count(*) filter (where n.customer > e.src) from raw.edges e) as k from raw.narrow n;

-- inner_21: distinct copies under count
select n.label, (select count(*) from (select distinct n.customer, e.label from raw.edges e)) as k from raw.narrow n;

-- inner_22: sample
select label from (select label from raw.edges order by cost, label, src, dst) using sample reservoir(2 rows) repeatable (3);

-- inner_23: unnest struct list of copies
select n.label, u.v from raw.narrow n, lateral (select unnest([n.customer, n.customer + 1]) as v) u;

-- inner_24: unnest copies null list
select n.label, u.v from raw.narrow n, lateral (select unnest(case when n.customer > 1 then [n.label] end) as v) u;

-- inner_25: list of list elements through cte and union
with q as (select label, [src] as l from raw.edges), r as (select label, l from q union all select label, l from q) select label, unnest(l) as v from r;

-- inner_26: rollup of list
select unnest(l) as v, count(*) over () as n from (select [src, dst] as l from raw.edges group by rollup([src, dst]));

-- inner_27: order in lateral
select n.label, l.g from raw.narrow n, lateral (select string_agg(s, ',') as g from (select e.label as s from raw.edges e where e.src >= n.customer order by e.cost, e.label)) l;

-- inner_28: first in scalar
select n.label, (select first(s) from (select e.label as s from raw.edges e where e.src >= n.customer order by e.cost, e.label)) as g from raw.narrow n;

-- inner_29: arg_min over window
select label, max(r) as m from (select label, row_number() over (order by cost, src, dst, label) as r from raw.edges) group by label;

-- inner_30: count over filtered window subquery
select count(*) as c from (select label, rank() over (partition by src order by cost) as r from raw.edges) where r = 1;

-- inner_31: semi with window
select label from raw.narrow semi join (select src from raw.edges qualify row_number() over (partition by dst order by cost, src, label) = 1) q on q.src = raw.narrow.customer;

-- inner_32: pivot in lateral
select n.label, l.a from raw.narrow n, lateral (select max(case when e.label = 'a' then e.src end) as a from raw.edges e where e.dst = n.customer having count(*) > 1) l;

-- inner_33: having in scalar
select n.label, (select max(e.src) from raw.edges e where e.dst = n.customer having min(e.cost) > 0) as m from raw.narrow n;

-- inner_34: scalar group having
select n.label, (select max(e.src) from raw.edges e where e.dst = n.customer group by n.label having min(e.cost) > 0) as m from raw.narrow n;

-- inner_35: cross join of one-row
select a.m, b.c from (select max(src) as m from raw.edges) a, (select count(*) as c from raw.narrow where label = 'a' having count(*) > 1) b;

-- inner_36: one row limit zero
select n.label, m.x from raw.narrow n, (select max(src) as x from raw.edges limit (select count(*) from raw.orders where paid)) m;

-- inner_37: left join one row
select n.label, m.x from raw.narrow n left join (select max(src) as x from raw.edges) m on n.customer = m.x;

-- inner_38: one row condition
select n.label from raw.narrow n, (select max(src) as x from raw.edges) m where n.customer = m.x;

-- inner_39: values with scalar and filter
select * from (values ((select max(src) from raw.edges), 1), ((select min(label) from raw.narrow)::varchar = 'a', 2)) v(a, b) where a is not null;
