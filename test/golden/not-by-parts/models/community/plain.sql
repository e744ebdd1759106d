/*---
materialized: append
---*/
select id, likes from raw.comments where likes > 1
