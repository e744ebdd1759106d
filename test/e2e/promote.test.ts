/** Promoting where sources move: the project of the one environment, over the newer data of the two. */
import { describe, expect, test } from "vitest";
import { type ProjectOnDisk, projectOnDisk } from "./project-on-disk.ts";
import { csv, orders, revenue, shop, tuesday } from "./shop-project.ts";

const wednesday = csv("6,2026-03-04,cortado,3.00", "7,2026-03-04,espresso,2.50");
const thursday = csv("8,2026-03-05,cortado,3.00");

interface Outcome {
  readonly taken: readonly string[];
  readonly kept: readonly string[];
  readonly built: readonly string[];
  readonly reused: readonly string[];
  readonly held: readonly string[];
  readonly failed: readonly string[];
}

async function promoted(
  project: ProjectOnDisk,
  exit: number,
  ...flags: readonly string[]
): Promise<{ readonly release: number | null; readonly kind?: string; readonly outcome: Outcome }> {
  const { code, stdout } = await project.sluice(["promote", "dev", "prod", "--json", ...flags]);
  expect(code, stdout).toBe(exit);
  return JSON.parse(stdout) as Awaited<ReturnType<typeof promoted>>;
}

const days = async (project: ProjectOnDisk): Promise<unknown[]> =>
  (
    await project.query("select revenue::double as revenue from shop.revenue order by day", "--env", "prod")
  ).map((row) => row["revenue"]);

/** Development has Monday and Tuesday, production Wednesday as well; on Thursday nobody has looked yet. */
async function apart(files: Parameters<typeof projectOnDisk>[0] = shop): Promise<ProjectOnDisk> {
  const project = await projectOnDisk({ ...files, "landing/orders/tuesday.csv": tuesday });
  expect(await project.run()).toMatchObject({ code: 0, release: 1 });
  await project.write({ "landing/orders/wednesday.csv": wednesday });
  expect(await project.run("--env", "prod")).toMatchObject({ code: 0, release: 1 });
  return project;
}

/** A change that development releases without looking at the landing. */
async function change(project: ProjectOnDisk, files: Record<string, string>, select: string): Promise<void> {
  await project.write(files);
  expect(await project.run("--select", select)).toMatchObject({ code: 0 });
}

const doubled = revenue.replace("sum(amount)", "sum(amount) * 2");

describe("where the target has newer data", () => {
  test("the other project is built over it, in one release", async () => {
    await using project = await apart();
    await change(project, { "models/shop/revenue.sql": doubled }, "shop.revenue");
    await project.write({ "landing/orders/thursday.csv": thursday });

    const before = await project.releases("--env", "prod");
    const asked = await project.sluice(["promote", "dev", "prod", "--plan"]);
    expect(asked.code).toBe(2);
    expect(asked.stdout).toMatch(/build\s+shop\.revenue\s+definition changed/);
    const planned = await project.sluice(["promote", "dev", "prod", "--plan", "--json"]);
    expect(JSON.parse(planned.stdout)).toMatchObject({
      environment: "prod",
      changes: [{ dataset: "shop.revenue", action: "build" }],
      unchanged: ["raw.orders"],
    });
    expect(await project.releases("--env", "prod")).toEqual(before);

    expect(await promoted(project, 0)).toMatchObject({
      release: 2,
      kind: "promote",
      from: "dev@2",
      outcome: { taken: [], kept: ["raw.orders"], built: ["shop.revenue"], failed: [] },
    });
    // Wednesday stays, and Thursday is left to the next run.
    expect(await days(project)).toEqual([16, 12.6, 11]);
    expect(await promoted(project, 0)).toMatchObject({ release: null });
  });

  test("a contract that changed reads again what was read, and nothing more", async () => {
    await using project = await apart();
    const cheap = orders.replace(".min(0)", ".min(2.6)").replace("stop: 0.25", "stop: 1");
    await change(project, { "sources/raw/orders.ts": cheap }, "+shop.revenue");
    // That run read Wednesday as well; production reads Thursday, and so is ahead again.
    await project.write({ "landing/orders/thursday.csv": thursday, "sources/raw/orders.ts": orders });
    expect(await project.run("--env", "prod")).toMatchObject({ code: 0, release: 2 });
    await project.write({ "landing/orders/friday.csv": csv("9,2026-03-06,cortado,3.00") });

    const { outcome } = await promoted(project, 0);
    expect(outcome).toMatchObject({ kept: ["raw.orders"], built: ["raw.orders", "shop.revenue"] });
    expect(await days(project)).toEqual([3, 3.8, 3, 3]);
  });

  test("kept records are read again under another contract, and the generator is asked for nothing", async () => {
    const pages = (rule: string) => `import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { generator, source, t } from "sluice";
export default source({
  from: generator(async function* ({ cursor, directory }) {
    for (let page = ((cursor as number | undefined) ?? 0) + 1; ; page += 1) {
      const path = join(directory, "pages", \`\${page}.json\`);
      if (!existsSync(path)) return;
      yield { records: JSON.parse(readFileSync(path, "utf8")) as unknown[], cursor: page };
    }
  }),
  columns: { id: t.integer()${rule} },
  quarantine: { warn: 1, stop: 1 },
});
`;
    const page = (...ids: readonly number[]): string => JSON.stringify(ids.map((id) => ({ id })));
    const loose = { "sources/raw/pages.ts": pages("") };
    await using project = await projectOnDisk({ ...shop, ...loose, "pages/1.json": page(1, 2) });
    expect(await project.run()).toMatchObject({ code: 0, release: 1 });
    await project.write({ "sources/raw/pages.ts": pages(".min(2)") });
    expect(await project.run()).toMatchObject({ code: 0, release: 2 });
    await project.write({ ...loose, "pages/2.json": page(0, 3) });
    expect(await project.run("--env", "prod")).toMatchObject({ code: 0, release: 1 });
    await project.write({ "pages/3.json": page(4) });

    const { outcome } = await promoted(project, 0);
    expect(outcome).toMatchObject({ kept: ["raw.pages"], built: ["raw.pages"] });
    const ids = await project.query("select id::integer as id from raw.pages order by id", "--env", "prod");
    expect(ids).toEqual([{ id: 2 }, { id: 3 }]);
    // The next run asks for what comes after what was kept.
    expect(await project.run("--env", "prod")).toMatchObject({ code: 0 });
    const [row] = await project.query("select count(*)::integer as n from raw.pages", "--env", "prod");
    expect(row).toEqual({ n: 5 });
  });

  test("what fails over it is held, and with --all-or-nothing nothing moves", async () => {
    await using project = await apart({
      ...shop,
      "models/shop/products.sql": "select distinct product from raw.orders\n",
    });
    // True of Monday and Tuesday only.
    const few = revenue.replace("row_count: { min: 1 }", "row_count: { max: 2 }");
    const files = { "models/shop/revenue.sql": few.replace("sum(amount)", "sum(amount) * 2") };
    await change(
      project,
      { ...files, "models/shop/products.sql": "select product, 1 as one from raw.orders group by all\n" },
      "shop.revenue shop.products",
    );
    expect(await promoted(project, 1, "--all-or-nothing")).toMatchObject({
      release: null,
      outcome: { failed: ["shop.revenue"] },
    });
    expect(await promoted(project, 1)).toMatchObject({
      release: 2,
      // What was built in vain the first time is not built again.
      outcome: { reused: ["raw.orders", "shop.products"], failed: ["shop.revenue"], held: ["shop.revenue"] },
    });
    expect(await days(project)).toEqual([8, 6.3, 5.5]);
    const shown = await project.sluice(["show", "shop.revenue", "--env", "prod"]);
    expect(shown.stdout).toContain("row_count: 3 rows, expected at most 2");
  });

  test("a check that refers to what is kept is asked over it", async () => {
    await using project = await projectOnDisk({
      ...shop,
      "sources/raw/wares.ts": `import { files, source, t } from "sluice";
export default source({ from: files("landing/wares/*.csv"), columns: { name: t.text() } });
`,
      "landing/wares/a.csv": "name\nespresso\ncortado\n",
    });
    expect(await project.run()).toMatchObject({ code: 0, release: 1 });
    await project.write({ "landing/orders/tuesday.csv": tuesday });
    expect(await project.run("--env", "prod")).toMatchObject({ code: 0, release: 1 });
    const lines = `/*---
checks:
  - referential_integrity: { column: name, to: raw.wares.name }
---*/
select id, product as name from raw.orders
`;
    await change(project, { "models/shop/lines.sql": lines }, "shop.lines");
    const { outcome } = await promoted(project, 1);
    // On Tuesday somebody had a flat white, which the list of wares does not have.
    expect(outcome).toMatchObject({ kept: ["raw.orders"], failed: ["shop.lines"], held: ["shop.lines"] });
  });

  test("code that is not on disk is not run", async () => {
    const score = (factor: number) => `import { dataset, model, t } from "sluice";
export default model({
  inputs: { orders: dataset("raw.orders") },
  columns: { id: t.integer(), score: t.integer() },
  async *rows({ orders }) {
    for await (const { id } of orders) yield { id, score: Number(id) * ${factor} };
  },
});
`;
    await using project = await apart({ ...shop, "models/shop/score.ts": score(1) });
    await change(project, { "models/shop/score.ts": score(2) }, "shop.score");
    for (const now of [score(3), "export default 1;\n"]) {
      await project.write({ "models/shop/score.ts": now });
      const { code, stderr } = await project.sluice(["promote", "dev", "prod"]);
      expect(code).toBe(1);
      expect(stderr).toContain(
        'shop.score must be computed anew, because "prod" has newer data of raw.orders, but the code that dev@2 released is not on disk',
      );
      expect(stderr).toContain("sluice run --env dev and promote again");
    }
    await project.write({ "models/shop/score.ts": score(2) });
    expect(await promoted(project, 0)).toMatchObject({ release: 2, outcome: { built: ["shop.score"] } });
    const [row] = await project.query("select max(score)::integer as n from shop.score", "--env", "prod");
    expect(row).toEqual({ n: 14 });
  });
});

test("stopped on its way it publishes nothing, and promoting again goes on", async () => {
  const slow = (factor: number) => `import { setTimeout } from "node:timers/promises";
import { existsSync } from "node:fs";
import { dataset, model, t } from "sluice";
export default model({
  inputs: { orders: dataset("raw.orders") },
  columns: { id: t.integer() },
  async *rows({ orders }) {
    for await (const { id } of orders) {
      while (existsSync("wait")) await setTimeout(20);
      yield { id: Number(id) * ${factor} };
    }
  },
});
`;
  await using project = await apart({ ...shop, "models/shop/slow.ts": slow(1) });
  await change(project, { "models/shop/slow.ts": slow(2) }, "shop.slow");
  await project.write({ wait: "" });
  const started = project.start(["promote", "dev", "prod"]);
  for (let running = ""; !running.includes("running");)
    ({ stdout: running } = await project.sluice(["runs"]));
  started.child.kill("SIGINT");
  expect(await started.ended).toMatchObject({ code: 130 });
  expect(await project.releases("--env", "prod")).toHaveLength(1);

  const refused = await project.sluice(["resume", "--env", "prod"]);
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain("promoted dev@2");
  expect(refused.stderr).toContain("sluice promote dev prod");
  await project.write({ wait: null });
  expect(await promoted(project, 0)).toMatchObject({ release: 2, outcome: { built: ["shop.slow"] } });
});

describe("where it has not", () => {
  test("everything is taken over as it is, with what is held", async () => {
    await using project = await projectOnDisk({
      ...shop,
      "models/shop/late.sql": "select $run_time as at, count(*) as n from raw.orders\n",
    });
    expect(await project.run()).toMatchObject({ code: 0, release: 1 });
    expect(await promoted(project, 0)).toMatchObject({ release: 1, outcome: { built: [], kept: [] } });
    await project.write({
      "landing/orders/tuesday.csv": tuesday,
      "models/shop/revenue.sql": revenue.replace("row_count: { min: 1 }", "row_count: { max: 1 }"),
    });
    expect(await project.run()).toMatchObject({ code: 1, release: 2, held: ["shop.revenue"] });
    const said = await project.sluice(["promote", "dev", "prod"]);
    expect(said).toMatchObject({ code: 0 });
    expect(said.stdout).toContain(
      "2 datasets from dev@2, nothing built.\nHeld there as in dev: shop.revenue.\n",
    );
    const [release] = await project.releases("--env", "prod");
    expect(release?.held).toMatchObject({ "shop.revenue": { by: "shop.revenue" } });
    expect(await days(project)).toEqual([8]);
  });

  test("a rollback is undone by promoting, and is not brought along", async () => {
    await using project = await projectOnDisk(shop);
    await project.run();
    await promoted(project, 0);
    await project.write({ "landing/orders/tuesday.csv": tuesday });
    await project.run();
    await promoted(project, 0);
    await project.sluice(["rollback", "--env", "prod"]);
    expect(await days(project)).toEqual([8]);
    expect(await promoted(project, 0)).toMatchObject({ release: 4, outcome: { built: [] } });
    expect(await days(project)).toEqual([8, 6.3]);
    await project.sluice(["rollback"]);
    expect(await promoted(project, 0)).toMatchObject({ release: null, outcome: { kept: ["raw.orders"] } });
    expect(await days(project)).toEqual([8, 6.3]);
  });

  test("what was taken away in the meantime stays away", async () => {
    await using project = await projectOnDisk({ ...shop, "landing/orders/tuesday.csv": tuesday });
    await project.run();
    await promoted(project, 0);
    await project.write({ "landing/orders/tuesday.csv": null });
    expect(await project.run("--env", "prod")).toMatchObject({ code: 0, release: 2 });
    await promoted(project, 0);
    expect(await days(project)).toEqual([8]);
  });
});
