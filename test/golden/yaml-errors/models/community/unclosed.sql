/*---
owner: [a, b
columns:
  id: { key: true }
---*/
select id from raw.comments
