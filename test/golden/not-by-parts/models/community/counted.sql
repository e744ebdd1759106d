/*---
materialized: append
---*/
select count(*) as n from raw.comments
