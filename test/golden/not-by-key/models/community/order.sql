/*---
materialized: { upsert: { order: words } }
columns:
  id: { key: true }
---*/
select id, string_split(body, ' ') as words from raw.comments
