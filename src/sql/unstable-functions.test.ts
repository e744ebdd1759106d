import { DuckDBInstance, version } from "@duckdb/node-api";
import { expect, test } from "vitest";
import { readUnstableFunctions } from "./duckdb-binder.ts";
import { unstableFunctions } from "./unstable-functions.ts";

test("what is listed is what the engine that we ship says", async () => {
  const instance = await DuckDBInstance.create(":memory:", { enable_external_access: "false" });
  const connection = await instance.connect();
  try {
    const listed = await unstableFunctions(version(), () => Promise.reject(new Error("it has to be asked")));
    expect(listed.toSorted()).toEqual((await readUnstableFunctions(connection)).toSorted());
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
});

test("an engine of another version is asked", async () => {
  expect(await unstableFunctions("v0.0.1", async () => ["chance"])).toEqual(["chance"]);
});
