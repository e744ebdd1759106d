import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fingerprints } from "./fingerprint.ts";
import { type Evidence, whyVoid } from "./same-work.ts";

const rows = (hash: string, count = 3): Evidence["outputs"] => ({ "marts.orders": { rows: count, hash } });

const evidence = (
  outputs: Evidence["outputs"],
  verdicts?: Evidence["verdicts"],
  failing: readonly string[] = [],
): Evidence => ({
  outputs,
  ...(verdicts ? { verdicts } : {}),
  expected: { outputs: ["marts.orders"], checks: ["id is unique", "amount is small"], failing },
});

const seen = {
  "id is unique": { passed: true, offending: 0 },
  "amount is small": { passed: false, offending: 7 },
};
const seeded = ["amount is small"];

describe("whyVoid", () => {
  test("accepts equal outputs and verdicts", () => {
    const shown = evidence(rows("a"), seen, seeded);
    expect(whyVoid(shown, [shown])).toBeUndefined();
  });

  test("accepts a contender that does not check at all, for its outputs", () => {
    expect(whyVoid(evidence(rows("a")), [evidence(rows("a"), seen, seeded)])).toBeUndefined();
  });

  test.each([
    ["a missing output", evidence({}), [], /left no marts\.orders/],
    ["another content", evidence(rows("b")), [evidence(rows("a"))], /holds other rows/],
    ["another number of rows", evidence(rows("a", 4)), [evidence(rows("a"))], /4 and 3 rows/],
    [
      "a check without a verdict",
      evidence(rows("a"), { "id is unique": { passed: true } }),
      [],
      /no verdict, such as "amount is small"/,
    ],
    [
      "an overlooked seeded violation",
      evidence(rows("a"), { ...seen, "amount is small": { passed: true } }, seeded),
      [],
      /did not see the seeded violation/,
    ],
    ["a false alarm", evidence(rows("a"), seen), [], /failed without a seeded violation/],
    [
      "another number of offending rows",
      evidence(rows("a"), { ...seen, "amount is small": { passed: false, offending: 6 } }, seeded),
      [evidence(rows("a"), seen, seeded)],
      /found 6 rows, another contender 7/,
    ],
  ])("refuses %s", (_, shown, others, reason) => {
    expect(whyVoid(shown, others)).toMatch(reason);
  });
});

describe("fingerprints", () => {
  let directory: string;
  let instance: DuckDBInstance;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "sluice-bench-test-"));
    instance = await DuckDBInstance.create(":memory:");
  });
  afterAll(async () => {
    instance.closeSync();
    await rm(directory, { recursive: true });
  });

  async function printOf(name: string, sql: string, ignored: readonly string[] = []) {
    const file = join(directory, `${name}.parquet`);
    const connection = await instance.connect();
    await connection.run(`copy (${sql}) to '${file}' (format parquet)`);
    connection.closeSync();
    return (await fingerprints({ outputs: { it: { files: [file] } }, ignored }, directory))["it"];
  }

  const base =
    "select i as id, i % 3 as kind, (i / 7)::decimal(9,2) as amount, if(i % 5 = 0, null, 'x' || i) as label from range(1000) r(i)";

  test("are equal for the same rows in any order and with columns in any order", async () => {
    const plain = await printOf("plain", base);
    expect(plain?.rows).toBe(1000);
    expect(
      await printOf("shuffled", `select label, amount, kind, id from (${base}) order by hash(id)`),
    ).toEqual(plain);
  });

  test("are equal for the same values in wider types", async () => {
    const wider = `select id::hugeint::decimal(38,0) as id, kind::integer as kind, amount::decimal(18,4) as amount, label from (${base})`;
    const narrow = `select id::decimal(38,0) as id, kind, amount, label from (${base})`;
    expect(await printOf("wider", wider)).toEqual(await printOf("narrow", narrow));
  });

  test.each([
    [
      "one changed value",
      `select id, kind, if(id = 500, amount + 0.01, amount)::decimal(9,2) as amount, label from (${base})`,
    ],
    ["a null that became text", `select id, kind, amount, coalesce(label, '') as label from (${base})`],
    ["a missing row", `select * from (${base}) where id <> 7`],
    ["a doubled row", `select * from (${base}) union all select * from (${base}) where id = 7`],
    [
      "values swapped between columns",
      `select id, id % 3 as kind, amount, label from (select kind as id, * exclude (id, kind), id as kind from (${base}))`,
    ],
    ["a renamed column", `select id, kind, amount, label as name from (${base})`],
  ])("tell of %s", async (_, sql) => {
    expect(await printOf("other", sql)).not.toEqual(await printOf("plain", base));
  });

  test("leave out columns that are not compared", async () => {
    const withEdition = (edition: number): string => `select *, ${edition} as edition from (${base})`;
    expect(await printOf("one", withEdition(1), ["edition"])).toEqual(
      await printOf("two", withEdition(2), ["edition"]),
    );
  });
});
