/** The shop with a model that waits until it is let go on, so that a run can be caught in its middle. */
import type { ProjectFiles } from "./project-on-disk.ts";
import { shop } from "./shop-project.ts";

/** Asked once each time: it writes down that it was. */
const clicks = `import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { generator, source, t } from "sluice";
export default source({
  from: generator(async function* ({ cursor, directory }) {
    appendFileSync(join(directory, "asked.txt"), "asked\\n");
    const next = ((cursor as number | undefined) ?? 0) + 1;
    yield { records: [{ id: next }], cursor: next };
  }),
  columns: { id: t.integer().key() },
});
`;

/** Waits for the file "open", as long as it takes; everything else is built before it. */
export const slow = `import { existsSync } from "node:fs";
import { dataset, model, t } from "sluice";
export default model({
  inputs: { days: dataset("shop.revenue") },
  columns: { orders: t.integer().key() },
  async *rows({ days }) {
    let count = 0;
    for await (const day of days) count += Number(day.orders);
    while (!existsSync(process.cwd() + "/open")) await new Promise((resolve) => setTimeout(resolve, 20));
    yield { orders: count };
  },
});
`;

/** Three datasets that are soon there, and `shop.slow`, which is not. */
export const gated: ProjectFiles = {
  ...shop,
  "sources/raw/clicks.ts": clicks,
  "models/shop/slow.ts": slow,
};
