/*---
renamed_from: ../etc/passwd
---*/
select id from raw.comments
