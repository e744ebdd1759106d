/*---
description: GitHub's comments on issues and pull requests
owner: community-team
story: every-comment-in-one-place
---*/
select
  'github' as network,
  cast(id as varchar) as id,
  author,
  body,
  created_at as posted_at,
  nullif(updated_at, created_at) as edited_at,
  regexp_extract(issue_url, '/repos/([^/]+/[^/]+)/', 1) as channel,
  cast(reactions as bigint) as score
from raw.github
