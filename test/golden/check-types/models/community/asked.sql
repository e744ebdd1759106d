/*---
checks:
  - length: { column: likes, min: 1 }
  - length: { column: words, min: 1 }
  - invalid_values: { column: day, pattern: "2026" }
  - value_range: { column: body, min: 1 }
  - value_range: { column: posted_at, min: 1 }
  - value_range: { column: posted_at, max: nonsense }
  - value_range: { column: likes, min: few }
  - value_range: { column: words, min: 1 }
  - value_range: { column: truth, min: 1 }
  - invalid_values: { column: likes, values: [1, many] }
  - invalid_values: { column: body, values: [1] }
  - invalid_values: { column: truth, values: [yes] }
  - referential_integrity: { column: likes, to: raw.comments.body }
  - referential_integrity: { column: id, to: raw.comments.body }
  - value_range: { column: body, min: a }
  - value_range: { column: likes, min: 1, max: "2.5" }
  - value_range: { column: day, min: 2026-01-01 }
  - invalid_values: { column: truth, values: ["true"] }
  - invalid_values: { column: clock, values: ["08:30"] }
  - referential_integrity: { column: day, to: raw.comments.posted_at }
---*/
select
  id, body, likes, posted_at,
  string_split(body, ' ') as words,
  likes > 1 as truth,
  cast(posted_at as date) as day,
  cast(posted_at as time) as clock
from raw.comments
