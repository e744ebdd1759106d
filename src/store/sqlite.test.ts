import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, test } from "vitest";
import { storeConformance } from "../testing/store-conformance.ts";
import { begin, publishAll } from "../testing/store-fixtures.ts";
import type { StoreSubject } from "../testing/store-subject.ts";
import { openSqliteStore } from "./sqlite.ts";

async function freshState(): Promise<StoreSubject> {
  const directory = await mkdtemp(join(tmpdir(), "sluice-state-"));
  const file = join(directory, "nested", "state.db");
  return {
    open: () => openSqliteStore(file),
    opener: { module: new URL("./sqlite.ts", import.meta.url).href, open: "openSqliteStore", argument: file },
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  };
}

describe("SQLite is a store", () => {
  test.for(storeConformance)("$name", { timeout: 60_000 }, async (one) => {
    await expect(one.run(freshState)).resolves.toBeUndefined();
  });
});

test("the pointers of any release lie in few rows, however long the history", async () => {
  await using subject = await freshState();
  const store = await subject.open();
  const lease = await begin(store, "prod", ["v1", "v2"]);
  const datasets = Array.from({ length: 10 }, (_, at) => `shop.dataset_${at}`);
  const all = Object.fromEntries(datasets.map((dataset) => [dataset, "v1"]));
  const one = (at: number): Record<string, string> => ({ [datasets[at % 10]!]: at % 3 === 0 ? "v1" : "v2" });
  await publishAll(store, lease, [all, ...Array.from({ length: 150 }, (_, at) => one(at))]);
  await store.close();
  const database = new DatabaseSync(String(subject.opener.argument));
  const spans = database
    .prepare(
      `select r.number, count(*) as span from releases r join release_pointers p
       on p.number between r.full_number and r.number group by r.number order by span desc`,
    )
    .all();
  database.close();
  expect(spans).toHaveLength(151);
  expect(spans[0]?.["span"]).toBeLessThanOrEqual(30);
});
