/*---
materialized: { append: { over: raw.coments } }
---*/
select id from raw.comments
