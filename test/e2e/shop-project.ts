/**
 * A small shop, the project most stories are told with: orders arrive as CSV, revenue per day is made of
 * them, a dashboard reads it.
 */
import type { ProjectFiles } from "./project-on-disk.ts";

/** A configuration that starts one small worker: the projects here are tiny, and many run at once. */
export const config = (more = ""): string => `import { project } from "sluice";
export default project({ name: "shop", engine: { workers: 1, memory: "400MB" }${more} });
`;

export const orders = `import { check, files, source, t } from "sluice";
export default source({
  description: "Orders as the till exports them",
  owner: "till-team",
  from: files("landing/orders/*.csv"),
  columns: {
    id: t.integer().key(),
    day: t.date(),
    product: t.text().minLength(1),
    amount: t.decimal(10, 2).min(0),
  },
  checks: [check.rowCount({ min: 1 })],
  quarantine: { warn: 0, stop: 0.25 },
});
`;

export const revenue = `/*---
description: What was earned each day
owner: finance
columns:
  day: { key: true }
  revenue: { min: 0 }
checks:
  - row_count: { min: 1 }
---*/
select day, sum(amount) as revenue, count(*) as orders
from raw.orders
group by day
`;

export const board = `import { consumer } from "sluice";
export default consumer({ type: "dashboard", owner: "board-of-directors", reads: ["shop.revenue"] });
`;

/** Orders as a CSV file: `id, day, product, amount`. */
export const csv = (...rows: readonly string[]): string =>
  `id,day,product,amount\n${rows.map((row) => `${row}\n`).join("")}`;

export const monday = csv(
  "1,2026-03-02,espresso,2.50",
  "2,2026-03-02,cortado,3.00",
  "3,2026-03-02,espresso,2.50",
);
export const tuesday = csv("4,2026-03-03,flat white,3.80", "5,2026-03-03,espresso,2.50");

/** Three orders of one day, delivered. */
export const shop: ProjectFiles = {
  "sluice.config.ts": config(),
  "sources/raw/orders.ts": orders,
  "models/shop/revenue.sql": revenue,
  "consumers/board.ts": board,
  "landing/orders/monday.csv": monday,
};
