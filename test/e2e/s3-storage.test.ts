/** Versions in a bucket: the same story as with a directory, no secret anywhere, and a server that fails. */
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { type S3Server, startS3 } from "../../src/testing/s3-server.ts";
import { type ProjectOnDisk, projectOnDisk } from "./project-on-disk.ts";
import { config, csv, shop, tuesday } from "./shop-project.ts";

let server: S3Server;
let project: ProjectOnDisk;
let missing: string | undefined;

beforeAll(async () => {
  const started = await startS3();
  if ("skipped" in started) {
    missing = started.skipped;
    return;
  }
  server = started;
  for (const [name, value] of Object.entries(server.environment())) vi.stubEnv(name, value);
  project = await projectOnDisk({
    ...shop,
    "sluice.config.ts": config(`, storage: "s3://${server.bucket}/team/shop"`),
  });
});
beforeEach(({ skip }) => skip(missing !== undefined, missing));
afterAll(async () => {
  await project?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
  vi.unstubAllEnvs();
});

const orders = "select count(*)::integer as orders from raw.orders";
const asked = (...flags: readonly string[]) => project.query(orders, ...flags);

async function json(...args: readonly string[]): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await project.sluice([...args, "--json"]);
  if (stdout === "") throw new Error(stderr);
  return { code, ...(JSON.parse(stdout) as object) };
}

/** Paths of the objects of a dataset, as files of the server. */
async function objectsOf(dataset: string): Promise<readonly string[]> {
  const directory = join(server.directory, "team/shop", dataset);
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

/** As on another machine that has the same state: nothing was read there before. */
const forget = (): Promise<void> => rm(join(project.root, ".sluice/cache"), { recursive: true, force: true });

test("runs, releases, promotes and rolls back like a directory", async () => {
  expect(await project.run()).toMatchObject({ release: 1, failed: [] });
  expect(await project.run()).toMatchObject({ release: null, built: [] });
  expect((await objectsOf("raw.orders")).length).toBeGreaterThan(0);
  await expect(readdir(join(project.root, ".sluice/data"))).rejects.toMatchObject({ code: "ENOENT" });
  await project.write({ "landing/orders/tuesday.csv": tuesday });
  await forget();
  expect(await project.run()).toMatchObject({ release: 2, failed: [] });
  expect(await asked()).toEqual([{ orders: 5 }]);
  await forget();
  expect(await asked("--at", "1")).toEqual([{ orders: 3 }]);
  expect(await project.sluice(["promote", "dev", "prod"])).toMatchObject({ code: 0 });
  expect(await asked("--env", "prod")).toEqual([{ orders: 5 }]);
  expect(await project.sluice(["rollback", "--to", "1"])).toMatchObject({ code: 0 });
  expect(await asked()).toEqual([{ orders: 3 }]);
  expect(await project.sluice(["diff", "dev@1", "dev@2"])).toMatchObject({ code: 2 });
  expect(await readdir(join(project.root, ".sluice/reading")).catch(() => [])).toEqual([]);
});

test("a query fetches what it reads, and nothing else", async () => {
  await forget();
  await asked();
  const fetched = await readdir(join(project.root, ".sluice/cache/files"));
  expect(fetched.length).toBe(1);
});

test("a machine without room for copies does the same work", async () => {
  await forget();
  await project.write({
    "models/shop/best.sql": "select day, revenue from shop.revenue order by revenue desc limit 1",
  });
  const tight = { env: { SLUICE_CACHE_LIMIT: "0KB" } };
  expect(await project.sluice(["run", "--json"], tight)).toMatchObject({ code: 0 });
  const asking = ["query", "--format", "csv", "select revenue from shop.best"];
  expect(await project.sluice(asking, tight)).toMatchObject({ code: 0, stdout: "revenue\n8.00\n" });
  expect(await readdir(join(project.root, ".sluice/cache/files"))).toEqual([]);
  expect(await readdir(join(project.root, ".sluice/reading"))).toEqual([]);
  const wrong = await project.sluice(asking, { env: { SLUICE_CACHE_LIMIT: "much" } });
  expect(wrong).toMatchObject({ code: 64 });
});

test("doctor finds what was removed or changed there, and the next run builds it anew", async () => {
  expect(await json("doctor", "--deep")).toMatchObject({ code: 0, damage: [], orphans: { files: 0 } });
  await forget();
  for (const path of await objectsOf("shop.revenue")) {
    const bytes = await readFile(path);
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 0xff;
    await writeFile(path, bytes);
  }
  const failed = await project.sluice(["query", "from shop.revenue"]);
  expect(failed).toMatchObject({ code: 1 });
  expect(failed.stderr).toMatch(/"shop\.revenue\/.*" in s3:\/\/.* has other content than was recorded/);
  expect(failed.stderr).toContain("sluice doctor");
  expect(await json("doctor")).toMatchObject({ code: 0, damage: [] });
  expect(await json("doctor", "--deep", "--repair")).toMatchObject({ code: 0 });
  const built = expect.arrayContaining(["shop.revenue"]) as unknown;
  expect(await project.run()).toMatchObject({ built, failed: [] });
  expect(await json("doctor", "--deep")).toMatchObject({ code: 0, damage: [] });
});

test("gc removes what no release needs, and what nobody recorded", async () => {
  const stray = join(server.directory, "team/shop/raw.orders/stray/part-0.parquet");
  await mkdir(join(stray, ".."), { recursive: true });
  await writeFile(stray, "nobody's");
  const before = (await objectsOf("raw.orders")).length;
  expect(await project.sluice(["gc", "--keep", "1", "--yes"])).toMatchObject({ code: 0 });
  const after = await objectsOf("raw.orders");
  expect(after.length).toBeLessThan(before);
  expect(after).not.toContain(stray);
  await forget();
  expect(await asked()).toEqual([{ orders: 5 }]);
});

test("its secret is nowhere: not in the cache, not in the state, not in what is printed", async () => {
  const secret = server.environment()["AWS_SECRET_ACCESS_KEY"] ?? "none";
  const entries = await readdir(join(project.root, ".sluice"), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  for (const file of files) expect((await readFile(file)).includes(secret), file).toBe(false);
  const wrong = { env: { AWS_ACCESS_KEY_ID: "somebody", SLUICE_DEBUG: "1" } };
  await forget();
  const refused = await project.sluice(["query", orders], wrong);
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain("refuses the credentials");
  expect(refused.stderr + refused.stdout).not.toContain(secret);
});

test("a bucket that does not exist ends a run before anything is built", async () => {
  await using other = await projectOnDisk({
    ...shop,
    "sluice.config.ts": config(', storage: "s3://not-there/shop"'),
  });
  const { code, stderr } = await other.sluice(["run"]);
  expect(code).toBe(1);
  expect(stderr).toContain('there is no bucket "not-there"');
  expect(stderr).toContain("AWS_ENDPOINT_URL_S3");
});

test("a project that moves into the bucket without its data builds it there", async () => {
  await using other = await projectOnDisk(shop);
  expect(await other.run()).toMatchObject({ release: 1 });
  await other.write({ "sluice.config.ts": config(`, storage: "s3://${server.bucket}/moved"`) });
  const failed = await other.sluice(["query", orders]);
  expect(failed.stderr).toMatch(/is missing from s3:[^]*sluice doctor/);
  expect(await other.sluice(["doctor", "--repair"])).toMatchObject({ code: 0 });
  expect(await other.run()).toMatchObject({ failed: [], held: [] });
  expect(await other.query(orders)).toEqual([{ orders: 3 }]);
});

test("an address that is none is told with its place", async () => {
  await using other = await projectOnDisk({
    ...shop,
    "sluice.config.ts": config(', storage: "gs://bucket/shop"'),
  });
  const { code, stderr, stdout } = await other.sluice(["check"]);
  expect(code).toBe(1);
  expect(stdout + stderr).toContain("s3://bucket/prefix");
});

test("a server that is away for a moment in mid-run is waited for", async () => {
  await project.write({ "landing/orders/wednesday.csv": csv("6,2026-03-04,espresso,2.50") });
  await server.crash();
  const run = project.start(["run", "--json"]);
  setTimeout(() => void server.start(), 1500);
  expect(await run.ended).toMatchObject({ code: 0 });
  expect(await asked()).toEqual([{ orders: 6 }]);
  expect(await json("doctor", "--deep")).toMatchObject({ code: 0, damage: [] });
});
