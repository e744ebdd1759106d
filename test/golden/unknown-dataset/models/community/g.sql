/*---
checks:
  - referential_integrity: { column: id, to: raw.comment.id }
  - referential_integrity: { column: id, to: raw.comments.idd }
  - referential_integrity: { column: id, to: id }
---*/
select id from raw.comments