/*---
description: 5
owner: [a]
tags: nightly
columns:
  id: { key: yes please }
  author: { key: true, nullable: true }
  body: { min: 3, pattern: "(?=look)" }
  likes: { type: bigint, min: few, one_of: [a] }
  posted_at: { type: timestamp, min: yesterday, max_length: 3 }
checks:
  - row_count: {}
  - row_count: { min: 5, max: 1 }
  - value_range: { column: likes, min: [1] }
  - invalid_values: { column: body, pattern: "(" }
  - row_count
  - { name: alone }
  - null_values: author
    severity: fatal
---*/
select id, author, body, likes, posted_at from raw.comments
