/*---
columns:
  idd: { key: true }
  entirely_other: {}
---*/
select id, body from raw.comments