/*---
checks:
  - null_values: bdy
  - duplicate_values: [id, authr]
  - value_range: { column: likez, min: 0 }
  - row_predicate: likes > 0 and authr <> ''
  - row_predicate: likes >
  - sql: select * from this where nothing_like_it = 1
  - name: same
    row_count: { min: 1 }
  - name: same
    row_count: { max: 1 }
---*/
select id, author, body, likes from raw.comments
