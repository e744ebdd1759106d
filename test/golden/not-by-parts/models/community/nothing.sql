/*---
materialized: append
---*/
select 1 as one
