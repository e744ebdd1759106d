with recursive days(day) as (
  select $run_date as day
  union all
  select day - 1 from days where day > $run_date - 7
)
select d.day, count(c.id) as comments
from days as d
left join community.comments as c on cast(c.posted_at as date) = d.day
group by all
order by d.day
