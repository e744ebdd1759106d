/**
 * A view has the content that the same model has when it is built: on made-up projects with made-up histories, in which
 * every model stands twice, once always built as a whole and once now a view, now appended to and now neither; at every
 * release, also long after.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { type Content, type MadeLine, madeLine } from "./made-line.ts";

const models = 4;
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
  (x) => `select id, b as a, 0 as b from ${x}`,
];

/** Those that make every row of one row. */
const rowByRow = new Set([0, 1, 7, 8]);
const kinds = ["view", "full", "append"] as const;
type Kept = (typeof kinds)[number];

/** One model of the line. What it reads is among the models before it; 0 is the source. */
interface Model {
  readonly query: number;
  readonly reads: readonly [number, number];
  readonly kept: Kept;
  readonly limit: number;
}

const model = (at: number): fc.Arbitrary<Model> =>
  fc.record({
    query: fc.nat({ max: queries.length - 1 }),
    reads: fc.tuple(fc.nat({ max: at }), fc.nat({ max: at })),
    kept: fc.constantFrom(...kinds),
    // Values above it hold the model.
    limit: fc.constantFrom(7, 1000, 1000),
  });

/** Few values, so that what differs often looks alike. */
interface Row {
  readonly a: number;
  readonly b: number;
}
type Step =
  | { readonly kind: "deliver"; readonly file: number; readonly rows: readonly Row[] }
  | { readonly kind: "change"; readonly file: number; readonly row: number; readonly to: Partial<Row> }
  | { readonly kind: "remove"; readonly file: number }
  | { readonly kind: "define"; readonly at: number; readonly model: Model }
  | { readonly kind: "turn"; readonly at: number; readonly to: Kept }
  | { readonly kind: "gc" };

const kind = <K extends Step["kind"]>(name: K) => fc.constant(name);
const at = fc.nat({ max: models - 1 });
const file = fc.nat({ max: 1 });
const a = fc.nat({ max: 7 });
const b = fc.nat({ max: 1 });
const rows = fc.array(fc.record({ a, b }), { minLength: 3, maxLength: 3 });
const cell = fc.oneof(fc.record({ a }), fc.record({ b }));
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    arbitrary: fc.record({ kind: kind("change"), file: fc.constant(0), row: fc.nat({ max: 2 }), to: cell }),
    weight: 5,
  },
  { arbitrary: fc.record({ kind: kind("deliver"), file, rows }), weight: 2 },
  { arbitrary: fc.record({ kind: kind("remove"), file }), weight: 1 },
  {
    arbitrary: at.chain((place) =>
      model(place).map((made) => ({ kind: "define" as const, at: place, model: made })),
    ),
    weight: 2,
  },
  { arbitrary: fc.record({ kind: kind("turn"), at, to: fc.constantFrom(...kinds) }), weight: 2 },
  { arbitrary: fc.record({ kind: kind("gc") }), weight: 2 },
);
/** Only some datasets are run, or all: so views come to stand on older versions than others do. */
const everything = [source, ...Array(models).keys()];
const turn = fc.record({
  step,
  only: fc.oneof(
    { arbitrary: fc.constant(undefined), weight: 3 },
    { arbitrary: fc.constant([source]), weight: 2 },
    { arbitrary: fc.subarray(everything, { minLength: 1 }), weight: 1 },
  ),
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
  const isKept = schema === "v" && (made.kept !== "append" || rowByRow.has(made.query));
  const kept = isKept ? `materialized: ${made.kept}\n` : "";
  const sql = queries[made.query]?.(name(made.reads[0]), name(made.reads[1])) ?? "";
  return `/*---\n${kept}checks:\n  - row_predicate: a < ${made.limit}\n---*/\n${sql}\n`;
};
const filesOf = (made: Model, place: number): Record<string, string> => ({
  [`models/v/m${place}.sql`]: fileOf(made, "v"),
  [`models/f/m${place}.sql`]: fileOf(made, "f"),
});

const landing = (number: number, rows: readonly Row[]): string =>
  `id,a,b\n${rows.map(({ a, b }, index) => `${number * 2 + index},${a},${b}\n`).join("")}`;

/** A project as it stands: its models, and the rows of its landing files. */
interface Line {
  readonly disk: MadeLine;
  readonly models: Model[];
  readonly files: Map<number, readonly Row[]>;
}

function deliver({ disk, files }: Line, number: number, content: readonly Row[]): Promise<void> {
  files.set(number, content);
  return disk.write({ [`landing/${number}.csv`]: landing(number, content) });
}

async function take(line: Line, next: Step): Promise<void> {
  const { disk, models: made, files } = line;
  switch (next.kind) {
    case "deliver":
      return deliver(line, next.file, next.rows);
    case "change": {
      const before = files.get(next.file) ?? [];
      const after = before.map((row, index) => (index === next.row ? { ...row, ...next.to } : row));
      return deliver(line, next.file, after);
    }
    case "remove":
      files.delete(next.file);
      return disk.write({ [`landing/${next.file}.csv`]: null });
    case "define":
      made[next.at] = next.model;
      return disk.write(filesOf(next.model, next.at));
    case "turn": {
      const before = made[next.at];
      if (before === undefined) return undefined;
      const after = { ...before, kept: next.to };
      made[next.at] = after;
      return disk.write(filesOf(after, next.at));
    }
    case "gc":
      return disk.gc(1);
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

const built = (query: number, ...reads: readonly number[]): Model => ({
  query,
  reads: [reads[0] ?? 0, reads[1] ?? reads[0] ?? 0],
  kept: "full",
  limit: 1000,
});
const aView = (query: number, ...reads: readonly number[]): Model => ({
  ...built(query, ...reads),
  kept: "view",
});
const change = (row: number, to: Partial<Row>): Step => ({ kind: "change", file: 0, row, to });
const threeRows: readonly Row[] = [5, 1, 5].map((value) => ({ a: value, b: 1 }));

/** Histories that chance finds seldom. */
const examples: [[Model, Model, Model, Model], Row[], { step: Step; only: number[] | undefined }[]][] = [
  // What decides about rows changes, and no value of a column that is read.
  [
    [aView(1, 0), built(8, 1), built(7, 1), aView(4, 1, 2)],
    [...threeRows],
    [
      { step: change(1, { a: 6 }), only: undefined },
      { step: change(1, { a: 0 }), only: undefined },
      { step: change(2, { b: 0 }), only: undefined },
    ],
  ],
  // The source moves on without the views, and everything else is let go.
  [
    [aView(0, 0), aView(3, 0, 1), built(3, 0, 1), aView(5, 2)],
    [...threeRows],
    [
      { step: change(0, { a: 2 }), only: [source] },
      { step: { kind: "gc" }, only: [source] },
      { step: change(1, { a: 3 }), only: [source, 2] },
      { step: { kind: "gc" }, only: [3] },
      { step: { kind: "turn", at: 0, to: "append" }, only: [0] },
      { step: { kind: "turn", at: 0, to: "view" }, only: undefined },
    ],
  ],
];

test("views have the content of built models, at every release", { timeout: 300_000 }, async () => {
  let held = 0;
  let old = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.tuple(model(0), model(1), model(2), model(3)),
      rows,
      fc.array(turn, { minLength: 5, maxLength: 9 }),
      async (first, start, turns) => {
        await using disk = await madeLine({
          "sluice.config.ts": `import { project } from "sluice";\nexport default project({ name: "line" });\n`,
          "sources/raw/s.ts": orders,
          "landing/0.csv": landing(0, start),
          ...Object.assign({}, ...first.map(filesOf)),
        });
        const line: Line = { disk, models: [...first], files: new Map([[0, start]]) };
        const releases = new Map<number, Content>();
        const runAndLook = async (select?: string): Promise<void> => {
          const { release, current, held: stays } = await disk.run(select);
          held += stays.length;
          if (current === 0) return;
          const content = await disk.read();
          expectAlike(content);
          if (release !== null) releases.set(release, content);
        };
        await runAndLook();
        for (const next of turns) {
          await take(line, next.step);
          if (next.step.kind === "gc")
            for (const number of [...releases.keys()].slice(0, -1)) releases.delete(number);
          await runAndLook(
            next.only?.map((place) => (place === source ? "raw.s" : `v.m${place} f.m${place}`)).join(" "),
          );
        }
        for (const [number, content] of releases) {
          old += 1;
          expect(await disk.read(number), `release ${number}`).toEqual(content);
        }
        expect((await disk.examine()).damage).toEqual([]);
      },
    ),
    { numRuns: 7, seed: 20_261_122, examples, endOnFailure: true },
  );
  // Or nothing was tested.
  expect(held).toBeGreaterThan(3);
  expect(old).toBeGreaterThan(10);
});
