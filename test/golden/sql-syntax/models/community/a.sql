/*---
owner: team
---*/
select id,
  lower(body as phrase
from raw.comments
