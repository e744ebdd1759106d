import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { storeConformance } from "../testing/store-conformance.ts";
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
