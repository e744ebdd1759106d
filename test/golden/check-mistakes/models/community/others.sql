/*---
checks:
  - row_count_match: raw.comment
  - row_count_match: comments
  - row_count_match: community.others
  - aggregate_match: { aggregate: sum, column: likes, to: raw.comments.body }
  - aggregate_match: { aggregate: sum, column: likes, to: raw.comments.likez }
  - aggregate_match: { aggregate: sum, column: likes, to: raw.comments.likes, tolerance: 5 }
  - dataset_diff: raw.comments
  - referential_integrity: { column: body, to: community.others.BODY }
  - dataset_diff: { to: raw.comments, columns: [id, nothing] }
---*/
select id, body, likes, posted_at as sent_at from raw.comments
