import { createHash } from "node:crypto";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Binder } from "../sql/binder.ts";
import { openBinder } from "../sql/duckdb-binder.ts";
import type { Graph } from "../graph/graph.ts";
import { type Compilation, compile } from "./compile.ts";
import type { DefinitionFile, Definitions, EvaluatedModule } from "./definitions.ts";
import { lazyGraph } from "./lazy-graph.ts";
import type { Earlier, NodeText, Piece } from "./piece.ts";

let engine: Binder;

beforeAll(async () => {
  engine = await openBinder();
});

afterAll(() => engine.close());

const text = { type: "text", nullable: false, key: false, unique: false, tags: [] };
const integer = { ...text, type: "integer" };

const source = (columns: object, more: object = {}): EvaluatedModule =>
  ({ kind: "source", from: { kind: "files", patterns: ["landing/*.csv"] }, columns, ...more }) as never;

const reference = (to: string): string => `checks: [{ referential_integrity: { column: id, to: ${to} } }]`;
const header = (settings: string, query: string): string => `/*---\n${settings}\n---*/\n${query}`;

/** What a file may hold, by path; it may also be missing, or not readable. */
const contents: Readonly<Record<string, readonly (string | EvaluatedModule)[]>> = {
  "sources/raw/a.ts": [
    source({ id: text, n: integer }),
    source({ id: text, n: integer }, { description: "told" }),
    source({ id: text, n: { ...integer, type: "number" } }),
    source({ id: text, n: integer, more: text }, { story: "s" }),
    source({ id: text }, { renamedFrom: "raw.b" }),
    source({ id: { ...text, type: "no such type" } }),
  ],
  "sources/raw/b.ts": [source({ id: text, b: integer }), source({ key: text })],
  "models/core/a.sql": [
    "select id, n from raw.a",
    "-- said otherwise\nselect id, n from raw.a",
    "select * from raw.a",
    header(`owner: us\nstory: s\n${reference("raw.b.id")}`, "select * from raw.a"),
    header(reference("core.c.id"), "select id from RAW.A"),
    "select id, n from raw.a where",
    "select * from core.c",
    header("columns: { id: { key: true, ", "select id from raw.a"),
  ],
  "models/Core/A.sql": ["select 1 as id"],
  "models/core/b.sql": [
    "select id from core.a",
    "select * from core.a join raw.b using (id)",
    header('checks: [{ row_predicate: "n > 0" }]', "select * from core.a"),
    header("renamedFrom: core.gone\ncolumns: { id: { type: integer } }", "select id from core.a"),
  ],
  "models/core/c.sql": [
    "select id, count(*) as n from core.b group by id",
    "select id from core.a",
    header("materialized: view", "select id from core.a"),
    "select 1 as id",
  ],
  "models/core/d.ts": [
    { kind: "model", inputs: { one: "core.c", two: "raw.b" }, sql: "select id from core.c", templates: [] },
    { kind: "model", inputs: { one: "core.b" }, rows: true, columns: { id: text } } as never,
  ],
  "consumers/k.ts": [
    { kind: "consumer", type: "dashboard", reads: ["core.c"], story: "s" },
    { kind: "consumer", type: "dashboard", reads: [{ dataset: "core.a", columns: ["n"] }] },
  ],
  "stories/s.md": ["---\ntitle: S\n---\n", "---\ntitle: S\npriority: 1\n---\nmore"],
};

const paths = Object.keys(contents);

/** For each path the number of its content; -1 is missing, -2 not readable. */
type State = readonly number[];

function definitionsOf(state: State): Definitions {
  const files = paths.flatMap((path, at): DefinitionFile[] => {
    const content = contents[path]?.[state[at] ?? -1];
    if (content === undefined) return [];
    const hash = createHash("sha256").update(JSON.stringify(content)).digest("hex");
    if (typeof content !== "string") return [{ kind: "module", path, text: "", hash, value: content }];
    return [{ kind: path.endsWith(".sql") ? "sql" : "story", path, text: content, hash }];
  });
  return {
    format: 1,
    config: {
      kind: "module",
      path: "sluice.config.ts",
      text: "",
      hash: "",
      value: { kind: "project", name: "p" },
    },
    files: files.sort((one, two) => (one.path < two.path ? -1 : 1)),
    diagnostics: [],
    unread: paths.filter((_, at) => state[at] === -2),
  };
}

/** What compilations leave, as the cache keeps it: of the last one the pieces, of all of them the texts. */
class Left implements Earlier {
  readonly texts = new Map<string, NodeText>();
  #pieces = new Map<string, { readonly hash: string; readonly piece: Piece }>();

  piece(path: string, hash: string): Piece | undefined {
    const found = this.#pieces.get(path);
    return found?.hash === hash ? found.piece : undefined;
  }

  nodeTexts(keys: readonly string[]): readonly NodeText[] {
    return keys.map((key) => {
      const found = this.texts.get(key);
      if (found === undefined) throw new Error(`the text ${key} is gone`);
      return found;
    });
  }

  take({ pieces, texts: { made } }: Compilation, { files }: Definitions): void {
    for (const [key, one] of made) this.texts.set(key, one);
    this.#pieces = new Map(
      files.flatMap(({ path, hash }) => {
        const piece = pieces.get(path);
        return piece === undefined
          ? []
          : [[path, { hash, piece: JSON.parse(JSON.stringify(piece)) as Piece }]];
      }),
    );
  }
}

const said = ({ graph, outline, sketches, diagnostics, shapes }: Compilation): string =>
  JSON.stringify({ graph, outline, sketches, diagnostics, shapes: shapes() }, undefined, 1);

/** The graph, each of whose nodes is read when it is looked at. */
function lazy({ outline, sketches, texts }: Compilation): Graph | undefined {
  return outline && sketches && lazyGraph(outline, sketches, (keys) => texts.all(keys));
}

const edit = fc.record({
  path: fc.nat({ max: paths.length - 1 }),
  // Small numbers often: most files hold most of the time what compiles.
  content: fc.oneof(
    { weight: 3, arbitrary: fc.nat({ max: 2 }) },
    { weight: 2, arbitrary: fc.integer({ min: -2, max: 7 }) },
  ),
});

test("after any edits, compiling with what earlier compilations left says what compiling afresh says", async () => {
  const shapesByKey = new Map<string, string>();
  const seen = { good: 0, bad: 0, believed: 0 };
  await fc.assert(
    fc.asyncProperty(fc.array(edit, { minLength: 3, maxLength: 12 }), async (edits) => {
      const state: number[] = paths.map((path) => (path === "models/Core/A.sql" ? -1 : 0));
      const left = new Left();
      for (const { path, content } of [{ path: 0, content: 0 }, ...edits]) {
        state[path] = content < (contents[paths[path] ?? ""]?.length ?? 0) ? content : -1;
        const definitions = definitionsOf(state);
        const again = await compile(definitions, engine, left);
        const afresh = await compile(definitions, engine);
        expect(said(again)).toBe(said(afresh));
        expect(JSON.stringify(lazy(again))).toBe(JSON.stringify(afresh.graph));
        for (const { shapesKey, shapes } of [again, afresh]) {
          const known = shapesByKey.get(shapesKey) ?? JSON.stringify(shapes());
          shapesByKey.set(shapesKey, known);
          expect(JSON.stringify(shapes())).toBe(known);
        }
        seen[again.outline === undefined ? "bad" : "good"] += 1;
        seen.believed += afresh.texts.made.size - again.texts.made.size;
        left.take(again, definitions);
      }
    }),
    { numRuns: 60, seed: 11 },
  );
  // The edits are such that all of it happened.
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(50);
});
