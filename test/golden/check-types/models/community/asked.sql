/*---
checks:
  - length: { column: likes, min: 1 }
  - length: { column: words, min: 1 }
  - pattern: { column: day, pattern: "2026" }
  - range: { column: body, min: 1 }
  - range: { column: posted_at, min: 1 }
  - range: { column: posted_at, max: nonsense }
  - range: { column: likes, min: few }
  - range: { column: words, min: 1 }
  - range: { column: truth, min: 1 }
  - accepted_values: { column: likes, values: [1, many] }
  - accepted_values: { column: body, values: [1] }
  - accepted_values: { column: truth, values: [yes] }
  - references: { column: likes, to: raw.comments.body }
  - references: { column: id, to: raw.comments.body }
  - range: { column: body, min: a }
  - range: { column: likes, min: 1, max: "2.5" }
  - range: { column: day, min: 2026-01-01 }
  - accepted_values: { column: truth, values: ["true"] }
  - accepted_values: { column: clock, values: ["08:30"] }
  - references: { column: day, to: raw.comments.posted_at }
---*/
select
  id, body, likes, posted_at,
  string_split(body, ' ') as words,
  likes > 1 as truth,
  cast(posted_at as date) as day,
  cast(posted_at as time) as clock
from raw.comments
