/*---
checks:
  - row_predicate: posted_at < now()
  - sql: from raw.comments union all from raw.comments
  - row_predicate: posted_at < $run_time
---*/
select posted_at from raw.comments