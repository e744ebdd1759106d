/*---
renamed_from: main.x
---*/
select id from raw.comments
