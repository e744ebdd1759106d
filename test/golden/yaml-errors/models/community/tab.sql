/*---
owner: a
columns:
	id: { key: true }
---*/
select id from raw.comments
