/*---
checks:
  - expression: posted_at < now()
  - sql: select * from raw.comments
  - expression: posted_at < $run_time
---*/
select posted_at from raw.comments