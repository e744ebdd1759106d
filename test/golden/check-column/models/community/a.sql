/*---
checks:
  - not_null: bdy
  - unique: [id, authr]
  - range: { column: likez, min: 0 }
  - expression: likes > 0 and authr <> ''
  - expression: likes >
  - sql: select * from this where nothing_like_it = 1
  - name: same
    row_count: { min: 1 }
  - name: same
    row_count: { max: 1 }
---*/
select id, author, body, likes from raw.comments
