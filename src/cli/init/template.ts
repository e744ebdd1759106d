/**
 * The files of a new project, as text: a coffee shop's till exports, small enough to read in five minutes and
 * with one bad record, so that the gate has something to refuse.
 */

const config = (name: string) => `import { project } from "sluice";

export default project({
  name: ${JSON.stringify(name)},
  people: {
    "shop-team": { name: "The shop's team" },
  },
});
`;

const manifest = (name: string, version: string) =>
  `${JSON.stringify(
    {
      name,
      private: true,
      type: "module",
      scripts: { check: "sluice check", build: "sluice run" },
      dependencies: { sluice: `^${version}` },
    },
    undefined,
    2,
  )}\n`;

const tsconfig = `{
  "compilerOptions": {
    "target": "es2024",
    "module": "nodenext",
    "strict": true,
    "noEmit": true,
    "skipLibCheck": true,
    "verbatimModuleSyntax": true,
    "erasableSyntaxOnly": true,
    "allowImportingTsExtensions": true
  },
  "include": ["sluice-env.d.ts", "sluice.config.ts", "sources", "models", "consumers", "tests"]
}
`;

const gitignore = `node_modules/
.sluice/
sluice-env.d.ts
`;

const landing = `order_id,product,quantity,price,ordered_at
1001,espresso,2,2.40,2026-03-02T07:58:10Z
1002,flat white,1,3.60,2026-03-02T08:03:41Z
1003,croissant,3,2.20,2026-03-02T08:10:05Z
1004,espresso,1,2.40,2026-03-02T08:44:52Z
1005,filter coffee,2,2.90,2026-03-02T09:15:30Z
1006,flat white,two,3.60,2026-03-02T09:31:12Z
1007,cheesecake,1,4.50,2026-03-02T10:02:00Z
1008,espresso,4,2.40,2026-03-02T12:48:33Z
1009,croissant,1,2.20,2026-03-03T07:51:19Z
1010,flat white,2,3.60,2026-03-03T08:05:27Z
1011,filter coffee,1,2.90,2026-03-03T08:12:44Z
1012,espresso,2,2.40,2026-03-03T13:20:01Z
`;

const source = `import { files, source, t } from "sluice";

export default source({
  description: "Orders as the till exports them, one file a day or more",
  owner: "shop-team",
  from: files("landing/orders/*.csv"),
  columns: {
    order_id: t.integer().key(),
    product: t.text().minLength(1),
    quantity: t.integer().min(1).max(100),
    price: t.decimal(10, 2).min(0).describe("Price of one piece in euros"),
    ordered_at: t.timestamp(),
  },
  // Shares of a delivery that the contract may refuse: above "stop", nothing of it is published.
  quarantine: { warn: 0.01, stop: 0.2 },
});
`;

const sqlModel = `/*---
description: What each day brought in
owner: shop-team
columns:
  day: { key: true }
  revenue: { min: 0 }
checks:
  - row_count: { min: 1 }
---*/
select
  cast(ordered_at as date) as day,
  count(*) as orders,
  sum(quantity * price) as revenue
from raw.orders
group by day
order by day
`;

const typescriptModel = `import { model, sql, t } from "sluice";
import orders from "../../sources/raw/orders.ts";

export default model({
  description: "What sells best, most pieces first",
  owner: "shop-team",
  story: "best-sellers",
  inputs: { orders },
  columns: {
    product: t.text().key(),
    pieces: t.integer().min(1),
    revenue: t.decimal(18, 2),
  },
  // References are typed: rename a column of the source, and the compiler says where it hurts.
  query: ({ orders }) => sql\`
    select \${orders.product} as product, sum(\${orders.quantity}) as pieces,
      sum(\${orders.quantity} * \${orders.price}) as revenue
    from \${orders}
    group by product
    order by pieces desc, product\`,
});
`;

const test = `# Rows that are given, and rows that must come of them: sluice test
what sells best comes first:
  model: shop.best_sellers
  given:
    raw.orders:
      - { product: espresso, quantity: 2, price: 2.40 }
      - { product: tea, quantity: 4, price: 2.00 }
      - { product: espresso, quantity: 1, price: 2.40 }
  expect:
    - { product: tea, pieces: 4, revenue: 8.00 }
    - { product: espresso, pieces: 3, revenue: 7.20 }
`;

const consumer = `import { consumer } from "sluice";
import bestSellers from "../models/shop/best_sellers.ts";

export default consumer({
  description: "The sheet on the wall behind the counter",
  owner: "shop-team",
  type: "report",
  reads: [bestSellers, "shop.daily_revenue"],
  freshness: { warn: "1d", stop: "7d" },
  story: "best-sellers",
});
`;

const story = `---
title: Bake what sells
priority: 1
iteration: "1"
owner: shop-team
---
As the baker I want to see what sells best, so that I bake more of it and throw less away.

Done when the sheet behind the counter shows pieces and revenue per product, from yesterday at the latest.
`;

const readme = (name: string) => `# ${name}

A small project of Sluice: orders of a coffee shop become two tables that people can trust.

    sluice check     compile everything: contracts, models, checks
    sluice test      run the tests of models: given rows, expected rows
    sluice plan      what a run would do, and why
    sluice run       build it, audit it, publish it
    sluice query "select * from shop.best_sellers"

One of the orders in \`landing/orders\` has the quantity "two". Its contract asks for a whole number, so the row
is kept apart with the reason:

    sluice show raw.orders
    sluice query "from raw.orders__quarantine"

Repair the file and run again: only what changed is read, and a new release is published.

| | |
|---|---|
| \`sources/raw/orders.ts\` | where orders come from, and what they must look like |
| \`models/shop/daily_revenue.sql\` | a model in SQL |
| \`models/shop/best_sellers.ts\` | a model in TypeScript |
| \`tests/best-sellers.yml\` | what a model must make of a few rows |
| \`consumers/counter-sheet.ts\` | who uses it, and how old it may get |
| \`stories/best-sellers.md\` | why it exists |
| \`sluice-env.d.ts\` | the types of all rows, written by \`sluice check\` |
`;

/** The files of a new project by path, with `/`. `version` is Sluice's own. */
export function projectTemplate(name: string, version: string): Readonly<Record<string, string>> {
  return {
    ".gitignore": gitignore,
    "README.md": readme(name),
    "consumers/counter-sheet.ts": consumer,
    "landing/orders/2026-03-03.csv": landing,
    "models/shop/best_sellers.ts": typescriptModel,
    "models/shop/daily_revenue.sql": sqlModel,
    "package.json": manifest(name, version),
    "sluice.config.ts": config(name),
    "sources/raw/orders.ts": source,
    "stories/best-sellers.md": story,
    "tests/best-sellers.yml": test,
    "tsconfig.json": tsconfig,
  };
}
