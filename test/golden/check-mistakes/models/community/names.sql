/*---
checks:
  - not_null: id
  - unique: id
  - accepted_values: { column: body, values: [a] }
  - relationships: { column: id, to: raw.comments.id }
  - dbt_utils.accepted_range: { column: likes, min: 1 }
  - expect_column_values_to_not_be_null: { column: id }
  - missing_count: { column: id }
  - isComplete: id
  - expect_column_pair_values_a_to_be_greater_than_b: { column: likes }
  - monotonik: { column: likes, by: id }
  - nonsense: id
  - late_rows: { column: posted_at, arived: posted_at, max: 2h }
---*/
select id, body, likes, posted_at from raw.comments
