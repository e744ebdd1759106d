/*---
columns:
  id: { key: true }
  body: { nullable: false }
---*/
select id, body, "say ""hi""" as posted_at from raw.comments
