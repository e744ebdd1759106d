import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { DatasetNode, Graph } from "../graph/graph.ts";
import type { Binder } from "../sql/binder.ts";
import { openBinder } from "../sql/duckdb-binder.ts";
import { type Compilation, compile } from "./compile.ts";
import type { DefinitionFile, Definitions, EvaluatedModule } from "./definitions.ts";
import { graphHash } from "./graph-hash.ts";
import type { Earlier } from "./piece.ts";

let engine: Binder;

beforeAll(async () => {
  engine = await openBinder();
});

afterAll(() => engine.close());

const sourceValue = {
  kind: "source",
  from: { kind: "files", patterns: ["landing/*.csv"] },
  columns: {
    id: { type: "text", nullable: false, key: true, unique: false, tags: [] },
    n: { type: "integer", nullable: true, key: false, unique: false, tags: ["a"], description: "one" },
  },
} as const satisfies EvaluatedModule;

const module = (path: string, value: EvaluatedModule, hash = path): DefinitionFile & { kind: "module" } => ({
  kind: "module",
  path,
  text: "",
  hash,
  value,
});

const sql = (path: string, text: string): DefinitionFile => ({ kind: "sql", path, text, hash: text });

const project = (...files: DefinitionFile[]): Definitions => ({
  format: 1,
  config: module("sluice.config.ts", { kind: "project", name: "test" }),
  files,
  diagnostics: [],
  unread: [],
});

async function graphOf(...files: DefinitionFile[]): Promise<Graph> {
  const { graph, diagnostics } = await compile(project(...files), engine);
  if (graph === undefined) throw new Error(JSON.stringify(diagnostics, undefined, 1));
  return graph;
}

async function nodeOf(id: string, ...files: DefinitionFile[]): Promise<DatasetNode> {
  const node = (await graphOf(...files)).datasets.find((one) => one.id === id);
  if (node === undefined) throw new Error(`there is no ${id}`);
  return node;
}

const raw = module("sources/raw/a.ts", sourceValue);
const header = (settings: string): string => `/*---\n${settings}\n---*/\n`;
const model = (text: string): Promise<DatasetNode> => nodeOf("core.m", raw, sql("models/core/m.sql", text));

describe("fingerprints of a model", () => {
  const plain = "select id, n from raw.a";

  test.each([
    ["comments and spaces", "-- hello\nselect  id,\n n FROM raw.a;"],
    [
      "documentation",
      `${header("description: d\nowner: o\ntags: [t]\ncolumns: { n: { description: x, tags: [y] } }")}${plain}`,
    ],
    ["what the engine infers anyway", `${header("columns: { n: { type: integer } }")}${plain}`],
  ])("do not change with %s", async (_, text) => {
    const [one, two] = [await model(plain), await model(text)];
    expect(two.fingerprint).toBe(one.fingerprint);
  });

  test.each([
    ["the query", "select id, n + 1 as n from raw.a"],
    ["a column's name", "select id, n as m from raw.a"],
    ["a column's type", `${header("columns: { n: { type: number } }")}${plain}`],
  ])("change with %s", async (_, text) => {
    expect((await model(text)).fingerprint).not.toBe((await model(plain)).fingerprint);
  });

  test.each([
    ["a check", "checks: [{ null_values: n }]", "checks: [{ null_values: id }]"],
    ["a severity", "checks: [{ null_values: n }]", "checks: [{ null_values: n, severity: warn }]"],
    ["a rule of a column", "columns: { n: { min: 1 } }", "columns: { n: { min: 2 } }"],
    ["a key", "columns: { n: {} }", "columns: { n: { key: true } }"],
  ])("for the audit alone change with %s", async (_, before, after) => {
    const [one, two] = [await model(header(before) + plain), await model(header(after) + plain)];
    expect(two.fingerprint).toBe(one.fingerprint);
    expect(two.auditFingerprint).not.toBe(one.auditFingerprint);
  });

  test("for the audit do not change with documentation or order", async () => {
    const one = await model(`${header("columns: { n: { min: 1, max: 3 } }\ndescription: a")}${plain}`);
    const two = await model(
      `${header("owner: b\ncolumns: { n: { max: 3, description: c, min: 1 } }")}${plain}`,
    );
    expect(two.auditFingerprint).toBe(one.auditFingerprint);
  });

  test("of computed rows follow the module", async () => {
    const value = {
      kind: "model",
      rows: true,
      inputs: { a: "raw.a" },
      columns: sourceValue.columns,
    } as const;
    const one = await nodeOf("core.m", raw, module("models/core/m.ts", value, "one"));
    const two = await nodeOf("core.m", raw, module("models/core/m.ts", value, "two"));
    expect(one.inputs).toEqual(["raw.a"]);
    expect(two.fingerprint).not.toBe(one.fingerprint);
  });
});

describe("fingerprints of a source", () => {
  const of = (value: EvaluatedModule, hash = "x"): Promise<DatasetNode> =>
    nodeOf("raw.a", module("sources/raw/a.ts", value, hash));
  const { n, id } = sourceValue.columns;

  test("do not change with documentation, freshness, checks or the rest of the module", async () => {
    const one = await of(sourceValue);
    const two = await of(
      {
        ...sourceValue,
        description: "d",
        freshness: { warn: "1h" },
        checks: [{ check: "row_count", min: 1 }],
        quarantine: { stop: 0.5 },
        columns: { id, n: { ...n, description: "two", tags: [] } },
      },
      "y",
    );
    expect(two.fingerprint).toBe(one.fingerprint);
    expect(two.auditFingerprint).not.toBe(one.auditFingerprint);
  });

  test.each<[string, EvaluatedModule]>([
    ["a pattern", { ...sourceValue, from: { kind: "files", patterns: ["landing/*.json"] } }],
    ["an option", { ...sourceValue, from: { ...sourceValue.from, encoding: "latin-1" } }],
    ["a rule", { ...sourceValue, columns: { id, n: { ...n, min: 1 } } }],
    ["where a value comes from", { ...sourceValue, columns: { id, n: { ...n, from: ["N"] } } }],
    ["the order of columns", { ...sourceValue, columns: { n, id } }],
  ])("change with %s", async (_, value) => {
    expect((await of(value)).fingerprint).not.toBe((await of(sourceValue)).fingerprint);
  });

  test("that is a generator follow its code", async () => {
    const value = { ...sourceValue, from: { kind: "generator" } };
    expect((await of(value, "one")).fingerprint).not.toBe((await of(value, "two")).fingerprint);
  });
});

describe("the compiled project", () => {
  test("has its datasets in order of dependence, ties by name", async () => {
    const { datasets } = await graphOf(
      sql("models/a/last.sql", "select * from z.mid"),
      sql("models/z/mid.sql", "select * from raw.a"),
      sql("models/b/free.sql", "select 1 as one"),
      raw,
    );
    expect(datasets.map((node) => node.id)).toEqual(["b.free", "raw.a", "z.mid", "a.last"]);
  });

  test("has a hash that depends on what is in it, not on how it was written", async () => {
    const query = "select id from raw.a";
    const one = await graphOf(raw, sql("models/core/m.sql", `${header("owner: o\ndescription: d")}${query}`));
    const two = await graphOf(raw, sql("models/core/m.sql", `${header("description: d\nowner: o")}${query}`));
    const three = await graphOf(
      raw,
      sql("models/core/m.sql", `${header("description: e\nowner: o")}${query}`),
    );
    expect(graphHash(two)).toBe(graphHash(one));
    expect(graphHash(three)).not.toBe(graphHash(one));
  });

  test("finds names whatever their letter case", async () => {
    const node = await model(
      `${header("columns: { N: { min: 1 } }\nchecks: [{ null_values: ID }]")}select id, n from RAW.A`,
    );
    expect(node.inputs).toEqual(["raw.a"]);
    expect(node.columns[1]).toMatchObject({ name: "n", declared: { min: 1 } });
    expect(node.checks[0]).toMatchObject({ column: "id", name: "null_values(ID)", severity: "stop" });
  });
});

describe("the cache of answers", () => {
  /** Counts what the engine is asked. */
  function counting(): { binder: Binder; asked: string[] } {
    const asked: string[] = [];
    const note = <T>(what: string, text: string, answer: T): T => (asked.push(`${what} ${text}`), answer);
    return {
      asked,
      binder: {
        engineVersion: engine.engineVersion,
        parse: (text) => note("parse", text, engine.parse(text)),
        keepsNothing: (text) => note("keeps", text, engine.keepsNothing(text)),
        bind: (text) => note("bind", text, engine.bind(text)),
        trace: (text, promises) => note("trace", text, engine.trace(text, promises)),
        declare: (name, columns) => note("declare", name, engine.declare(name, columns)),
        forget: (name) => engine.forget(name),
        close: () => undefined,
      },
    };
  }

  const files = (middle: string): Definitions =>
    project(
      raw,
      sql("models/core/a.sql", middle),
      sql("models/core/b.sql", `${header('checks: [{ row_predicate: "n > 0" }]')}select n from core.a`),
      sql("models/core/c.sql", "select id from raw.a"),
    );

  /** What one compilation leaves to the next. */
  const left = (
    { pieces, texts: { made } }: Compilation,
    definitions: Definitions,
    before?: Earlier,
  ): Earlier => {
    const hashes = new Map(definitions.files.map((file) => [file.path, file.hash]));
    return {
      piece: (path, hash) => (hashes.get(path) === hash ? pieces.get(path) : undefined),
      nodeTexts: (keys) => keys.map((key) => made.get(key) ?? before?.nodeTexts([key])[0] ?? { head: "" }),
    };
  };
  const said = ({ graph, diagnostics }: Compilation): string => JSON.stringify([graph, diagnostics]);

  test("asks again only for what changed", async () => {
    const before = files("select id, n from raw.a");
    const first = await compile(before, engine);
    const earlier = left(first, before);
    const again = counting();
    const second = await compile(before, again.binder, earlier);
    expect(again.asked).toEqual([]);
    expect(said(second)).toBe(said(first));

    const body = counting();
    const changed = "select id, n + 1 as n from raw.a";
    await compile(files(changed), body.binder, earlier);
    expect(body.asked).toEqual([`parse ${changed}`, "declare raw.a", `trace ${changed}`]);

    const columns = counting();
    const wider = "select id, n + 0.5 as n from raw.a";
    await compile(files(wider), columns.binder, earlier);
    expect(columns.asked.filter((one) => /^(?:bind|trace)/.test(one))).toEqual([
      `trace ${wider}`,
      "trace select n from core.a",
      expect.stringContaining("not (\nn > 0\n)"),
    ]);
  });

  test("does not keep mistakes, and knows what lies behind them when they are gone", async () => {
    const good = files("select id, n from raw.a");
    const one = await compile(good, engine);
    const bad = files("select idd, n from raw.a");
    const two = await compile(bad, engine, left(one, good));
    expect(two.diagnostics.map((diagnostic) => diagnostic.code)).toEqual(["unknown-column"]);
    const three = await compile(bad, engine, left(two, bad, left(one, good)));
    expect(three.diagnostics).toEqual(two.diagnostics);
    const asked = counting();
    const repaired = await compile(good, asked.binder, left(three, bad, left(one, good)));
    expect(said(repaired)).toBe(said(one));
    expect(asked.asked.filter((one) => /^(?:bind|trace)/.test(one))).toEqual([
      "trace select id, n from raw.a",
    ]);
  });
});

describe("formats", () => {
  const messagesOf = async (type: string, format: string): Promise<(string | undefined)[]> => {
    const { diagnostics } = await compile(
      project(
        module("sources/raw/a.ts", {
          ...sourceValue,
          columns: { c: { type, format, nullable: false, key: false, unique: false, tags: [] } },
        } as EvaluatedModule),
      ),
      engine,
    );
    return diagnostics.flatMap(({ message, suggestion }) => [message, suggestion]);
  };

  test.each([
    ["text", "emial", 'column "c": there is no format "emial"', 'did you mean "email"?'],
    [
      "timestamp",
      "date_time",
      'column "c": the format "date_time" is of text, not of a timestamp',
      /ISO 8601/,
    ],
    ["integer", "hex", 'column "c": "format" is for text, dates and timestamps, not for integer', undefined],
  ])("a %s of format %s is a mistake", async (type, format, message, suggestion) => {
    const [said, meant] = await messagesOf(type, format);
    expect(said).toBe(message);
    if (suggestion !== undefined) expect(meant).toMatch(suggestion);
  });

  test("a model may promise what its text is, and not how its dates are read", async () => {
    const text = (settings: string): string => `${header(settings)}select id, n from raw.a`;
    expect((await model(text("columns: { id: { format: iban } }"))).columns[0]?.declared?.format).toBe(
      "iban",
    );
    const { diagnostics } = await compile(
      project(raw, sql("models/core/m.sql", text('columns: { id: { format: "%d" }, n: { format: hex } }'))),
      engine,
    );
    expect(diagnostics.map(({ message }) => message)).toEqual([
      `"format" is for sources; a model's query says it`,
      'column "id": there is no format "%d"',
      'column "n": "format" is for text, dates and timestamps, not for integer',
    ]);
  });
});

describe("units", () => {
  const priced = (unit: string) =>
    module(
      "sources/raw/a.ts",
      {
        ...sourceValue,
        columns: { ...sourceValue.columns, n: { ...sourceValue.columns.n, unit } },
      },
      unit,
    );
  const sums = sql(
    "models/core/s.sql",
    "select n as price, n * 2 as double, sum(n) over () as total from raw.a",
  );

  test("go where values are passed on unchanged, through any number of models", async () => {
    const { columns } = await nodeOf("core.t", priced("EUR"), sums, sql("models/core/t.sql", "from core.s"));
    expect(columns.map(({ name, unit }) => [name, unit])).toEqual([
      ["price", "EUR"],
      ["double", undefined],
      ["total", undefined],
    ]);
  });

  test("of a model and of what it passes on are the same, or it is a mistake; also when the source changes", async () => {
    const says = sql(
      "models/core/m.sql",
      `${header("columns: { cost: { unit: EUR } }")}select price as cost from core.s`,
    );
    const first = await compile(project(priced("EUR"), sums, says), engine);
    expect(first.diagnostics).toEqual([]);
    const hashes = new Map([priced("EUR"), sums, says].map((file) => [file.path, file.hash]));
    const earlier: Earlier = {
      piece: (path, hash) => (hashes.get(path) === hash ? first.pieces.get(path) : undefined),
      nodeTexts: (keys) => keys.flatMap((key) => first.texts.all([key])),
    };
    const { diagnostics } = await compile(project(priced("USD"), sums, says), engine, earlier);
    expect(diagnostics).toMatchObject([
      {
        code: "unit-clash",
        path: "models/core/m.sql",
        line: 2,
        message:
          'column "cost" is declared in "EUR", but core.s.price, which it passes on unchanged, is in "USD"',
        suggestion: 'convert it in the query, or declare "USD"',
      },
    ]);
  });

  test("are of numbers", async () => {
    const { diagnostics } = await compile(
      project(
        raw,
        sql("models/core/m.sql", `${header("columns: { id: { unit: kg } }")}select id from raw.a`),
      ),
      engine,
    );
    expect(diagnostics[0]?.message).toBe('column "id": "unit" is for numbers, not for text');
  });
});
