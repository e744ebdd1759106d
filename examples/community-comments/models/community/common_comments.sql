/*---
description: The twenty comments made most often, by network and week
owner: community-team
story: most-common-comments
columns:
  network: { key: true }
  week: { key: true, description: "Its Monday, UTC" }
  comment: { key: true, description: "In plain words - lower case, no marks, no emoji" }
  times: { min: 2 }
  place: { min: 1, max: 20, description: 1 for the most common }
checks:
  - row_count: { min: 1 }
---*/
with ranked as (
  select
    network,
    week,
    wording as comment,
    times,
    row_number() over (partition by network, week order by times desc, wording) as place
  from staging.wordings
  where times > 1
)
select network, week, comment, times, place
from ranked
where place <= 20
order by network, week, place
