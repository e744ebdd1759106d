/*---
owner: a
select id from raw.comments
