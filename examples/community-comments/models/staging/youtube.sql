/*---
description: YouTube's threads unfolded into comments, first the opening ones, then their replies
owner: community-team
story: every-comment-in-one-place
---*/
with replies as (
  select
    video_id,
    unnest(from_json(replies, '[{
      "id": "VARCHAR",
      "snippet": {
        "authorDisplayName": "VARCHAR",
        "textOriginal": "VARCHAR",
        "likeCount": "BIGINT",
        "publishedAt": "VARCHAR",
        "updatedAt": "VARCHAR"
      }
    }]')) as reply
  from raw.youtube
  where replies is not null
),
comments as (
  select id, author, body, published_at, updated_at, video_id, likes
  from raw.youtube
  union all
  -- The contract looks at threads only; what a reply must have is asked for here.
  select
    reply.id,
    reply.snippet.authorDisplayName,
    reply.snippet.textOriginal,
    try_cast(reply.snippet.publishedAt as timestamp) as published_at,
    try_cast(reply.snippet.updatedAt as timestamp) as updated_at,
    video_id,
    reply.snippet.likeCount
  from replies
  where reply.id is not null
    and reply.snippet.textOriginal <> ''
    and try_cast(reply.snippet.publishedAt as timestamp) is not null
)
select
  'youtube' as network,
  id,
  author,
  body,
  published_at as posted_at,
  -- YouTube always says when a comment was updated, even if it never was.
  nullif(updated_at, published_at) as edited_at,
  video_id as channel,
  cast(likes as bigint) as score
from comments
