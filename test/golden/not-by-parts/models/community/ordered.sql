/*---
materialized: append
---*/
select id, likes from raw.comments order by likes
