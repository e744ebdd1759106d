/*---
description: Mastodon's statuses as comments, their HTML as text
owner: community-team
story: every-comment-in-one-place
---*/
with paragraphs as (
  select
    *,
    replace(replace(content, '</p><p>', E'\n\n'), '<br />', E'\n') as spaced
  from raw.mastodon
),
texts as (
  select * replace (regexp_replace(spaced, '<[^>]*>', '', 'g') as spaced)
  from paragraphs
)
select
  'mastodon' as network,
  id,
  author,
  -- The ampersand comes last: what it escapes may look like another sign.
  replace(replace(replace(replace(replace(
    spaced, '&lt;', '<'), '&gt;', '>'), '&quot;', '"'), '&#39;', ''''), '&amp;', '&') as body,
  created_at as posted_at,
  edited_at,
  '#' || json_extract_string(tags, '$[0].name') as channel,
  cast(favourites as bigint) as score
from texts
