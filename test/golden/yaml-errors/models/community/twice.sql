/*---
owner: a
owner: b
---*/
select id from raw.comments
