/*---
renamed_from: community.B
---*/
select id from raw.comments
