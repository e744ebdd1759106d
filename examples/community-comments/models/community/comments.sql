/*---
description: Every comment of the community, from all networks, in its newest edition
owner: community-team
story: every-comment-in-one-place
columns:
  network: { key: true, oneOf: [slack, youtube, mastodon, reddit, github, linkedin] }
  id: { key: true, description: Names the comment within its network }
  author: { nullable: true, description: User name on its network; missing once the account is gone }
  body: { minLength: 1, description: Plain text }
  posted_at: { description: UTC }
  edited_at: { nullable: true, description: "UTC; missing if never edited, or if the network does not tell" }
  channel: { nullable: true, description: "Where it was said - a channel, video, hashtag, subreddit, repository or post" }
  score: { nullable: true, description: "Reactions, likes or votes; missing if the network does not tell" }
checks:
  - row_count: { min: 1 }
  - row_predicate: { name: edits come after posts, expression: edited_at >= posted_at }
---*/
with every_comment as (
  select * from staging.slack
  union all by name
  select * from staging.youtube
  union all by name
  select * from staging.mastodon
  union all by name
  select * from staging.reddit
  union all by name
  select * from staging.github
  union all by name
  select * from staging.linkedin
)
select network, id, author, body, posted_at, edited_at, channel, score
from every_comment
-- Blanks and line ends alone say nothing.
where trim(body, E' \t\r\n') <> ''
-- Overlapping exports bring a comment again, and edits bring it anew. The last two columns only make the
-- choice between otherwise equal editions the same on every run.
qualify row_number() over (
  partition by network, id
  order by coalesce(edited_at, posted_at) desc, score desc, body
) = 1
