/*---
materialized: append
---*/
select a.id, b.likes from raw.comments a join community.plain b on a.id = b.id
