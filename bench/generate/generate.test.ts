import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dbtTestName } from "../peers/dbt-project.ts";
import { sqlmeshAuditName } from "../peers/sqlmesh-project.ts";
import { ordersJob } from "./bare-job.ts";
import { chain, withEdition, withSameRows } from "./chain.ts";
import { verdictOf } from "./check-sql.ts";
import { datasetsIn } from "./model-definition.ts";
import { ordersChecks, ordersModels, seededViolations } from "./orders-models/orders-models.ts";
import { rawTables, writeOrders } from "./orders.ts";
import { modelText, sluiceCheckNames } from "./sluice-project.ts";

let directory: string;
beforeAll(async () => void (directory = await mkdtemp(join(tmpdir(), "sluice-bench-test-"))));
afterAll(() => rm(directory, { recursive: true }));

/** The smallest scale at which every seeded violation is there. */
const smallest = 0.002;

async function hashes(below: string): Promise<readonly string[]> {
  const files = (await readdir(below, { recursive: true, withFileTypes: true })).filter((entry) =>
    entry.isFile(),
  );
  const lines = files.map(async ({ parentPath, name }) => {
    const bytes = await readFile(join(parentPath, name));
    return `${name} ${createHash("sha256").update(bytes).digest("hex")}`;
  });
  return (await Promise.all(lines)).toSorted();
}

describe("workload (a)", () => {
  test("has 30 models, 120 checks with names of their own, and 10 million raw rows", () => {
    expect(ordersModels).toHaveLength(30);
    expect(ordersChecks).toHaveLength(120);
    for (const name of [(id: string) => id, dbtTestName, sqlmeshAuditName]) {
      expect(new Set(ordersChecks.map(({ id }) => name(id))).size).toBe(120);
    }
    expect(ordersModels.reduce((sum, model) => sum + sluiceCheckNames(model).size, 0)).toBe(120);
    expect(rawTables(1).reduce((sum, table) => sum + table.rows, 0)).toBe(10_000_000);
  });

  test("lists inputs before what reads them", () => {
    const names = [
      ...rawTables(1).map((table) => `raw.${table.name}`),
      ...ordersModels.map((model) => model.name),
    ];
    for (const model of ordersModels) {
      const inputs = datasetsIn(model.sql, names);
      expect(inputs.length).toBeGreaterThan(0);
      for (const input of inputs) expect(names.indexOf(input)).toBeLessThan(names.indexOf(model.name));
    }
  });

  test("violates exactly the seeded checks, and only checks that warn", async () => {
    const landing = join(directory, "landing");
    await writeOrders(landing, "csv", smallest, 1);
    const output = join(directory, "output");
    await mkdir(output);
    const job = ordersJob(landing, "csv", smallest, output, true);
    await writeFile(join(directory, "job.json"), JSON.stringify(job));
    const floor = fileURLToPath(new URL("../floors/bare-engine.js", import.meta.url));
    await promisify(execFile)(process.execPath, [floor, join(directory, "job.json")]);
    const answers = JSON.parse(await readFile(join(output, "answers.json"), "utf8")) as Record<
      string,
      number
    >;
    const failing = ordersChecks.filter((check) => !verdictOf(check, answers[check.id] ?? Number.NaN).passed);
    expect(failing.map(({ id }) => id).toSorted()).toEqual(seededViolations.toSorted());
    expect(failing.every(({ spec }) => spec.severity === "warn")).toBe(true);
  });

  test.each(["csv", "parquet"] as const)(
    "makes the same %s files each time, and others for another delivery",
    async (format) => {
      const [once, again, other] = ["once", "again", "other"].map((name) =>
        join(directory, `${name}-${format}`),
      ) as [string, string, string];
      await writeOrders(once, format, smallest, 1);
      await writeOrders(again, format, smallest, 1);
      await writeOrders(other, format, smallest, 2);
      expect(await hashes(again)).toEqual(await hashes(once));
      expect(await hashes(other)).not.toEqual(await hashes(once));
    },
  );

  test("writes a model's settings into its leading comment", () => {
    const text = modelText({
      name: "a.b",
      sql: "select 1 as id",
      columns: { id: { key: true } },
      checks: [{ check: "row_count", min: 1, severity: "warn" }],
    });
    expect(text).toBe(
      "/*---\ncolumns:\n  id:\n    key: true\n    nullable: false\nchecks:\n  - row_count:\n      min: 1\n      severity: warn\n      name: row_count\n---*/\nselect 1 as id\n",
    );
  });
});

describe("workload (b)", () => {
  test.each([30, 1000])(
    "makes %i models, the same each time, that nearly all come from the root",
    (count) => {
      const { models, root, leaf } = chain(count);
      expect(models).toHaveLength(count);
      expect(chain(count)).toEqual(chain(count));
      const below = new Set([root]);
      for (const model of models) if (datasetsIn(model.sql, below).length > 0) below.add(model.name);
      expect(below.size).toBeGreaterThan(count / 3);
      expect(models.some((model) => model.name !== leaf && model.sql.includes(leaf))).toBe(false);
    },
  );

  test("changes a model's text at each edition", () => {
    const [model] = chain(30).models;
    if (!model) throw new Error("no model");
    for (const change of [withEdition, withSameRows]) {
      expect(new Set([model.sql, change(model, 1).sql, change(model, 2).sql]).size).toBe(3);
    }
  });
});
