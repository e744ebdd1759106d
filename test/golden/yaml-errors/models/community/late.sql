select id from raw.comments
/*---
owner: a
---*/
