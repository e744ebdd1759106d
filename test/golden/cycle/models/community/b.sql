/*---
owner: x
---*/
select id
from community.c