/*---
description: >
  How often each short comment was made, by network and week, in plain words: lower case, no marks, no emoji, no mentions.
  The longer a comment, the less it can be common, and the more phrases it has; so only comments of up to twelve words count.
owner: community-team
story: most-common-comments
columns:
  network: { key: true }
  week: { key: true, description: "Its Monday, UTC" }
  wording: { key: true, minLength: 1 }
  words: { min: 1, max: 12 }
  times: { min: 1 }
---*/
with plain as (
  select
    network,
    cast(date_trunc('week', posted_at) as date) as week,
    trim(regexp_replace(lower(body), '@[\w.@-]+|[^\p{L}\p{M}\p{N}+'']+', ' ', 'g')) as wording
  from community.comments
  where length(body) <= 120
    -- Addresses, telephone and account numbers have no place in statistics, however often they are repeated.
    and not regexp_matches(body, '[\w.+-]+@[\w-]+\.\w|\+\d[\d ()-]{7,}|\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3}')
),
short as (
  select network, week, wording, len(string_split(wording, ' ')) as words
  from plain
  where wording <> ''
)
select network, week, wording, words, count(*) as times
from short
where words <= 12
group by network, week, wording, words
