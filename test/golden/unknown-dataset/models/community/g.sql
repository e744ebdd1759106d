/*---
checks:
  - references: { column: id, to: raw.comment.id }
  - references: { column: id, to: raw.comments.idd }
  - references: { column: id, to: id }
---*/
select id from raw.comments