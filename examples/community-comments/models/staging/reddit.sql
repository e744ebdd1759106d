/*---
description: Reddit's comments, without those that were taken back
owner: community-team
story: every-comment-in-one-place
---*/
select
  'reddit' as network,
  id,
  nullif(author, '[deleted]') as author,
  body,
  created_at as posted_at,
  -- "false", or seconds since 1970 with a point in them.
  make_timestamp(cast(try_cast(edited as double) * 1000000 as bigint)) as edited_at,
  'r/' || subreddit as channel,
  cast(score as bigint) as score
from raw.reddit
where body not in ('[deleted]', '[removed]')
