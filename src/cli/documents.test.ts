/** Every document that `--json` prints, of a real project through the real program, fits its published schema. */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";

const program = fileURLToPath(new URL("../../bin/sluice.js", import.meta.url));
const schemas = new URL("../../docs/reference/schemas/", import.meta.url);
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "sluice-documents-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

/** Refuse what a schema does not mention: documents may grow, but not unsaid. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== "object" || schema === null) return schema;
  const entries = Object.entries(schema).map(([key, value]) => [key, closed(value)]);
  const object = Object.fromEntries(entries) as Record<string, unknown>;
  return "properties" in schema ? { ...object, additionalProperties: false } : object;
}

async function expectFits(document: unknown, name: string): Promise<void> {
  const schema: unknown = JSON.parse(await readFile(new URL(`${name}.schema.json`, schemas), "utf8"));
  const result = z
    .fromJSONSchema(closed(schema) as Parameters<typeof z.fromJSONSchema>[0])
    .safeParse(document);
  expect(result.success ? "" : z.prettifyError(result.error), name).toBe("");
}

function sluice(
  ...args: readonly string[]
): Promise<{ readonly exit: number; readonly lines: readonly unknown[] }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...args, "--json"], { cwd: directory }, (error, stdout) => {
      const exit = error ? Number(error.code) : 0;
      const texts = args[0] === "run" || args[1] === "replay" ? stdout.trimEnd().split("\n") : [stdout];
      resolve({ exit, lines: texts.map((text): unknown => JSON.parse(text)) });
    });
  });
}

/** Run a verb whose output is one document, and hold that against the schema. */
async function document(schema: string, exit: number, ...args: readonly string[]): Promise<unknown> {
  const ended = await sluice(...args);
  expect(ended.exit, JSON.stringify(ended.lines)).toBe(exit);
  await expectFits(ended.lines[0], schema);
  return ended.lines[0];
}

async function run(
  exit: number,
): Promise<{ readonly release: number | null; readonly held: readonly string[] }> {
  const { exit: ended, lines } = await sluice("run");
  expect(ended, JSON.stringify(lines)).toBe(exit);
  for (const line of lines.slice(0, -1)) await expectFits(line, "run-event");
  await expectFits(lines.at(-1), "run-summary");
  return lines.at(-1) as { release: number | null; held: readonly string[] };
}

test("from init to rollback, every document fits its schema", { timeout: 240_000 }, async () => {
  await document("version", 0, "version");
  await document("error", 78, "check");
  await document("init", 0, "init", "--yes");
  await document("error", 64, "init", "--yes");
  expect(await document("check", 0, "check")).toMatchObject({
    sources: 1,
    models: 2,
    consumers: 1,
    stories: 1,
  });
  expect(await document("test", 0, "test")).toMatchObject({ passed: 1, failed: 0 });
  const tests = join(directory, "tests/best-sellers.yml");
  const right = await readFile(tests, "utf8");
  await writeFile(tests, right.replace("pieces: 4", "pieces: 5"));
  expect(await document("test", 1, "test")).toMatchObject({ failed: 1 });
  await writeFile(tests, right);
  await document("ls", 0, "ls");
  await document("show", 0, "show", "raw.orders");
  await document("lineage", 0, "lineage", "shop.best_sellers");
  await document("lineage", 0, "lineage", "raw.orders.price", "--down");
  await document("plan", 2, "plan");
  expect(await run(0)).toMatchObject({ release: 1, held: [] });
  expect(await run(0)).toMatchObject({ release: null, held: [] });
  await document("plan", 0, "plan");
  const asked = await document("query", 0, "query", "select * from shop.best_sellers limit 1");
  expect(asked).toEqual([{ product: "espresso", pieces: 9, revenue: "21.60" }]);

  const landing = join(directory, "landing/orders");
  await writeFile(
    join(landing, "poisoned.csv"),
    "order_id,product,quantity,price,ordered_at\n" + "x,y,z,1,2\n".repeat(30),
  );
  expect(await run(1)).toMatchObject({
    release: null,
    held: ["raw.orders", "shop.best_sellers", "shop.daily_revenue"],
  });
  expect(await document("show", 0, "show", "raw.orders")).toMatchObject({
    candidate: { refused: { reasons: [{}, {}, {}] } },
  });
  await document("ls", 0, "ls");
  await document("plan", 2, "plan");
  expect(await document("incidents", 0, "incidents", "ls")).toMatchObject({ incidents: [{ id: 1 }] });
  await document("incidents", 0, "incidents", "ack", "1");
  await document("incidents", 0, "incidents", "assign", "1", "ops");
  await document("incidents", 0, "incidents", "show", "1");
  await document("error", 64, "incidents", "show", "99");
  const settings = join(directory, "sluice.config.ts");
  const plain = await readFile(settings, "utf8");
  const hooks = 'hooks: [{ kind: "webhook", url: "http://127.0.0.1:1/" }],';
  await writeFile(settings, plain.replace("project({", `project({ ${hooks}`));
  await document("hooks", 0, "hooks", "ls");
  await document("hooks", 0, "hooks", "retry");
  await document("hooks", 0, "hooks", "drop", "webhook");
  await run(1);
  await writeFile(settings, plain);

  await rm(join(landing, "poisoned.csv"));
  await writeFile(
    join(landing, "late.csv"),
    "order_id,product,quantity,price,ordered_at\n9,tea,1,2.00,2026-03-04T08:00:00Z\n",
  );
  expect(await run(0)).toMatchObject({ release: 2, held: [] });
  await document("incidents", 0, "incidents", "ls", "--all");
  await document("incidents", 0, "incidents", "show", "1");
  await document("error", 1, "incidents", "resolve", "1", "--why", "it is over");
  expect(await document("promote", 0, "promote", "dev", "prod", "--why", "it is good")).toMatchObject({
    release: 1,
  });
  expect(await document("promote", 0, "promote", "dev", "prod")).toMatchObject({ release: null });
  await document("plan", 0, "promote", "dev", "prod", "--plan");
  expect(await document("release", 0, "rollback")).toMatchObject({ release: 3, from: "dev@1" });
  await document("releases", 0, "releases");
  const { runs } = (await document("runs", 0, "runs")) as { runs: readonly { id: string }[] };
  for (const { id } of runs) await document("runs", 0, "runs", id.slice(0, 8));
  await document("error", 1, "cancel", runs[0]?.id ?? "");
  await document("monitors", 0, "monitors", "ls");
  await document("monitors", 0, "monitors", "show", "shop.best_sellers");
  await document("monitors", 0, "monitors", "backtest");
  await document("monitors", 0, "monitors", "expected", "shop.best_sellers", "--why", "it is");
  await document("diff", 0, "diff", "prod", "dev@2");
  await document("diff", 2, "diff", "dev@1", "dev@2");
  await document("diff", 2, "diff", "dev@1", "dev@2", "--no-rows");
  await document("error", 64, "backfill", "--from", "2026-03-01", "--to", "2026-04-01");
  await document("quarantine", 0, "quarantine", "ls");
  await document("quarantine", 0, "quarantine", "show", "raw.orders");
  const replayed = await sluice("quarantine", "replay", "raw.orders");
  await expectFits(replayed.lines.at(-1), "quarantine");
  await document("quarantine", 0, "quarantine", "drop", "raw.orders", "--why", "it is lost");
  await document("quarantine", 0, "quarantine", "ls");
  await document("show", 0, "show", "raw.orders");
  await document("doctor", 0, "doctor");
  const { hold } = (await document("hold", 0, "hold", "add", "dev@1", "--why", "an audit")) as {
    hold: { id: string };
  };
  await document("hold", 0, "hold", "add", "shop.best_sellers", "--why", "a case");
  await document("hold", 0, "hold", "ls");
  await document("hold", 0, "hold", "rm", hold.id, "--why", "it is over");
  await document("state", 0, "state", "export", join(directory, "copy"));
  await document("state", 0, "state", "import", join(directory, "copy"), "--replace");
  await document("error", 1, "state", "import", join(directory, "copy"));
  expect(await document("gc", 2, "gc")).toMatchObject({ removed: false });

  const revenue = join(directory, "models/shop/daily_revenue.sql");
  await writeFile(
    revenue,
    (await readFile(revenue, "utf8")).replace("/*---\n", "/*---\nmaterialized: view\n"),
  );
  expect(await document("plan", 2, "plan")).toMatchObject({
    changes: expect.arrayContaining([
      expect.objectContaining({
        dataset: "shop.daily_revenue",
        materialized: "view",
        change: expect.objectContaining({ kept: { from: "full", to: "view" } }) as unknown,
      }),
    ]) as unknown,
  });
  expect(await run(0)).toMatchObject({ held: [] });
  expect(await document("show", 0, "show", "shop.daily_revenue")).toMatchObject({ materialized: "view" });

  const interval = "materialized: { interval: { by: day, grain: day } }";
  await writeFile(revenue, (await readFile(revenue, "utf8")).replace("materialized: view", interval));
  await document("plan", 2, "plan");
  const range = ["--from", "2026-01-01", "--to", "2027-01-01"];
  expect(await document("backfill", 0, "backfill", ...range)).toMatchObject({
    datasets: [{ dataset: "shop.daily_revenue", grain: "day" }],
  });
  expect(await run(0)).toMatchObject({ held: [] });
  await document("plan", 0, "plan");

  await writeFile(join(directory, "models/shop/broken.sql"), "select nothing from nowhere.at_all");
  expect(await document("error", 1, "check")).toMatchObject({
    error: { code: "project-invalid", diagnostics: [{}] },
  });
  await document("ls", 0, "ls");
});
