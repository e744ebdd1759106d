/*---
checks:
  - null_values: body
    where: likez > 1
  - null_values: { column: body, where: "likes >" }
  - null_values: { column: id, where: 1 = 1 }
  - null_values: { column: id, where: posted_at < now() }
  - row_predicate: "true"
  - metric_sql: { sql: "select id from this", max: 1 }
  - metric_sql: { sql: "select likes, id from this", max: 1 }
  - json_schema: { column: body, schema: { type: strange } }
  - json_schema: { column: body, schema: { properties: { a: { format: email } } } }
  - json_schema: { column: body, schema: { pattern: "(?=a)" } }
  - sum: { column: body, max: 1 }
  - time_coverage: { column: likes, grain: day }
  - sequential: { column: body }
  - json_schema: { column: likes, schema: {} }
  - intervals_disjoint: { start: likes, end: posted_at }
  - unique_within_row: [id, likes]
  - column_sum: { columns: [likes, body], total: 3 }
  - monotonic: { column: likes, by: when }
  - pii_leak: [likes]
  - min: { column: likes, min: soon }
  - row_predicate: "likes > 0) or (id > 0"
  - row_predicate: likes > 0, id > 0
  - null_values: { column: body, where: "likes > 0) or (id > 0" }
  - row_predicate: id = id
  - row_predicate: likes >= 0 or ID <= id or likes is null
  - row_predicate: body = body and body is not null
  - null_values: { column: body, where: likes <> likes }
  - sql: select * from this where false
  - sql: select id from (select * from this where id < id) as kept
  - sql: select 1 where 1 = 1
  - sql: with late as (select * from this where (posted_at is null)) select id from late
  - metric_anomaly: select 1
  - metric_sql: { sql: select count(*) from this where false, max: 1 }
---*/
select id, body, likes, posted_at from raw.comments
