/*---
materialized: { upsert: { order: File_Row_Number } }
columns:
  id: { key: true }
---*/
select id, likes as File_Row_Number from raw.comments
