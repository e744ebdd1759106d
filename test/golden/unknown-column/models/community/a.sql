/*---
owner: team
---*/
select
  lower(c.boddy) as phrase
from raw.comments as c
