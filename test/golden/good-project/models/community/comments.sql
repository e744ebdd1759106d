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
  - null_values: body
  - duplicate_values: [author, posted_at]
    severity: warn
    name: one comment at a time
  - invalid_values: { column: author, values: [ada, bob] }
  - referential_integrity: { column: author, to: raw.members.id }
  - row_predicate: likes >= 0
  - sql: select * from this where body = ''
story: most-common
---*/
-- a comment
select id, author, trim(body) as body, sum(likes) as likes, posted_at
from raw.comments
group by all
having body <> ''; -- the end
