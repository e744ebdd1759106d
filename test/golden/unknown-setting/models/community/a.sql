/*---
descripton: typed in haste
colums: {}
columns:
  id: { keey: true, minlength: 1, description: one, two }
checks:
  - rowcount: { min: 1 }
  - uniqe: id
  - row_count: { min: 1, maximum: 3 }
    severty: warn
---*/
select id from raw.comments
