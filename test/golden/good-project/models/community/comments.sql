/*---
description: Comments without the empty ones
owner: community-team
tags: [nightly]
columns:
  id: { key: true }
  likes: { type: integer, min: 0 }
  author: { tags: [pii.username] }
checks:
  - row_count: { min: 1 }
  - not_null: body
  - unique: [author, posted_at]
    severity: warn
    name: one comment at a time
  - accepted_values: { column: author, values: [ada, bob] }
  - references: { column: author, to: raw.members.id }
  - expression: likes >= 0
  - sql: select * from this where body = ''
story: most-common
---*/
-- a comment
select id, author, trim(body) as body, sum(likes) as likes, posted_at
from raw.comments
group by all
having body <> ''; -- the end
