/*---
ownr: x
story: nowhere
checks:
  - not_null: bdy
---*/
select body, likes + body as sum from raw.comments