import { afterAll, beforeAll, expect, test } from "vitest";
import type { Binder } from "../sql/binder.ts";
import { openBinder } from "../sql/duckdb-binder.ts";
import { compile } from "./compile.ts";
import type { DefinitionFile, Definitions } from "./definitions.ts";
import type { Earlier } from "./piece.ts";

let engine: Binder;
beforeAll(async () => {
  engine = await openBinder();
});
afterAll(() => engine.close());

const view = "/*---\nmaterialized: view\n---*/\n";
const sql = (name: string, text: string): DefinitionFile => ({
  kind: "sql",
  path: `models/v/${name}.sql`,
  text,
  hash: text,
});
const base = sql("m0", "select 1 as n");

const project = (...files: DefinitionFile[]): Definitions => ({
  format: 1,
  config: {
    kind: "module",
    path: "sluice.config.ts",
    text: "",
    hash: "",
    value: { kind: "project", name: "t" },
  },
  files,
  diagnostics: [],
  unread: [],
});

const step = (at: number, text: (below: string) => string, kept = view): DefinitionFile =>
  sql(`m${at}`, kept + text(`v.m${at - 1}`));

const chain = (length: number, text: (below: string) => string): DefinitionFile[] =>
  Array.from({ length }, (_, at) => step(at + 1, text));

const once = (below: string): string => `select n + 1 as n from ${below}`;
const twice = (below: string): string => `select a.n from ${below} a, ${below} b`;

test("views may stand on each other, up to a limit that is told at the first that is above it", async () => {
  const fine = await compile(project(base, ...chain(100, once)), engine);
  expect(fine.diagnostics).toEqual([]);
  const { diagnostics } = await compile(project(base, ...chain(102, once)), engine);
  expect(diagnostics).toMatchObject([
    {
      code: "bad-setting",
      path: "models/v/m101.sql",
      line: 2,
      message: expect.stringContaining("100 other views") as string,
    },
  ]);
});

test("a view that is read twice counts twice, and one that is built counts nothing", async () => {
  const { diagnostics } = await compile(project(base, ...chain(7, twice)), engine);
  expect(diagnostics).toMatchObject([{ code: "bad-setting", path: "models/v/m7.sql" }]);
  const split = chain(12, twice).map((file, at) => (at === 5 ? step(6, twice, "") : file));
  expect((await compile(project(base, ...split), engine)).diagnostics).toEqual([]);
});

test("what is known from before counts as well", async () => {
  const first = await compile(project(base, ...chain(100, once)), engine);
  const earlier: Earlier = {
    piece: (path) => first.pieces.get(path),
    nodeTexts: (keys) => first.texts.all(keys),
  };
  const { diagnostics } = await compile(project(base, ...chain(101, once)), engine, {
    ...earlier,
    piece: (path, hash) => (path.endsWith("m101.sql") ? undefined : earlier.piece(path, hash)),
  });
  expect(diagnostics).toMatchObject([{ path: "models/v/m101.sql" }]);
});

test("a view has no time of a run", async () => {
  const dated = sql("m1", `${view}select n, $run_date as day from v.m0`);
  const { diagnostics } = await compile(project(base, dated), engine);
  expect(diagnostics).toMatchObject([
    { code: "bad-setting", message: expect.stringContaining("$run_date") as string },
  ]);
});
