/*---
description: One column of every type that a query can produce
columns:
  id: { key: true }
  promised: { nullable: false }
  network: { oneOf: [slack, reddit] }
  whole: { type: integer }
  rough: { type: number }
  zoned_as_moment: { type: timestamp }
---*/
select
  id,
  body as promised,
  network,
  cast(kind as hugeint) as whole,
  cast(kind as decimal(9, 2)) as rough,
  cast(kind as tinyint) as tiny,
  cast(kind as uinteger) as unsigned,
  cast(kind as ubigint) as big_unsigned,
  cast(kind as hugeint) as huge,
  cast(kind as float) as single,
  cast(kind as decimal(9, 2)) as exact,
  kind > 1 as truth,
  cast("say ""hi""" as date) as day,
  "say ""hi""" as moment,
  cast("say ""hi""" as timestamptz) as zoned,
  cast("say ""hi""" as timestamptz) as zoned_as_moment,
  cast("say ""hi""" as timestamp_ns) as nanos,
  cast("say ""hi""" as time) as clock,
  to_days(cast(kind as integer)) as span,
  cast('00000000-0000-0000-0000-00000000000' || kind as uuid) as identity,
  encode(author) as bytes,
  cast(network as enum('slack', 'reddit')) as listed,
  to_json(author) as document,
  cast(kind as bit) as bits,
  case when kind > 0 then [kind, null] end as list,
  case when kind > 0 then [[author], null] end as lists,
  case when kind > 0 then {'a': kind, 'two words': author, 'inner': {'at': "say ""hi""", 'all': [cast(kind as decimal(5, 1))]}} end as struct,
  case when kind > 0 then map {'k': kind, 'none': null} end as map,
  case when kind > 0 then map {kind: {'x': true}} end as numbered,
from raw.comments
