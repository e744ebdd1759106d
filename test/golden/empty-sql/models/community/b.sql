/*---
owner: x
---*/

-- later
