/*---
materialized: { upsert: { order: posted_at, deleted: body } }
columns:
  id: { key: true }
---*/
select id, body, posted_at from raw.comments
