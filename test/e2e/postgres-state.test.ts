/** The state in a PostgreSQL server: the same story as with a file, and no password anywhere. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type PostgresServer, startPostgres } from "../../src/testing/postgres-server.ts";
import { type ProjectOnDisk, projectOnDisk } from "./project-on-disk.ts";
import { config, shop, tuesday } from "./shop-project.ts";

let server: PostgresServer | undefined;
let project: ProjectOnDisk;
let missing: string | undefined;

beforeAll(async () => {
  const started = await startPostgres();
  if ("skipped" in started) missing = started.skipped;
  else server = started;
  if (server === undefined) return;
  project = await projectOnDisk({
    ...shop,
    "sluice.config.ts": config(`, state: "${server.url}?schema=shop"`),
  });
});
afterAll(async () => {
  await project?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});

/** Everything that lies below a directory, as one text. */
async function everything(directory: string): Promise<string> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return (await Promise.all(files.map((file) => readFile(file, "latin1")))).join("\n");
}

describe("a state in PostgreSQL", () => {
  test("runs, releases, promotes and rolls back like a file", async ({ skip }) => {
    skip(missing !== undefined, missing);
    expect(await project.run("--why", "first")).toMatchObject({ release: 1 });
    expect(await project.run()).toMatchObject({ release: null, built: [] });
    await project.write({ "landing/orders/tuesday.csv": tuesday });
    expect(await project.run("--why", "second")).toMatchObject({ release: 2 });
    const orders = "select count(*)::integer as orders from raw.orders";
    expect(await project.query(orders)).toEqual([{ orders: 5 }]);
    expect(await project.query(orders, "--at", "1")).toEqual([{ orders: 3 }]);
    expect(await project.sluice(["promote", "dev", "prod"])).toMatchObject({ code: 0 });
    expect(await project.query(orders, "--env", "prod")).toEqual([{ orders: 5 }]);
    expect(await project.sluice(["rollback", "--to", "1"])).toMatchObject({ code: 0 });
    expect(await project.query(orders)).toEqual([{ orders: 3 }]);
    expect((await project.releases()).map(({ why }) => why)).toContain("second");
    const tables = await server?.ask("select count(*) from pg_tables where schemaname = 'shop'");
    expect(Number(tables)).toBeGreaterThan(10);
  });

  test("its password is nowhere: not in the cache, not in the data, not in what is printed", async ({
    skip,
  }) => {
    skip(missing !== undefined, missing);
    const password = server?.password ?? "";
    expect(await everything(join(project.root, ".sluice"))).not.toContain(password);
    for (const args of [
      ["show", "raw.orders", "--json"],
      ["plan", "--json"],
      ["ls", "--json"],
    ]) {
      const { stdout, stderr } = await project.sluice(args);
      expect(stdout + stderr).not.toContain(password);
    }
  });

  test("a server that is away is named with a way out, and the next run works", async ({ skip }) => {
    skip(missing !== undefined, missing);
    await server?.crash();
    const { code, stderr } = await project.sluice(["releases"]);
    expect(code).toBe(1);
    expect(stderr).toContain("cannot be reached");
    expect(stderr).not.toContain(server?.password);
    await server?.start();
    expect(await project.run()).toMatchObject({ failed: [] });
  });
});
