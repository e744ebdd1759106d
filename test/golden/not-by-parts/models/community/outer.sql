/*---
materialized: { append: { over: community.plain } }
---*/
select a.id, b.likes from raw.comments a left join community.plain b on a.id = b.id
