/*---
- owner
---*/
select id from raw.comments
