/*---
story: most-comon
---*/
select id from raw.comments