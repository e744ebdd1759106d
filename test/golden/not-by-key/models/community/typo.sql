/*---
materialized: { upsert: { order: posted } }
columns:
  id: { key: true }
---*/
select id, posted_at from raw.comments
