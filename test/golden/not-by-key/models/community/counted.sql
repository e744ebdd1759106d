/*---
materialized: { upsert: { order: last } }
columns:
  author: { key: true }
---*/
select author, max(posted_at) as last from raw.comments group by author
