import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Binder } from "./binder.ts";
import { openBinder } from "./duckdb-binder.ts";

let binder: Binder;
let instance: DuckDBInstance;
let connection: DuckDBConnection;
beforeAll(async () => {
  binder = await openBinder();
  instance = await DuckDBInstance.create(":memory:");
  connection = await instance.connect();
  const values = "unnest([null, 0, 1, 2, 3])";
  await connection.run(
    `create table this as select a, b from (select ${values} as a) cross join (select ${values} as b)`,
  );
});
afterAll(() => {
  binder.close();
  connection.closeSync();
  instance.closeSync();
});

test.each([
  "where false",
  "where null",
  "where a <> a",
  "where not (a = a)",
  "where not (a >= a or b > 1)",
  "where not (a is not distinct from a)",
  "where not (a is null or a is not null)",
  "where not (b > 1 or not (b > 1) or (b > 1) is null)",
  "where not coalesce(a = a, true)",
  "where not (a in (a, 3))",
  "where not (a > 1 or A <= 1)",
  "where 1 = 2",
  "where 2 < 1 and a > 0",
  "where not (1 < 2 or a > 0)",
  "where (a = a) is null and a < a",
  "group by a having false",
])("keeps nothing: %s", async (words) => {
  expect(await binder.keepsNothing(`with this as (select 1 as a, 2 as b) select a from this ${words}`)).toBe(
    true,
  );
  expect(await binder.keepsNothing(`select count(*) from (select a from this ${words}) as kept`)).toBe(true);
});

test.each([
  "",
  "where true",
  "where not (a = b)",
  // A null is what it says that it looks for.
  "where not (a = a and a is not null)",
  "where not coalesce(a = a, false)",
  "where (a = a) is null",
  "where a is distinct from b",
  "where a < a + 1",
  "where not (a in (b, 3))",
  "where not (a > 1 or a < 1)",
  "union select a from this where a <> a",
])("may keep something: %s", async (words) => {
  expect(await binder.keepsNothing(`select a from this ${words}`)).toBe(false);
});

const column = fc.constantFrom("a", "b", "1", "2");
const comparison = fc
  .tuple(
    column,
    fc.constantFrom("=", "<>", "<", "<=", ">", ">=", "is distinct from", "is not distinct from"),
    column,
  )
  .map((parts) => `(${parts.join(" ")})`);
const { condition } = fc.letrec<{ condition: string }>((tie) => ({
  condition: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    comparison,
    fc.constantFrom("true", "false", "(a in (a, 2))", "(b not in (b))", "(a between 1 and b)"),
    fc
      .tuple(tie("condition"), fc.constantFrom("and", "or"), tie("condition"))
      .map((parts) => `(${parts.join(" ")})`),
    tie("condition").map((one) => `(not ${one})`),
    tie("condition").map((one) => `(${one} is null)`),
    fc.tuple(tie("condition"), tie("condition")).map(([one, other]) => `coalesce(${one}, ${other})`),
  ),
}));

test("what is said to keep nothing keeps no row", async () => {
  let found = 0;
  await fc.assert(
    fc.asyncProperty(condition, async (some) => {
      const query = `select a from this where ${some}`;
      if (!(await binder.keepsNothing(query))) return;
      found += 1;
      expect((await connection.runAndReadAll(query)).getRows()).toEqual([]);
    }),
    { numRuns: 600 },
  );
  expect(found).toBeGreaterThan(20);
});
