/*---
materialized: { upsert: { order: posted_at } }
---*/
select id, posted_at from raw.comments
