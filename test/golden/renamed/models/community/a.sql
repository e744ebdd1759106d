/*---
renamed_from: community.old
---*/
select id from raw.comments
