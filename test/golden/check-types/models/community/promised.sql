/*---
columns:
  clock: { minLength: 1 }
  span: { pattern: day }
  words: { oneOf: [a] }
  listed: { pattern: a }
  bytes: { maxLength: 3 }
  day: { oneOf: [monday] }
  truth: { oneOf: [maybe] }
  identity: { oneOf: ["00000000-0000-0000-0000-000000000000"] }
  hour: { oneOf: ["08:00:00", "25:00:00"] }
---*/
select
  cast(posted_at as time) as clock,
  to_days(1) as span,
  string_split(body, ' ') as words,
  string_split(body, ' ') as listed,
  encode(body) as bytes,
  cast(posted_at as date) as day,
  likes > 1 as truth,
  uuid '00000000-0000-0000-0000-000000000000' as identity,
  cast(posted_at as time) as hour
from raw.comments
