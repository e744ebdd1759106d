import { afterAll, beforeAll, expect, test } from "vitest";
import { type Database, openDatabase } from "./database.ts";
import { haveDistinctHashes } from "./distinct-hashes.ts";

/** So little that the hashes of the rows below have to be looked at in three shares. */
const little = 8 * 2 ** 20;

const rows = 2_500_000;

let database: Database;

beforeAll(async () => {
  database = await openDatabase({ memory: 1e9, threads: 2 });
});

afterAll(() => database[Symbol.asyncDispose]());

async function table(name: string, columns: string): Promise<string> {
  await database.run(`create or replace table ${name} as select ${columns} from range(${rows}) t(i)`);
  return name;
}

test.for([
  ["whole numbers far apart", "(i * 2654435761) & 4294967295 as id", ["id"]],
  ["texts", "md5(i :: varchar) as id", ["id"]],
  ["two columns", "i // 1000 as h, i % 1000 as id", ["h", "id"]],
  ["nulls beside values", "case when i % 2 = 0 then i end as id", ["id"]],
] as const)("%s that differ are told to, all at once and in shares", async ([, columns, names]) => {
  const all = await table("differ", columns);
  expect(await haveDistinctHashes(database, all, names)).toBe(true);
  expect(await haveDistinctHashes(database, all, names, little)).toBe(true);
});

test.for([0, 1_234_567, rows - 2])("one value that repeats is found, wherever it is (row %i)", async (at) => {
  const values = `case when i = ${rows - 1} then ${at} else i end as h`;
  const all = await table("repeat", values);
  expect(await haveDistinctHashes(database, all, ["h"])).toBe(false);
  expect(await haveDistinctHashes(database, all, ["h"], little)).toBe(false);
});

test("values that all repeat do not take more room than they were given", async () => {
  // Those that are looked at first are different.
  const all = await table("often", "case when i < 200000 then i else i % 3 end as id");
  expect(await haveDistinctHashes(database, all, ["id"])).toBe(false);
});

test("whoever interrupts it is heard between two shares", async () => {
  const all = await table("differ", "i as id");
  const proof = haveDistinctHashes(database, all, ["id"], little);
  database.interrupt();
  await expect(proof).rejects.toThrow(/interrupt|stopped/i);
  database.begin();
});
