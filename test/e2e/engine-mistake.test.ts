/** A query by which the engine breaks concerns the one model that asks it, and nobody else. */
import { expect, test } from "vitest";
import { projectOnDisk } from "./project-on-disk.ts";
import { config } from "./shop-project.ts";

/** The engine mistakes one type for another here, and answers nothing at all afterwards. */
const breaking = `select t.id from (select x from raw.numbers except all select 7::double) q(x)
  asof left join (select 0.25::decimal(9, 2) as a, k, id from raw.numbers) t
  on cast(floor(q.x) as bigint) = t.k and q.x >= t.a`;

const numbers = `import { files, source, t } from "sluice";
export default source({
  from: files("landing/numbers.csv"),
  columns: { id: t.integer().key(), k: t.integer(), x: t.number() },
});
`;

test("models behind one that breaks the engine are built, by the same worker; the message says whose mistake it was", async () => {
  await using project = await projectOnDisk({
    "sluice.config.ts": config(),
    "sources/raw/numbers.ts": numbers,
    "landing/numbers.csv": "id,k,x\n1,0,0.5\n2,1,1.5\n",
    "models/shop/a_first.sql": breaking,
    "models/shop/a_checked.sql": `/*---
checks:
  - sql: "${breaking.replaceAll(/\s+/g, " ").replaceAll("raw.numbers", "this")}"
---*/
select id, k, x from raw.numbers`,
    "models/shop/b_second.sql": "select id, k from raw.numbers",
    "models/shop/c_third.sql": "select k from shop.b_second",
  });
  const ran = await project.run();
  expect(ran).toMatchObject({ code: 1, release: 1, failed: ["shop.a_checked", "shop.a_first"] });
  const incident = ran.events.find(({ type }) => type === "incident");
  expect(incident?.["message"]).toContain("by a mistake of its own (");
  expect(incident?.["message"]).not.toContain("database must be restarted");
  expect(await project.query("select count(*)::int as n from shop.c_third")).toEqual([{ n: 2 }]);

  const asked = await project.sluice(["query", breaking]);
  expect(asked.code).toBe(1);
  expect(asked.stderr).toContain("by a mistake of its own (");

  await project.write({
    "models/shop/a_first.sql": "select id from raw.numbers",
    "models/shop/a_checked.sql": "select id from raw.numbers",
  });
  expect(await project.run()).toMatchObject({ code: 0, release: 2 });
});
