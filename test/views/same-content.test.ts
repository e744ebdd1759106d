/**
 * A view has the content that the same model has when it is built: on made-up projects with made-up histories, in which
 * every model stands twice, once always built and once now a view and now not, at every release, also long after.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { type Content, type MadeLine, madeLine } from "./made-line.ts";

const models = 5;
/** In the place of a model's number. */
const source = -1;

/** A query over datasets with the columns `id`, `a` and `b`, giving the same columns. */
type Query = (x: string, y: string) => string;
const queries: readonly Query[] = [
  (x) => `select id, a + 1 as a, b from ${x}`,
  (x) => `select id, a, b from ${x} where a > 3`,
  (x) => `select id, b as a, a as b from ${x} order by id, a desc limit 4`,
  (x, y) => `select x.id, x.a, y.b from ${x} x join ${y} y on x.id = y.id`,
  (x, y) =>
    `select id, max(a) as a, cast(sum(b) as bigint) as b from (from ${x} union all from ${y}) group by id`,
  (x) => `select l.id, l.a, r.b from ${x} l, ${x} r where l.id = r.id + 1 and l.a <> r.a`,
  (x) =>
    `with few as (select distinct id, b from ${x}) select id, count(*) as a, min(b) as b from few group by id`,
  (x) => `select id, a, 0 as b from ${x}`,
];

/** One model of the line. What it reads is among the models before it; 0 is the source. */
interface Model {
  readonly query: number;
  readonly reads: readonly [number, number];
  readonly view: boolean;
  readonly limit: number;
}

const model = (at: number): fc.Arbitrary<Model> =>
  fc.record({
    query: fc.nat({ max: queries.length - 1 }),
    reads: fc.tuple(fc.nat({ max: at }), fc.nat({ max: at })),
    view: fc.boolean(),
    // Values above it hold the model.
    limit: fc.constantFrom(8, 1000),
  });

type Step =
  | { readonly kind: "deliver"; readonly file: number; readonly values: readonly number[] }
  | { readonly kind: "remove"; readonly file: number }
  | { readonly kind: "define"; readonly at: number; readonly model: Model }
  | { readonly kind: "turn"; readonly at: number }
  | { readonly kind: "gc" };

const at = fc.nat({ max: models - 1 });
const file = fc.nat({ max: 2 });
const deliver = fc.record({
  kind: fc.constant("deliver" as const),
  file,
  values: fc.array(fc.nat({ max: 9 }), { minLength: 1, maxLength: 4 }),
});
const step: fc.Arbitrary<Step> = fc.oneof(
  { arbitrary: deliver, weight: 3 },
  { arbitrary: fc.record({ kind: fc.constant("remove" as const), file }), weight: 1 },
  {
    arbitrary: at.chain((place) =>
      model(place).map((made) => ({ kind: "define" as const, at: place, model: made })),
    ),
    weight: 2,
  },
  { arbitrary: fc.record({ kind: fc.constant("turn" as const), at }), weight: 2 },
  { arbitrary: fc.constant({ kind: "gc" as const }), weight: 1 },
);
/** Some datasets only, or all: so views come to stand on older versions than others do. */
const turn = fc.record({
  step,
  only: fc.option(fc.subarray([source, ...Array(models).keys()], { minLength: 1 }), { freq: 2 }),
});

const orders = `import { files, source, t } from "sluice";
export default source({
  from: files("landing/*.csv"),
  columns: { id: t.integer(), a: t.integer(), b: t.integer() },
});
`;

/** `b` of every model is said to be there; `a` must stay below its limit. */
const fileOf = (made: Model, schema: "v" | "f"): string => {
  const name = (read: number): string => (read === 0 ? "raw.s" : `${schema}.m${read - 1}`);
  const kept = schema === "v" && made.view ? "materialized: view\n" : "";
  const sql = queries[made.query]?.(name(made.reads[0]), name(made.reads[1])) ?? "";
  return `/*---\n${kept}checks:\n  - expression: a < ${made.limit}\n---*/\n${sql}\n`;
};
const filesOf = (made: Model, place: number): Record<string, string> => ({
  [`models/v/m${place}.sql`]: fileOf(made, "v"),
  [`models/f/m${place}.sql`]: fileOf(made, "f"),
});

const landing = (number: number, values: readonly number[]): string =>
  `id,a,b\n${values.map((value, index) => `${number * 2 + index},${value},${value % 3}\n`).join("")}`;

async function take(line: MadeLine, made: Model[], { step: next }: { readonly step: Step }): Promise<void> {
  switch (next.kind) {
    case "deliver":
      return line.write({ [`landing/${next.file}.csv`]: landing(next.file, next.values) });
    case "remove":
      return line.write({ [`landing/${next.file}.csv`]: null });
    case "define":
      made[next.at] = next.model;
      return line.write(filesOf(next.model, next.at));
    case "turn": {
      const before = made[next.at];
      if (before === undefined) return undefined;
      made[next.at] = { ...before, view: !before.view };
      return line.write(filesOf({ ...before, view: !before.view }, next.at));
    }
    case "gc":
      return line.gc(1);
  }
}

/** What the models that are always built have must be what the others have. */
function expectAlike(content: Content): void {
  for (const [name, rows] of content)
    if (name.startsWith("f.")) expect(content.get(name.replace("f.", "v.")), name).toEqual(rows);
  const count = (schema: string): number =>
    [...content.keys()].filter((name) => name.startsWith(schema)).length;
  expect(count("v.")).toBe(count("f."));
}

test("views have the content of built models, at every release", { timeout: 300_000 }, async () => {
  let held = 0;
  let old = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.tuple(...[...Array(models).keys()].map(model)),
      fc.array(turn, { minLength: 5, maxLength: 8 }),
      async (first, turns) => {
        const made = [...first];
        await using line = await madeLine({
          "sluice.config.ts": `import { project } from "sluice";\nexport default project({ name: "line" });\n`,
          "sources/raw/s.ts": orders,
          "landing/0.csv": landing(0, [1, 5]),
          ...Object.assign({}, ...made.map(filesOf)),
        });
        const releases = new Map<number, Content>();
        const runAndLook = async (select?: string): Promise<void> => {
          const { release, current, held: stays } = await line.run(select);
          held += stays.length;
          if (current === 0) return;
          const content = await line.read();
          expectAlike(content);
          if (release !== null) releases.set(release, content);
        };
        await runAndLook();
        for (const next of turns) {
          await take(line, made, next);
          if (next.step.kind === "gc")
            for (const number of [...releases.keys()].slice(0, -1)) releases.delete(number);
          await runAndLook(
            next.only?.map((place) => (place === source ? "raw.s" : `v.m${place} f.m${place}`)).join(" "),
          );
        }
        for (const [number, content] of releases) {
          old += 1;
          expect(await line.read(number), `release ${number}`).toEqual(content);
        }
        expect((await line.examine()).damage).toEqual([]);
      },
    ),
    { numRuns: 6, seed: 20_261_122 },
  );
  // Or nothing was tested.
  expect(held).toBeGreaterThan(3);
  expect(old).toBeGreaterThan(10);
});
