import { version } from "@duckdb/node-api";
import { describe, expect, test } from "vitest";
import { engineConformance } from "../testing/engine-conformance.ts";
import { openSubject } from "../testing/engine-subject.ts";
import { duckdbEngine } from "./duckdb.ts";

describe("DuckDB is an engine", () => {
  test.for(engineConformance)("$name", async (one) => {
    await expect(one.run(() => openSubject(duckdbEngine()))).resolves.toBeUndefined();
  });

  test("its version is the library's", () => {
    const [major, minor] = version().replace("v", "").split(".");
    expect(duckdbEngine().version).toBe(`duckdb ${major}.${minor}`);
  });
});
