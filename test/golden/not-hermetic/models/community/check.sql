/*---
checks:
  - row_predicate: posted_at < now()
  - sql: select * from raw.comments
  - row_predicate: posted_at < $run_time
---*/
select posted_at from raw.comments