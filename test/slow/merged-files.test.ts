/** What the small files of an input become when they are put together is no change of its rows, and hides none. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { openWorld, type World } from "../increments/world.ts";

const queries = {
  lines: "select n, amount + 1 as more from raw.orders where amount >= 0",
  daily: "select day, cast(sum(amount) as bigint) as amount, count(*) as orders from raw.orders group by all",
  latest: "select n, day, amount from raw.orders",
};

const project = {
  "sources/raw/orders.ts": `import { files, source, t } from "sluice";
export default source({ from: files("landing/orders/*.csv"),
  columns: { n: t.integer(), day: t.date(), amount: t.integer() } });
`,
  "models/shop/lines.sql": `/*---\nmaterialized: append\n---*/\n${queries.lines}`,
  "models/shop/daily.sql": `/*---\nmaterialized: { interval: { by: day, grain: day } }\n---*/\n${queries.daily}`,
  "models/shop/latest.sql": `/*---\nmaterialized: { upsert: { order: amount } }\ncolumns:\n  n: { key: true }\n---*/\n${queries.latest}`,
};

const path = (number: number): string => `landing/orders/${number}.csv`;
const day = (number: number): string => `2026-01-${String((number % 9) + 1).padStart(2, "0")}`;
/** So many rows that a file which goes out of twenty together is read around, and they are not copied without it. */
const rowsPerFile = 12_000;
const order = (number: number): string =>
  [
    "n,day,amount",
    ...Array.from(
      { length: rowsPerFile },
      (_, row) => `${(number * 7 + row) % 20_000},${day(row)},${number}`,
    ),
    "",
  ].join("\n");

async function deliver(world: World, numbers: readonly number[], select?: string): Promise<void> {
  for (const number of numbers) {
    await world.write({ [path(number)]: order(number) });
    expect(await world.run(undefined, select)).toMatchObject({ failed: [], held: [] });
  }
}

/** The models whose rows are not those that building them anew would give, after a run. */
async function wrongIn(world: World): Promise<string[]> {
  expect(await world.run()).toMatchObject({ failed: [], held: [] });
  const sum = (rows: string): Promise<readonly string[]> =>
    world.rows(`select count(*) as rows, cast(sum(hash(r)) as text) as sum from (${rows}) r`);
  const { latest, ...others } = queries;
  const last = `${latest} qualify row_number() over (partition by n order by amount desc) = 1`;
  const wrong: string[] = [];
  for (const [name, query] of Object.entries({ ...others, latest: last })) {
    const [found, expected] = [await sum(`select * from shop.${name}`), await sum(query)];
    if (found.join() !== expected.join()) wrong.push(name);
  }
  return wrong;
}

const numbers = (from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_, index) => from + index);

test("rows that go out of files that were put together meanwhile go out of whoever had not seen them together", async () => {
  await using world = await openWorld(project);
  await deliver(world, numbers(0, 17));
  expect(await wrongIn(world)).toEqual([]);
  // Put together while nobody who reads them is built.
  await deliver(world, numbers(17, 20), "raw.orders");
  const merged = (await world.files("raw.orders")).find((file) => (file.merged?.length ?? 0) > 10);
  expect(merged).toBeDefined();
  await world.write({ [path(3)]: null });
  await world.run(undefined, "raw.orders");
  expect((await world.files("raw.orders")).some(({ without }) => without !== undefined)).toBe(true);
  expect(await wrongIn(world)).toEqual([]);
}, 120_000);

test("files that are put together are no change for whoever had seen them apart", async () => {
  await using world = await openWorld(project);
  await deliver(world, numbers(0, 17));
  await deliver(world, numbers(17, 20), "raw.orders");
  expect(await wrongIn(world)).toEqual([]);
  await world.write({ [path(5)]: order(50) });
  expect(await wrongIn(world)).toEqual([]);
}, 120_000);

const number = fc.nat(24);
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("add" as const), number }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("remove" as const), number }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("correct" as const), number, as: fc.nat(99) }) },
);

test("whatever goes, comes and is corrected while files are put together, everybody has the rows of the files that lie there", async () => {
  const histories = fc.array(
    fc.record({ steps: fc.array(step, { minLength: 1, maxLength: 2 }), some: fc.boolean() }),
    {
      minLength: 8,
      maxLength: 12,
    },
  );
  await fc.assert(
    fc.asyncProperty(histories, async (history) => {
      await using world = await openWorld(project);
      await deliver(world, numbers(0, 17));
      for (const { steps, some } of history) {
        for (const one of steps) {
          const text = one.kind === "remove" ? null : order(one.kind === "correct" ? one.as : one.number);
          await world.write({ [path(one.number)]: text });
        }
        if (some) await world.run(undefined, "raw.orders");
        else expect(await wrongIn(world)).toEqual([]);
      }
      expect(await wrongIn(world)).toEqual([]);
    }),
    { numRuns: 2 },
  );
}, 600_000);
