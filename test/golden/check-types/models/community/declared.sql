/*---
columns:
  total: { type: integer }
  unsigned: { type: integer }
  zoned: { type: timestamp }
  listed: { type: text }
  exact: { type: "decimal(12,2)" }
  rough: { type: number }
  lossy: { type: "decimal(12,2)" }
  words: { type: json }
  pair: { type: json }
  clock: { type: text }
  bytes: { type: text }
  moment: { type: date }
  half: { type: integer }
---*/
select
  sum(likes) as total,
  cast(sum(likes) as ubigint) as unsigned,
  max(cast(posted_at as timestamptz)) as zoned,
  cast('a' as enum('a', 'b')) as listed,
  cast(1 as decimal(18, 2)) as exact,
  cast(1 as decimal(18, 2)) as rough,
  cast(1 as decimal(18, 3)) as lossy,
  ['a'] as words,
  {'a': 1} as pair,
  cast(max(posted_at) as time) as clock,
  encode('a') as bytes,
  max(posted_at) as moment,
  avg(likes) as half
from raw.comments
