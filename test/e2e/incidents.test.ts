/** What stops or threatens the flow is one incident with an owner and a story, until the flow recovers. */
import { userInfo } from "node:os";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ProjectOnDisk, projectOnDisk } from "./project-on-disk.ts";
import { board, config, csv, monday, shop, tuesday } from "./shop-project.ts";

const user = userInfo().username;

interface Incident {
  readonly id: number;
  readonly environment: string;
  readonly dataset: string;
  readonly state: string;
  readonly severity: string;
  readonly owner?: string;
  readonly occurrences: number;
  readonly findings: readonly {
    readonly dataset: string;
    readonly check: string;
    readonly message: string;
  }[];
  readonly held: { readonly count: number; readonly names: readonly string[] };
  readonly consumers: readonly { readonly name: string; readonly staleFrom?: string }[];
  readonly timeline: readonly { readonly what: string; readonly who: string; readonly text: string }[];
  readonly resolved?: { readonly by: string; readonly why: string; readonly release?: number };
  readonly samples?: readonly { readonly rows: readonly unknown[]; readonly hidden: readonly string[] }[];
  readonly related?: readonly number[];
}

const visits = `import { files, source, t } from "sluice";
export default source({
  from: files("landing/visits.csv"),
  columns: { day: t.date().key(), visitors: t.integer(), guide: t.text().tag("pii.name") },
});
`;
const busiest = `/*---
checks:
  - row_predicate: "visitors < 1000"
---*/
select day, visitors, guide from raw.visits order by visitors desc limit 1`;
const crowd = (visitors: number): string => `day,visitors,guide\n2026-03-02,${visitors},Ada Secret\n`;
const poisoned = csv(...Array.from({ length: 9 }, (_, n) => `x${n},2026-03-04,tea,1.00`));

let project: ProjectOnDisk;
beforeAll(async () => {
  project = await projectOnDisk({
    ...shop,
    "sluice.config.ts": config(', owner: "data-platform"'),
    "consumers/board.ts": board.replace('type: "dashboard"', 'type: "dashboard", freshness: { stop: "2h" }'),
    "sources/raw/visits.ts": visits,
    "landing/visits.csv": crowd(40),
    "models/shop/busiest.sql": busiest,
    "models/shop/news.sql": "select visitors + 1 as number from shop.busiest",
  });
  expect(await project.run()).toMatchObject({ code: 0, release: 1 });
});
afterAll(() => project[Symbol.asyncDispose]());

async function ask<T>(...args: readonly string[]): Promise<T> {
  const { code, stdout, stderr } = await project.sluice([...args, "--json"]);
  expect({ code, stderr }, args.join(" ")).toEqual({ code: 0, stderr: "" });
  return JSON.parse(stdout) as T;
}
const list = async (...flags: readonly string[]): Promise<readonly Incident[]> =>
  (await ask<{ readonly incidents: readonly Incident[] }>("incidents", "ls", ...flags)).incidents;
const show = async (id: number): Promise<Incident> =>
  (await ask<{ readonly incident: Incident }>("incidents", "show", String(id))).incident;

test("while nothing is wrong there is none", async () => {
  expect(await list("--all")).toEqual([]);
  expect((await project.sluice(["incidents", "ls"])).stdout).toBe("No incident is open.\n");
});

describe("a poisoned delivery", () => {
  test("opens one incident, which the run names, with all that it holds and touches", async () => {
    await project.write({ "landing/orders/poisoned.csv": poisoned });
    const ran = await project.run();
    expect(ran).toMatchObject({ code: 1, release: null, held: ["raw.orders", "shop.revenue"] });
    expect(ran.events.filter(({ type }) => type === "incident")).toMatchObject([
      {
        id: 1,
        change: "opened",
        severity: "stop",
        dataset: "raw.orders",
        owner: "till-team",
        consumers: ["board"],
      },
    ]);
    const [incident, ...others] = await list();
    expect(others).toEqual([]);
    expect(incident).toMatchObject({
      id: 1,
      environment: "dev",
      dataset: "raw.orders",
      state: "open",
      severity: "stop",
      occurrences: 1,
      held: { count: 2, names: ["raw.orders", "shop.revenue"] },
    });
    const { consumers } = await show(1);
    const [release] = await project.releases();
    const hours = (Date.parse(consumers[0]?.staleFrom ?? "") - Date.parse(release?.at ?? "")) / 3_600_000;
    expect(Math.abs(hours - 2)).toBeLessThan(0.05);
  });

  test("found again it is the same one, in words too", async () => {
    const ran = await project.sluice(["run"]);
    expect(ran.code).toBe(1);
    expect(ran.stdout).toContain("incident 1 again: raw.orders stopped: 9 of 9 records refused");
    expect(ran.stdout).toContain("next: sluice incidents show 1");
    expect(await list()).toMatchObject([{ id: 1, occurrences: 2 }]);
  });

  test("somebody takes note, and it is handed over; both are told with who and when", async () => {
    expect((await project.sluice(["incidents", "ack", "1", "--why", "asked the till"])).stdout).toBe(
      "Incident 1 of raw.orders in dev is acknowledged.\n",
    );
    expect(await ask("incidents", "assign", "#1", "till-night-shift")).toMatchObject({
      incident: { state: "acknowledged", owner: "till-night-shift" },
    });
    await project.run();
    const incident = await show(1);
    expect(incident).toMatchObject({ state: "acknowledged", occurrences: 3 });
    expect(incident.timeline.map(({ what, who, text }) => [what, who, text]).slice(1)).toEqual([
      ["acknowledged", user, "asked the till"],
      ["assigned", user, "to till-night-shift"],
    ]);
  });

  test("another failure is another incident; each knows what it holds", async () => {
    await project.write({ "landing/visits.csv": crowd(5000) });
    expect(await project.run()).toMatchObject({ code: 1, release: 2 });
    expect(await list()).toMatchObject([
      {
        id: 2,
        dataset: "shop.busiest",
        owner: "data-platform",
        held: { names: ["shop.busiest", "shop.news"] },
      },
      { id: 1, state: "acknowledged" },
    ]);
  });

  test("plan and show name those that concern what they look at", async () => {
    const { incidents } = JSON.parse((await project.sluice(["plan", "--json"])).stdout) as {
      readonly incidents: readonly Incident[];
    };
    expect(incidents.map(({ id, severity, owner }) => [id, severity, owner])).toEqual([
      [2, "stop", "data-platform"],
      [1, "stop", "till-night-shift"],
    ]);
    const { stdout } = await project.sluice(["plan"]);
    expect(stdout).toContain("incident 1 (acknowledged): raw.orders stopped: 9 of 9 records refused");
    const markdown = (await project.sluice(["plan", "--format", "markdown"])).stdout;
    expect(markdown).toContain("<summary>2 open incidents on what this touches or reads</summary>");
    expect(await ask("show", "shop.news")).toMatchObject({ incidents: [{ id: 2, dataset: "shop.busiest" }] });
    expect(await ask("show", "shop.revenue")).toMatchObject({ incidents: [{ id: 1 }] });
    expect(await ask("show", "raw.visits")).toMatchObject({ incidents: [] });
  });

  test("rows are shown without personal data", async () => {
    const incident = await show(2);
    expect(incident.samples).toMatchObject([{ hidden: ["guide"], rows: [{ visitors: 5000 }] }]);
    const { stdout } = await project.sluice(["incidents", "show", "2"]);
    expect(stdout).toContain("5000");
    expect(stdout).toContain("guide");
    expect(JSON.stringify(incident) + stdout).not.toContain("Secret");
  });

  test("repaired, the flow resolves it; what is still wrong stays", async () => {
    await project.write({ "landing/orders/poisoned.csv": tuesday });
    const ran = await project.run();
    expect(ran).toMatchObject({ code: 1, release: 3 });
    expect(ran.events.filter(({ type }) => type === "incident")).toMatchObject([
      { id: 1, change: "resolved" },
      { id: 2, change: "seen" },
    ]);
    expect(await show(1)).toMatchObject({ state: "resolved", resolved: { by: "flow", release: 3 } });
    expect((await list()).map(({ id }) => id)).toEqual([2]);
  });
});

test("what came in and is taken away again leaves nothing behind", async () => {
  await project.write({ "landing/visits.csv": crowd(40) });
  expect(await project.run()).toMatchObject({ code: 0, held: [] });
  expect(await list()).toEqual([]);
  expect(await show(2)).toMatchObject({ state: "resolved", resolved: { by: "flow" } });
});

test("a failing build is an incident as well", async () => {
  const revenue = shop["models/shop/revenue.sql"] as string;
  await project.write({
    "models/shop/revenue.sql": revenue.replace("count(*) as orders", "min(product)::integer as orders"),
  });
  expect(await project.run()).toMatchObject({ code: 1, failed: ["shop.revenue"] });
  const [incident] = await list();
  expect(incident).toMatchObject({
    id: 3,
    severity: "stop",
    findings: [{ check: "build", dataset: "shop.revenue" }],
  });
  expect(incident?.findings[0]?.message).toContain("INT32");
  await project.write({ "models/shop/revenue.sql": revenue });
  expect(await project.run()).toMatchObject({ code: 0 });
  expect(await show(3)).toMatchObject({ state: "resolved" });
});

describe("a warning", () => {
  const refusedOne = csv(
    "30,2026-03-05,tea,1.00",
    ...Array.from({ length: 8 }, (_, n) => `${31 + n},2026-03-05,tea,1.00`),
    "x,2026-03-05,tea,1.00",
  );

  test("is published and opens one as well, which goes with the version to another environment", async () => {
    await project.write({ "landing/orders/thursday.csv": refusedOne });
    expect(await project.run()).toMatchObject({ code: 0 });
    expect(await list()).toMatchObject([
      { id: 4, severity: "warn", dataset: "raw.orders", held: { count: 0 } },
    ]);
    expect((await project.sluice(["promote", "dev", "prod"])).code).toBe(0);
    expect(await list("--env", "prod")).toMatchObject([{ id: 5, severity: "warn", dataset: "raw.orders" }]);
    expect((await show(5)).findings).toMatchObject([{ check: "quarantine" }]);
  });

  test("goes when the release is gone back on that brought it, and comes again with it", async () => {
    expect((await project.sluice(["rollback"])).code).toBe(0);
    expect(await show(4)).toMatchObject({ state: "resolved", resolved: { by: "flow" } });
    expect((await project.sluice(["rollback", "--to", "5"])).code).toBe(0);
    expect((await list("--env", "dev")).map(({ dataset, severity }) => [dataset, severity])).toEqual([
      ["raw.orders", "warn"],
    ]);
    expect((await list("--env", "prod")).map(({ id }) => id)).toEqual([5]);
  });

  test("one that is resolved by somebody's word says why, and cannot be resolved again", async () => {
    expect((await project.sluice(["incidents", "resolve", "5"])).code).toBe(64);
    expect((await project.sluice(["incidents", "resolve", "5", "--why", " "])).code).toBe(64);
    expect(await ask("incidents", "resolve", "5", "--why", "one bad row is fine")).toMatchObject({
      incident: { state: "resolved", resolved: { by: "person", who: user, why: "one bad row is fine" } },
    });
    for (const args of [
      ["resolve", "5", "--why", "again"],
      ["ack", "5"],
      ["assign", "5", "ops"],
    ]) {
      const { code, stderr } = await project.sluice(["incidents", ...args]);
      expect({ args, code }).toEqual({ args, code: 1 });
      expect(stderr).toContain("one bad row is fine");
    }
  });
});

test("a warning and what fails because of it are one incident with one cause", async () => {
  await project.write({
    "landing/orders/thursday.csv": null,
    "landing/orders/monday.csv": monday,
    "sources/raw/visits.ts": visits
      .replace("t.integer()", "t.integer().max(900)")
      .replace("columns:", "quarantine: { warn: 0.1, stop: 0.9 },\n  columns:"),
    "models/shop/busiest.sql": busiest.replace("visitors < 1000", "visitors > 45"),
    "landing/visits.csv": `${crowd(30)}2026-03-03,9999,Ada Secret\n`,
  });
  expect(await project.run()).toMatchObject({ code: 1, failed: ["shop.busiest"] });
  const open = await list("--env", "dev");
  expect(open).toMatchObject([
    { dataset: "raw.visits", severity: "stop", held: { names: ["shop.busiest", "shop.news"] } },
  ]);
  expect(open[0]?.findings.map(({ dataset }) => dataset)).toEqual(["shop.busiest", "raw.visits"]);
});

test("what a check measured of personal data is told by the run, and not by its incident", async () => {
  await project.write({
    "sources/raw/pay.ts": `import { check, files, source, t } from "sluice";
export default source({
  from: files("landing/pay.csv"),
  columns: { id: t.integer().key(), salary: t.integer().tag("pii.salary") },
  checks: [
    check.max("salary", { max: 1000 }, { severity: "warn" }),
    check.topValue("salary", { values: [5] }, { severity: "warn" }),
    check.metricSql("select max(salary) from this", { max: 1000 }, { severity: "warn" }),
  ],
});
`,
    "landing/pay.csv": "id,salary\n1,987654\n",
  });
  expect(await project.run("--select", "raw.pay")).toMatchObject({ code: 0 });
  const incident = (await list()).find(({ dataset }) => dataset === "raw.pay");
  expect(incident?.findings.map(({ message }) => /personal data/.test(message))).toEqual([true, true, true]);
  const { stdout } = await project.sluice(["incidents", "show", String(incident?.id)]);
  expect(JSON.stringify(incident) + stdout).not.toMatch(/987[,]?654/);
});

test("what is asked for wrongly is told, with what to write", async () => {
  for (const [args, code, expected] of [
    [["show", "99"], 64, "sluice incidents ls --all"],
    [["show", "raw.orders"], 64, "not the number of an incident"],
    [["assign", "1", " "], 64, "nobody"],
    [["shwo", "1"], 64, "show"],
  ] as const) {
    const { code: ended, stderr } = await project.sluice(["incidents", ...args]);
    expect({ args, code: ended }).toEqual({ args, code });
    expect(stderr).toContain(expected);
  }
});
