/*---
renamed_from: raw.Comments
---*/
select id from raw.comments
