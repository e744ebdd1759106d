/** Something happened to the stored files: it is found, said, and mended. */
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type ProjectOnDisk, projectOnDisk } from "./project-on-disk.ts";
import { shop } from "./shop-project.ts";

let project: ProjectOnDisk;
beforeEach(async () => {
  project = await projectOnDisk(shop);
  expect(await project.run()).toMatchObject({ release: 1 });
});
afterEach(() => project[Symbol.asyncDispose]());

async function doctor(...flags: readonly string[]): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await project.sluice(["doctor", "--json", ...flags]);
  if (stdout === "") throw new Error(stderr);
  return { code, ...(JSON.parse(stdout) as object) };
}

async function fileOf(dataset: string): Promise<string> {
  const directory = join(project.root, ".sluice/data", dataset);
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const file = entries.find((entry) => entry.isFile());
  return join(file?.parentPath ?? "", file?.name ?? "");
}

test("a sound project is sound", async () => {
  expect(await doctor("--deep")).toMatchObject({ code: 0, damage: [], orphans: { files: 0 }, lost: [] });
});

test("a missing file is named, given up when asked to, and the next run builds it anew", async () => {
  await rm(await fileOf("shop.revenue"));
  expect(await doctor()).toMatchObject({
    code: 2,
    damage: [{ kind: "missing", dataset: "shop.revenue", environments: ["dev"] }],
    lost: [],
  });
  expect(await doctor("--repair")).toMatchObject({ code: 0, lost: [expect.any(String) as string] });
  expect((await project.sluice(["query", "from shop.revenue"])).stderr).toContain("sluice run --env dev");
  expect(await project.run()).toMatchObject({ release: 2, built: ["shop.revenue"], failed: [] });
  expect(await project.query("select sum(orders)::integer as orders from shop.revenue")).toEqual([
    { orders: 3 },
  ]);
  expect(await doctor("--deep")).toMatchObject({ code: 0, damage: [] });
});

test("a source whose rows are lost is read again from its landing files", async () => {
  await rm(await fileOf("raw.orders"));
  await doctor("--repair");
  expect(await project.run()).toMatchObject({ failed: [], held: [] });
  expect(await project.query("select count(*)::integer as orders from raw.orders")).toEqual([{ orders: 3 }]);
});

test("a file with another content of the same length is found by its checksum only", async () => {
  const path = await fileOf("shop.revenue");
  const bytes = await readFile(path);
  bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 0xff;
  await writeFile(path, bytes);
  expect(await doctor()).toMatchObject({ code: 0, damage: [] });
  expect(await doctor("--deep")).toMatchObject({
    code: 2,
    damage: [{ kind: "changed", dataset: "shop.revenue" }],
  });
});

test("in words", async () => {
  await rm(await fileOf("shop.revenue"));
  const { code, stdout } = await project.sluice(["doctor"]);
  expect(code).toBe(2);
  expect(stdout).toMatch(/shop\.revenue +missing +dev/);
  expect(stdout).toContain("sluice doctor --repair");
});
