/*---
ownr: x
story: nowhere
checks:
  - null_values: bdy
---*/
select body, likes + body as sum from raw.comments