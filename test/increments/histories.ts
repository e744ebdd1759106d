/** What may happen to a shop between two runs. */
import fc from "fast-check";
import type { World } from "./world.ts";

export const sources = {
  "sources/raw/orders.ts": `import { files, source, t } from "sluice";
export default source({ from: files("landing/orders/*.csv"),
  columns: { n: t.integer(), day: t.date(), product: t.text(), amount: t.integer() } });
`,
  "sources/raw/products.ts": `import { files, source, t } from "sluice";
export default source({ from: files("landing/products.csv"), columns: { product: t.text().key(), price: t.integer() } });
`,
  "landing/products.csv": "product,price\na,3\nb,10\n",
  "landing/orders/0.csv": "n,day,product,amount\n1,2026-01-01,a,5\n",
};

const order = fc.tuple(
  fc.integer({ min: 0, max: 99 }),
  fc.integer({ min: 1, max: 20 }),
  fc.constantFrom("a", "b", "c"),
  fc.integer({ min: 0, max: 9 }),
);

const rows = fc
  .array(order, { maxLength: 4 })
  .map((list) =>
    [
      "n,day,product,amount\n",
      ...list.map(
        ([n, day, product, amount]) => `${n},2026-01-${String(day).padStart(2, "0")},${product},${amount}\n`,
      ),
    ].join(""),
  );

/** A file number that is there already is corrected, or its rows come again. */
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant("file" as const), number: fc.nat(5), text: rows }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("remove" as const), number: fc.nat(5) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("prices" as const), price: fc.integer({ min: 1, max: 20 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("definition" as const), other: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("stop" as const), after: fc.integer({ min: 1, max: 8 }) }),
  },
);

export type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** Some steps before each of some runs. */
export const histories = fc.array(fc.array(step, { minLength: 1, maxLength: 3 }), {
  minLength: 2,
  maxLength: 6,
});

/** How many histories are tried, and from which seed: more than the few of every day for who has the time. */
export const effort = {
  numRuns: Number(process.env["SLUICE_HISTORIES"] ?? 2),
  ...(process.env["SLUICE_SEED"] ? { seed: Number(process.env["SLUICE_SEED"]) } : {}),
};

/** Let one step happen. `redefine`: the definition that is changed, with the second of two queries or the first. */
export async function happen(
  world: World,
  one: Step,
  redefine: (other: boolean) => Readonly<Record<string, string>>,
): Promise<void> {
  switch (one.kind) {
    case "file":
      return world.write({ [`landing/orders/${one.number}.csv`]: one.text });
    case "remove":
      return world.write({ [`landing/orders/${one.number}.csv`]: null });
    case "prices":
      return world.write({ "landing/products.csv": `product,price\na,${one.price}\nb,10\n` });
    case "definition":
      return world.write(redefine(one.other));
    case "stop":
      await world.run(one.after);
  }
}
