/*---
description: "🎉 party"
---*/
select '🎉🎉👩‍👩‍👧' as smile, '日本' as land, boddy from raw.comments
