/**
 * A small world whose every state can be told without the program: two sources over files, models over both, and what
 * each environment must publish after any history of deliveries, changes, runs, promotions and rollbacks.
 */
import type { ProjectFiles } from "../e2e/project-on-disk.ts";

export type SourceName = "a" | "b";
export const sourceNames: readonly SourceName[] = ["a", "b"];

export interface Row {
  readonly id: number;
  readonly v: number;
}

/** What is written in the project: the contract of `a`, and the factor that its models use. */
export interface Variant {
  readonly strict: boolean;
  readonly factor: number;
}

/** Landing files by name. */
export type Files = Readonly<Record<string, readonly Row[]>>;

/** What a source was read from, and under which contract. */
export interface SourceState {
  readonly files: Files;
  readonly strict: boolean;
}

/** What an environment publishes: sources, the project, and what its one checked model has. */
export interface State {
  readonly sources: Readonly<Record<SourceName, SourceState>>;
  readonly variant: Variant;
  /** Absent where it never passed its check. */
  readonly leaf: Leaf | undefined;
}

interface Leaf {
  readonly n: number;
  readonly factor: number;
}

/** The most that the check of `m.leaf` lets pass. */
const most = 4;

export const config = `import { project } from "sluice";
export default project({ name: "histories", engine: { workers: 1, memory: "400MB" } });
`;

/** The definitions of a variant. */
export const definitions = ({ strict, factor }: Variant): ProjectFiles => ({
  "sources/raw/a.ts": `import { files, source, t } from "sluice";
export default source({
  from: files("landing/a/*.csv"),
  columns: { id: t.integer(), d: t.date(), v: t.integer()${strict ? ".min(0)" : ""} },
  quarantine: { warn: 1, stop: 1 },
});
`,
  "sources/raw/b.ts": `import { files, source, t } from "sluice";
export default source({
  from: files("landing/b/*.csv"),
  columns: { id: t.integer(), d: t.date(), v: t.integer() },
});
`,
  "models/m/lines.sql": `/*---
materialized: append
---*/
select id, v * ${factor} as w from raw.a where v > -2
`,
  "models/m/grown.sql": `/*---
materialized: append
---*/
select id, w + 1 as x from m.lines where w < 6
`,
  "models/m/daily.sql": `/*---
materialized: { interval: { by: d, grain: day } }
---*/
select d, count(*)::integer as n, sum(v)::integer * ${factor} as s from raw.a group by d
`,
  "models/m/latest.sql": `/*---
materialized: { upsert: { order: v } }
columns: { id: { key: true } }
---*/
select id, v, ${factor} as factor from raw.a
`,
  "models/m/sums.sql": `select count(*)::integer as n, coalesce(sum(v), 0)::integer * ${factor} as s, ${factor} as factor from raw.a\n`,
  "models/m/only_b.sql": "select count(*)::integer as n from raw.b\n",
  "models/m/pairs.sql": `select a.id, a.v + b.v * ${factor} as w, ${factor} as factor from raw.a join raw.b using (id)\n`,
  "models/m/leaf.sql": `/*---
columns: { n: { max: ${most} } }
---*/
select count(*)::integer as n, ${factor} as factor from m.pairs
`,
});

export const csv = (rows: readonly Row[]): string =>
  `id,d,v\n${rows.map(({ id, v }) => `${id},2026-01-0${id},${v}\n`).join("")}`;

/** The rows that a source accepts. */
function accepted({ files, strict }: SourceState, name: SourceName): readonly Row[] {
  const rows = Object.values(files).flat();
  return strict && name === "a" ? rows.filter(({ v }) => v >= 0) : rows;
}

const inOrder = (rows: readonly Row[]): readonly Row[] => rows.toSorted((x, y) => x.id - y.id || x.v - y.v);

function pairsOf({ sources, variant }: Pick<State, "sources" | "variant">): { id: number; w: number }[] {
  const b = accepted(sources.b, "b");
  return accepted(sources.a, "a").flatMap(({ id, v }) =>
    b.flatMap((other) => (other.id === id ? [{ id, w: v + other.v * variant.factor }] : [])),
  );
}

/** What `m.leaf` comes to, where its check lets it pass. */
export function leafOf(state: Pick<State, "sources" | "variant">): Leaf | undefined {
  const n = pairsOf(state).length;
  return n <= most ? { n, factor: state.variant.factor } : undefined;
}

/** What the models make of `a` that keep what they have: of new rows, by days, by keys. */
function partsOf(a: readonly Row[], factor: number): Readonly<Record<string, unknown>> {
  const lines = a.filter(({ v }) => v > -2).map(({ id, v }) => ({ id, v: v * factor }));
  const grown = lines.filter(({ v }) => v < 6).map(({ id, v }) => ({ id, v: v + 1 }));
  const ids = [...new Set(a.map(({ id }) => id))].toSorted((x, y) => x - y);
  const valuesOf = (one: number): number[] => a.filter(({ id }) => id === one).map(({ v }) => v);
  const sum = (values: readonly number[]): number => values.reduce((total, v) => total + v, 0);
  return {
    "m.lines": inOrder(lines),
    "m.grown": inOrder(grown),
    "m.daily": ids.map((id) => ({ id, n: valuesOf(id).length, s: sum(valuesOf(id)) * factor })),
    "m.latest": ids.map((id) => ({ id, v: Math.max(...valuesOf(id)), factor })),
  };
}

/** Everything that readers of an environment see, by dataset. */
export function contentOf(state: State): Readonly<Record<string, unknown>> {
  const { sources, variant, leaf } = state;
  const a = accepted(sources.a, "a");
  const { factor } = variant;
  const pairs = pairsOf(state).map(({ id, w }) => ({ id, v: w }));
  return {
    "raw.a": inOrder(a),
    "raw.b": inOrder(accepted(sources.b, "b")),
    ...partsOf(a, factor),
    "m.sums": [{ n: a.length, s: a.reduce((sum, { v }) => sum + v, 0) * factor, factor }],
    "m.only_b": [{ n: accepted(sources.b, "b").length }],
    "m.pairs": inOrder(pairs).map(({ id, v }) => ({ id, w: v, factor })),
    ...(leaf === undefined ? {} : { "m.leaf": [leaf] }),
  };
}

/** How a test asks for the same. */
export const queries: Readonly<Record<string, string>> = {
  "raw.a": "select id::integer as id, v::integer as v from raw.a order by all",
  "raw.b": "select id::integer as id, v::integer as v from raw.b order by all",
  "m.lines": "select id::integer as id, w::integer as v from m.lines order by all",
  "m.grown": "select id::integer as id, x::integer as v from m.grown order by all",
  "m.daily": "select day(d)::integer as id, n, s from m.daily order by all",
  "m.latest": "select id::integer as id, v::integer as v, factor from m.latest order by all",
  "m.sums": "select n, s, factor from m.sums",
  "m.only_b": "select n from m.only_b",
  "m.pairs": "select id::integer as id, w::integer as w, factor from m.pairs order by all",
  "m.leaf": "select n, factor from m.leaf",
};
