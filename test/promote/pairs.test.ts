/**
 * Checks about two datasets, over made-up histories in which references go both ways: no environment ever publishes a
 * pair that fails, and where everything that lies there fits, everything is published. `SLUICE_HISTORIES` and
 * `SLUICE_SEED` as for the histories of promotions.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { openWorkspace } from "../../src/wiring.ts";
import { type ProjectFiles, projectOnDisk } from "../e2e/project-on-disk.ts";
import { carryOut, type Move, published } from "./play.ts";
import { config } from "./world.ts";

const histories = Number(process.env["SLUICE_HISTORIES"] ?? 3);
const seed = Number(process.env["SLUICE_SEED"] ?? 5);

interface Row {
  readonly id: number;
  readonly ref: number | null;
}
type Name = "a" | "b";
type Landing = Record<Name, Readonly<Record<string, readonly Row[]>>>;
type Step =
  | Move
  | { readonly do: "deliver"; readonly source: Name; readonly file: string; readonly rows: readonly Row[] }
  | { readonly do: "define"; readonly without: number };

const source = (name: Name, other: Name): string => `import { check, files, source, t } from "sluice";
export default source({
  from: files("landing/${name}/*.csv"),
  columns: { id: t.integer(), ref: t.integer().nullable() },
  checks: [check.referentialIntegrity("ref", "raw.${other}.id")],
});
`;

/** Two sources that refer to each other, and two models that do, of which one leaves somebody out. */
const definitions = (without: number): ProjectFiles => ({
  "sources/raw/a.ts": source("a", "b"),
  "sources/raw/b.ts": source("b", "a"),
  "models/m/kids.sql": `/*---
checks:
  - referential_integrity: { column: ref, to: m.folk.id }
---*/
select id, ref from raw.a
`,
  "models/m/folk.sql": `select id from raw.b where id <> ${without}\n`,
});

const queries = {
  "raw.a": "select id::integer as id, ref::integer as ref from raw.a order by all",
  "raw.b": "select id::integer as id, ref::integer as ref from raw.b order by all",
  "m.kids": "select id::integer as id, ref::integer as ref from m.kids order by all",
  "m.folk": "select id::integer as id, null as ref from m.folk order by all",
};

const row = fc.record({
  id: fc.integer({ min: 1, max: 4 }),
  // Most refer to nobody: else hardly anything would ever fit.
  ref: fc.constantFrom(null, null, null, null, null, null, 1, 2, 3),
});
const environment = fc.constantFrom("dev", "prod");
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant("deliver" as const),
      source: fc.constantFrom<Name>("a", "b"),
      file: fc.constantFrom("one", "two"),
      rows: fc.array(row, { minLength: 2, maxLength: 5 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("define" as const), without: fc.constantFrom(0, 3, 9) }),
  },
  { weight: 5, arbitrary: fc.record({ do: fc.constant("run" as const), in: environment }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("run" as const),
      in: environment,
      select: fc.constantFrom("raw.a", "raw.b", "m.folk", "m.kids", "raw.b+"),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("rollback" as const), in: environment }) },
  { weight: 2, arbitrary: fc.constant({ do: "promote", from: "dev", to: "prod" } as const) },
);

type Content = Readonly<Record<string, readonly Row[]>>;

/** Pairs that fail, in words; a dataset that is not there has nothing to say and is missed by nobody. */
function failing(content: Content): string[] {
  const pairs = [
    ["raw.a", "raw.b"],
    ["raw.b", "raw.a"],
    ["m.kids", "m.folk"],
  ] as const;
  return pairs.flatMap(([one, other]) => {
    const known = new Set((content[other] ?? []).map(({ id }) => id));
    const missing = (content[one] ?? []).filter(({ ref }) => ref !== null && !known.has(ref));
    return missing.map(({ ref }) => `${one} refers to ${ref} in ${other}`);
  });
}

const inOrder = (rows: readonly Row[]): readonly Row[] =>
  rows.toSorted((x, y) => x.id - y.id || (x.ref ?? 99) - (y.ref ?? 99));

/** What a run would publish if nothing had to be held. */
function lying(landing: Landing, without: number): Content {
  const [a, b] = [inOrder(Object.values(landing.a).flat()), inOrder(Object.values(landing.b).flat())];
  const folk = b.filter(({ id }) => id !== without).map(({ id }) => ({ id, ref: null }));
  return { "raw.a": a, "raw.b": b, "m.kids": a, "m.folk": folk };
}

/** Everybody is there at first, and refers to nobody. */
const beginning: readonly Step[] = [
  ...(["a", "b"] as const).map((name): Step => ({
    do: "deliver",
    source: name,
    file: "one",
    rows: [1, 2, 3].map((id) => ({ id, ref: null })),
  })),
  { do: "run", in: "dev" },
  { do: "run", in: "prod" },
];

async function play(steps: readonly Step[]): Promise<void> {
  const landing: Landing = { a: {}, b: {} };
  let without = 9;
  await using project = await projectOnDisk({ "sluice.config.ts": config, ...definitions(without) });
  const workspace = await openWorkspace(project.root);
  const releaseOf = async (name: string): Promise<number> =>
    (await workspace.ports.store.environment(name))?.release ?? 0;
  try {
    for (const [at, one] of steps.entries()) {
      if (one.do === "deliver") {
        landing[one.source] = { ...landing[one.source], [one.file]: one.rows };
        const lines = one.rows.map(({ id, ref }) => `${id},${ref ?? ""}\n`).join("");
        await project.write({ [`landing/${one.source}/${one.file}.csv`]: `id,ref\n${lines}` });
        continue;
      }
      if (one.do === "define") {
        ({ without } = one);
        await project.write(definitions(without));
        continue;
      }
      if (one.do === "promote" && (await releaseOf(one.from)) === 0) continue;
      if (one.do === "rollback" && (await releaseOf(one.in)) < 2) continue;
      await carryOut(one, workspace);
      for (const name of ["dev", "prod"]) {
        if ((await releaseOf(name)) === 0) continue;
        const content = (await published(workspace, name, queries)) as Content;
        expect(failing(content), `${name} after step ${at}, ${one.do}`).toEqual([]);
        if (one.do !== "run" || one.in !== name || one.select !== undefined) continue;
        const all = lying(landing, without);
        if (failing(all).length === 0) expect(content, `${name} after step ${at}`).toEqual(all);
      }
    }
  } finally {
    await workspace.close();
  }
}

const history = fc
  .array(step, { minLength: 16, maxLength: 32 })
  .map((steps): readonly Step[] => [...beginning, ...steps]);

test("nobody publishes a pair that fails, and what fits is published", { timeout: 600_000 }, async () => {
  await fc.assert(fc.asyncProperty(history, play), { numRuns: histories, seed, endOnFailure: true });
});
