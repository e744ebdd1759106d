/*---
columns:
  id: { type: integer }
  likes: { type: text }
  posted_at: { type: date }
  body: { type: json }
  share: { type: "decimal(10,2)" }
  total: { type: integer }
  ratio: { type: number }
---*/
select id, likes, posted_at, body, likes * 0.123 as share, sum(likes) over () as total, likes / 2 as ratio
from raw.comments
