/*---
description: LinkedIn's comments, from the archive and from today's export
owner: community-team
story: every-comment-in-one-place
---*/
with comments as (
  select link, author, body, posted_at from raw.linkedin
  union all
  select link, author, body, posted_at from raw.linkedin_archive
)
select
  'linkedin' as network,
  -- The link ends with the number of the comment; without one, the link itself has to do.
  coalesce(nullif(regexp_extract(link, '%2C(\d+)%29$', 1), ''), link) as id,
  author,
  -- Lines of the export end as on Windows.
  replace(body, E'\r\n', E'\n') as body,
  posted_at,
  cast(null as timestamp) as edited_at,
  nullif(regexp_extract(link, 'activity:(\d+)', 1), '') as channel,
  cast(null as bigint) as score
from comments
