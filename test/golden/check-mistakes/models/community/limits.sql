/*---
checks:
  - row_count: { min: 0 }
  - unique_ratio: { column: body, min: 0, max: 1 }
  - correlation: { columns: [likes, likes], min: 0.5 }
  - outlier_share: { column: likes, max: 1 }
  - pair_compare: { column: likes, is: ">=", other: Likes }
  - pair_compare: { column: likes, is: "<", other: likes }
  - value_range: { column: posted_at, min: 2026-02-01, max: 2026-01-01 }
  - distinctness: { column: body, min: 2 }
  - schema_change: { allow: [added, removed, retyped, moved] }
  - null_values: { column: body, tolerance: 100% }
  - null_values: { column: id, tolerance: 0.5 }
  - invalid_values: { column: body }
  - invalid_values: { column: body, values: [a], pattern: b }
  - duplicate_values: [id, body, ID]
  - time_coverage: { column: posted_at, grain: day, begin: 2026-01-02, until: 2026-01-02 }
  - top_value: { column: body }
  - null_values: author
  - null_values: { column: author, severity: warn }
  - schema_match: { columns: { id: integer, nothing: text }, others: true }
  - column_count: { min: 9 }
  - row_count: { min: 1, tolerance: 5 }
  - schema_match: { columns: { id: text }, where: id > 1 }
---*/
select id, author, body, likes, posted_at from raw.comments
