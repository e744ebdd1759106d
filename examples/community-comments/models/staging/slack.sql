/*---
description: Slack's messages as comments, without those that were taken back
owner: community-team
story: every-comment-in-one-place
---*/
with taken_back as (
  -- An event names the message that is gone; a tombstone stands in its place.
  select distinct channel, coalesce(deleted_ts, ts) as ts
  from raw.slack
  where subtype in ('message_deleted', 'tombstone')
)
select
  'slack' as network,
  channel || '/' || ts as id,
  author,
  -- Slack escapes these three signs and no others.
  replace(replace(replace(body, '&lt;', '<'), '&gt;', '>'), '&amp;', '&') as body,
  posted_at,
  edited_at,
  channel,
  cast(coalesce(list_sum(cast(json_extract(reactions, '$[*].count') as integer[])), 0) as bigint) as score
from raw.slack as message
where coalesce(subtype, '') not in ('message_deleted', 'tombstone')
  and not exists (
    select 1 from taken_back where taken_back.channel = message.channel and taken_back.ts = message.ts
  )
