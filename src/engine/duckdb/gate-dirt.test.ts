/** Files that are not what they should be, each made for real. */
import { chmod, symlink, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { t } from "../../define/column.ts";
import {
  deliver,
  type Delivered,
  type EngineSubject,
  land,
  openSubject,
} from "../../testing/engine-subject.ts";
import { duckdbEngine } from "../duckdb.ts";

let subject: EngineSubject;
beforeAll(async () => {
  subject = await openSubject(duckdbEngine());
});
afterAll(() => subject[Symbol.asyncDispose]());

const words = { id: t.integer(), word: t.text() };

const rowsOf = ({ rows }: Delivered): unknown[] => rows.map(({ id, word }) => [id, word]);
const refusedOf = ({ refused }: Delivered): unknown[] =>
  refused.map(({ position, outcome, reasons, raw }) => [position, outcome, reasons.join("; "), raw]);

const csv = (name: string, content: string | Uint8Array, options = {}): Promise<Delivered> =>
  land(subject, name, content).then((file) => deliver(subject, words, [file], { options }));

describe("CSV", () => {
  test("an opening quote that is never closed costs the line it is on, and no other", async () => {
    const delivered = await csv("quote.csv", 'id,word\n1,a\n2,"b\n3,"c""c"\n4,"d"x\n5,e"e\n6,"f\nf"\n');
    expect(rowsOf(delivered)).toEqual([
      [1, "a"],
      [3, 'c"c'],
      [5, 'e"e'],
      [6, "f\nf"],
    ]);
    expect(refusedOf(delivered)).toEqual([
      [3, "rejected", "text behind a closing quote", '2,"b'],
      [5, "rejected", "text behind a closing quote", '4,"d"x'],
    ]);
  });

  test("lines are counted through quoted line ends, blank lines and either kind of line end", async () => {
    const text = 'id,word\r\n1,"a\r\n\r\na"\r\n\r\n2,b\nx,c\r\n3,"d\nd"\n\n,e\n';
    const delivered = await csv("lines.csv", text);
    expect(rowsOf(delivered)).toEqual([
      [1, "a\r\n\r\na"],
      [2, "b"],
      [3, "d\nd"],
    ]);
    expect(refusedOf(delivered)).toEqual([
      [7, "quarantined", "id: not an integer", "x,c"],
      [11, "quarantined", "id: required", ",e"],
    ]);
  });

  test("fields too few or too many are rejected; empty ones at the end are nothing", async () => {
    const delivered = await csv("fields.csv", "id,word,more\n1,a\n2,b,c\n3,c,,\n4,d,e,f\n");
    expect(rowsOf(delivered)).toEqual([
      [2, "b"],
      [3, "c"],
    ]);
    expect(delivered.counts).toEqual({ received: 4, accepted: 2, quarantined: 0, rejected: 2 });
  });

  test("Latin-1 where UTF-8 should be is rejected by the record, with a hint; said so, it is read", async () => {
    const bytes = Buffer.from("id,word\n1,caf\xe9\n2,tea\n3,na\xefve\n", "latin1");
    const wrong = await csv("latin.csv", bytes);
    expect(rowsOf(wrong)).toEqual([[2, "tea"]]);
    expect(refusedOf(wrong)).toEqual([
      [2, "rejected", "not valid utf-8", "1,café"],
      [4, "rejected", "not valid utf-8", "3,naïve"],
    ]);
    expect(wrong.problems).toMatchObject([
      { severity: "warn", hint: expect.stringContaining("latin-1") as string },
    ]);
    const right = await csv("latin.csv", bytes, { encoding: "latin-1" });
    expect(rowsOf(right)).toEqual([
      [1, "café"],
      [2, "tea"],
      [3, "naïve"],
    ]);
  });

  test.for([
    ["with a mark", Buffer.from("\ufeffid,word\n1,é🐎\n2,\ud800\n", "utf16le")],
    ["without a mark", Buffer.from("id,word\n1,é🐎\n2,\ud800\n", "utf16le")],
    ["the other way round", Buffer.from("\ufeffid,word\n1,é🐎\n2,\ud800\n", "utf16le").swap16()],
    ["cut in the middle of a character", Buffer.from("\ufeffid,word\n1,é🐎\n2,x", "utf16le").subarray(0, -1)],
  ] as const)("UTF-16 %s", async ([name, bytes]) => {
    const delivered = await csv(`${name}.csv`, bytes, { encoding: "utf-16" });
    expect(rowsOf(delivered)).toEqual([[1, "é🐎"]]);
    expect(delivered.refused).toMatchObject([{ position: 3, reasons: ["not valid utf-16"] }]);
  });

  test("UTF-16 that nobody spoke of is a wrong header that says so", async () => {
    const { problems } = await csv("utf16.csv", Buffer.from("id,word\n1,a\n", "utf16le"));
    expect(problems).toMatchObject([{ severity: "stop", hint: expect.stringContaining("utf-16") as string }]);
  });

  test("NUL characters are refused, not cut", async () => {
    const delivered = await csv("nul.csv", "id,word\n1,a\0b\n2,\0\n3,c\n\0\0\0\n");
    expect(rowsOf(delivered)).toEqual([[3, "c"]]);
    expect(refusedOf(delivered)).toEqual([
      [2, "quarantined", "word: contains a NUL character", "1,a\0b"],
      [3, "quarantined", "word: contains a NUL character", "2,\0"],
      [5, "rejected", "1 field instead of 2", "\0\0\0"],
    ]);
  });

  test("a mark at the beginning, a delimiter that is found, names in any order and letter case", async () => {
    const delivered = await csv("bom.csv", '\ufeff"WORD" ; extra,comma; Id\na;b;1\n');
    expect(rowsOf(delivered)).toEqual([[1, "a"]]);
  });

  test("only a header, with or without its line end", async () => {
    for (const text of ["id,word", "id,word\n", "id,word\r\n\r\n"]) {
      const { counts, problems } = await csv("header.csv", text);
      expect([counts.received, problems]).toEqual([0, []]);
    }
  });

  test("a file with one column has no empty records", async () => {
    const file = await land(subject, "one.csv", 'id\n1\n\n""\n2\nx\n');
    const delivered = await deliver(subject, { id: t.integer().nullable() }, [file]);
    expect(delivered.rows.map(({ id }) => id)).toEqual([1, 2]);
    expect(delivered.refused).toMatchObject([{ position: 6, raw: "x" }]);
  });

  test("a column that changes its name halfway, and both names in one file", async () => {
    const columns = { id: t.integer().key(), author: t.text().from("user_name", "author") };
    const files = [
      await land(subject, "names/1.csv", "id,user_name\n1,ann\n"),
      await land(subject, "names/2.csv", "author,id\nbob,2\n"),
      await land(subject, "names/3.csv", "author,id,user_name\nold,3,new\nold,4,\n"),
    ];
    const { rows } = await deliver(subject, columns, files);
    expect(rows.map(({ id, author }) => [id, author])).toEqual([
      [1, "ann"],
      [2, "bob"],
      [3, "new"],
      [4, "old"],
    ]);
  });

  test("a wrong header names what is missing, what there is, and what may be meant", async () => {
    const { problems } = await csv("wrong.csv", "id,wrod\n1,a\n");
    expect(problems).toEqual([
      {
        file: "landing/wrong.csv",
        severity: "stop",
        message: 'wrong header: it has no column "word"; it has "id", "wrod"',
        hint: 'for "word", did you mean "wrod"?',
      },
    ]);
  });
});

describe("NDJSON", () => {
  test("lines that are no records are rejected one by one; blank ones are nothing", async () => {
    const lines = [
      '{"id":1,"word":"a"}',
      "nope",
      "",
      " \t",
      "[1]",
      '{"id":2,"word":"b"} {"id":3}',
      '  {"id":"4","word":"\\ud83d\\udc0e"}',
      '{"id":5,"word":"a\\u0000b"}',
      '{"id":6,"word":"a\0b"}',
      '\x1e{"id":7,"word":"g"}',
      '{"id":8,"word":"h"',
      '{"id":9,"word":null}',
      '{"id":1.5,"word":"j"}',
      '{"id":10,"word":"k"}',
    ];
    const file = await land(subject, "a.ndjson", lines.join("\n"));
    const delivered = await deliver(subject, words, [file]);
    expect(rowsOf(delivered)).toEqual([
      [1, "a"],
      [4, "🐎"],
      [10, "k"],
    ]);
    const rejected = ["rejected", "not valid JSON"];
    expect(
      delivered.refused.map(({ position, outcome, reasons }) => [position, outcome, ...reasons]),
    ).toEqual([
      [2, ...rejected],
      [5, "rejected", "not a JSON object"],
      [6, ...rejected],
      [8, "quarantined", "word: contains a NUL character"],
      [9, ...rejected],
      [10, ...rejected],
      [11, ...rejected],
      [12, "quarantined", "word: required"],
      [13, "quarantined", "id: not an integer"],
    ]);
    for (const { position, raw } of delivered.refused) expect(raw).toBe(lines[position - 1]);
  });

  test.for(["\r\n", "\n", "\r", "mixed"])("lines that end with %j", async (end) => {
    const lines = ['{"id":1,"word":"a"}', "", "x", '{"id":2,"word":"b"}'];
    const text = end === "mixed" ? `${lines[0]}\r\n\n${lines[2]}\n${lines[3]}\r\n` : lines.join(end);
    const file = await land(subject, "ends.ndjson", text);
    const delivered = await deliver(subject, words, [file]);
    expect(rowsOf(delivered)).toEqual([
      [1, "a"],
      [2, "b"],
    ]);
    expect(refusedOf(delivered)).toEqual([[3, "rejected", "not valid JSON", "x"]]);
  });

  test("values that are nested, named with dots, spelt in odd ways", async () => {
    const columns = {
      id: t.integer().from("the id", "meta.id"),
      author: t.text().nullable().from("user.name", "author.handle"),
      tag: t.text().nullable().from("tags.0"),
      any: t.json().nullable(),
      odd: t.text().nullable().from("a/b~c"),
    };
    const records = [
      { meta: { id: 1 }, user: { name: "ann" }, tags: ["x", "y"], any: { b: [1, null] } },
      { "the id": "2", "user.name": "literal", user: { name: "path" }, any: "text", "a/b~c": "odd" },
      { meta: { id: 3 }, user: "not an object", author: { handle: "bob" }, any: null },
    ];
    const file = await land(
      subject,
      "nested.ndjson",
      records.map((record) => JSON.stringify(record)).join("\n"),
    );
    const { rows } = await deliver(subject, columns, [file]);
    expect(rows.map(({ sluice_file: _, ...row }) => row)).toEqual([
      { id: 1, author: "ann", tag: "x", any: '{"b":[1,null]}', odd: null },
      { id: 2, author: "literal", tag: null, any: '"text"', odd: "odd" },
      { id: 3, author: "bob", tag: null, any: null, odd: null },
    ]);
  });
});

describe("JSON", () => {
  test("records deep in documents, each with its number", async () => {
    const document = (children: unknown[]): string =>
      JSON.stringify({ kind: "Listing", data: { children } }, null, 2);
    const files = [
      await land(subject, "doc/1.json", document([{ data: { id: 1, word: "a\nb" } }, { kind: "more" }, 7])),
      await land(subject, "doc/2.json", `${document([{ data: { id: "x", word: "b" } }])}\n${document([])}`),
    ];
    const delivered = await deliver(subject, words, files, {
      options: { records: "$.data.children[*].data" },
    });
    expect(rowsOf(delivered)).toEqual([[1, "a\nb"]]);
    expect(delivered.refused.map(({ file, position, reasons }) => [file, position, ...reasons])).toEqual([
      ["landing/doc/1.json", 2, "no object at data"],
      ["landing/doc/1.json", 3, "no object at data"],
      ["landing/doc/2.json", 1, "id: not an integer"],
    ]);
    expect(JSON.parse(delivered.refused[2]!.raw)).toEqual({ data: { id: "x", word: "b" } });
  });

  test.for([
    ["half", '{"items":[{"id":1,"word":"a"},\n{"id":2,"wo', 2, /not complete/],
    ["html", "<html>502</html>", 1, /unexpected "<"/],
    ["without records", '{"error":"rate limited"}', 1, /no array at \$\.items/],
    ["with a line end in a text", '{"items":[{"id":1,"word":"a\nb"}]}', 1, /a line ends inside a text/],
  ] as const)("a document that is %s is a problem with its line", async ([name, text, line, message]) => {
    const file = await land(subject, `${name}.json`, text);
    const { rows, problems } = await deliver(subject, words, [file], { options: { records: "$.items" } });
    expect(rows).toEqual([]);
    expect(problems).toMatchObject([
      { line, severity: "stop", message: expect.stringMatching(message) as string },
    ]);
  });
});

describe("Parquet", () => {
  const parquet = async (name: string, types: Record<string, string>, rows: Record<string, unknown>[]) => {
    const path = join(subject.directory, "project", name);
    const columns = Object.entries(types).map(([column, engineType]) => ({ name: column, engineType }));
    await land(subject, "anything", "");
    await subject.session.write(rows, columns, path);
    return { path, name, bytes: 1 };
  };

  test("columns of other types are cast, and what does not fit is refused with its row", async () => {
    const types = { ID: "DOUBLE", word: "VARCHAR", at: "DATE", price: "VARCHAR", "odd 'name": "BIGINT" };
    const file = await parquet("landing.parquet", types, [
      { ID: 1, word: "a", at: "2026-03-02", price: "1.50", "odd 'name": 7 },
      { ID: 1.5, word: "b", at: "2026-03-02", price: "1.555", "odd 'name": 8 },
      { ID: 3, word: "a\0b", at: "2026-03-02", price: "", "odd 'name": 9 },
    ]);
    const columns = { ...words, at: t.timestamp(), price: t.decimal(9, 2), odd: t.text().from("odd 'name") };
    const { rows, refused } = await deliver(subject, columns, [file]);
    const at = "2026-03-02T00:00:00.000Z";
    expect(rows).toEqual([{ id: 1, word: "a", at, price: "1.50", odd: "7", sluice_file: "landing.parquet" }]);
    expect(refused.map(({ position, reasons }) => [position, ...reasons])).toEqual([
      [2, "id: not an integer", "price: not a decimal(9,2)"],
      [3, "word: contains a NUL character", "price: not a decimal(9,2)"],
    ]);
    expect(JSON.parse(refused[0]!.raw)).toMatchObject({ ID: 1.5, word: "b", "odd 'name": 8 });
  });

  test("half a file, no file of its kind, and one without a column", async () => {
    const whole = await parquet("whole.parquet", { id: "BIGINT" }, [{ id: 1 }]);
    const half = { ...whole, name: "half.parquet", path: join(subject.directory, "project", "half.parquet") };
    const { readFile } = await import("node:fs/promises");
    await writeFile(half.path, (await readFile(whole.path)).subarray(0, 100));
    const { problems } = await deliver(subject, words, [half, whole]);
    expect(problems).toMatchObject([
      {
        file: "half.parquet",
        severity: "stop",
        message: expect.stringContaining("not a whole Parquet") as string,
      },
      {
        file: "whole.parquet",
        severity: "stop",
        message: expect.stringContaining('no column "word"') as string,
      },
    ]);
  });
});

describe("whatever the format", () => {
  test("names that mean something to somebody are names", async () => {
    const names = [
      "it's.csv",
      'say "x".csv',
      "a*b.csv",
      "a[b].csv",
      "a?b.csv",
      "new\nline.csv",
      "back\\slash*.csv",
      "é🐎.csv",
      "$1;--.csv",
      "http:x.csv",
      `${"long".repeat(50)}.csv`,
      "year=2024/x.csv",
      "..csv",
      " .csv",
    ];
    const files = [];
    for (const [index, name] of names.entries())
      files.push(await land(subject, `odd/${name}`, `id,word\n${index},a\nx,b\n`));
    // What the patterns would match if they were patterns.
    await land(subject, "odd/aXb.csv", "id,word\n100,wrong\n");
    await land(subject, "odd/ab.csv", "id,word\n100,wrong\n");
    const delivered = await deliver(subject, words, files);
    expect(
      delivered.rows
        .map(({ id, sluice_file: file }) => [id, file])
        .toSorted((a, b) => Number(a[0]) - Number(b[0])),
    ).toEqual(names.map((name, index) => [index, `landing/odd/${name}`]));
    expect(new Set(delivered.refused.map(({ file }) => file))).toEqual(
      new Set(files.map(({ name }) => name)),
    );
  });

  test("a file without permission, a folder, a link to nowhere, and one whose name tells nothing", async () => {
    const locked = await land(subject, "locked.csv", "id,word\n1,a\n");
    const folder = await land(subject, "folder.csv/x", "");
    const nowhere = join(subject.directory, "project", "landing", "nowhere.csv");
    await symlink("/nowhere", nowhere);
    const files = [
      { ...locked, path: join(folder.path, ".."), name: "landing/folder.csv" },
      { path: nowhere, name: "landing/nowhere.csv", bytes: 1 },
      await land(subject, "data.xyz", "id,word\n1,a\n"),
    ];
    if (process.getuid?.() !== 0) {
      await chmod(locked.path, 0);
      files.push(locked);
    }
    const { problems } = await deliver(subject, words, files);
    expect(problems.map(({ severity }) => severity)).toEqual(files.map(() => "stop"));
    for (const { hint } of problems) expect(hint).toBeTruthy();
  });

  test("archives that are cut or no archives, and one that is called otherwise", async () => {
    const text = `id,word\n${Array.from({ length: 2000 }, (_, id) => `${id},word ${Math.sin(id)}\n`).join("")}`;
    const files = [
      await land(subject, "cut.csv.gz", gzipSync(text).subarray(0, 5000)),
      await land(subject, "none.csv.gz", text),
      await land(subject, "called.csv", gzipSync("id,word\n1,a\n")),
      await land(subject, "empty.csv.gz", gzipSync("")),
    ];
    const { rows, problems } = await deliver(subject, words, files);
    expect(rows).toEqual([{ id: 1, word: "a", sluice_file: "landing/called.csv" }]);
    expect(problems.map(({ file, severity }) => [file, severity])).toEqual([
      ["landing/cut.csv.gz", "stop"],
      ["landing/none.csv.gz", "stop"],
      ["landing/empty.csv.gz", "warn"],
    ]);
  });

  test("a line of 100 MB is a problem with its number, and costs no memory", async () => {
    const long = "x".repeat(100_000_000);
    const files = [
      await land(subject, "long.csv", `id,word\n1,a\n2,${long}`),
      await land(subject, "long.ndjson", `{"id":1,"word":"a"}\n{"id":2,"word":"${long}"}\n`),
      await land(subject, "long.json", `[{"id":1,"word":"${long}"}]`),
      await land(subject, "zeros.csv", "id,word\n1,a\n"),
    ];
    await truncate(files[3]!.path, 100_000_000);
    const { rows, problems } = await deliver(subject, words, files);
    expect(rows).toEqual([]);
    expect(problems.map(({ message, line }) => [line, message])).toEqual([
      [3, "line 3 is longer than 16 MB"],
      [2, "line 2 is longer than 16 MB"],
      [1, "record 1 is longer than 16 MB"],
      [3, "line 3 is longer than 16 MB"],
    ]);
  });

  test("records that rival for several keys are settled as if they came one by one", async () => {
    const columns = {
      id: t.integer().key(),
      mail: t.text().unique().nullable(),
      nick: t.text().unique().nullable(),
    };
    const records: readonly (readonly [number, string, string])[] = [
      [1, "a", "x"],
      [1, "b", "y"],
      [2, "b", "x"],
      [3, "b", "y"],
      [4, "", ""],
      [5, "", ""],
      [3, "c", "z"],
      [6, "c", "z"],
    ];
    const file = await land(
      subject,
      "rivals.csv",
      `id,mail,nick\n${records.map((record) => record.join(",")).join("\n")}\n`,
    );
    const { rows, refused } = await deliver(subject, columns, [file]);
    expect(rows.map(({ id }) => id)).toEqual([1, 3, 4, 5, 6]);
    expect(refused.map(({ position, reasons }) => [position, ...reasons])).toEqual([
      [3, "key (id): duplicate"],
      [4, "nick: duplicate"],
      [8, "key (id): duplicate"],
    ]);
  });

  test("a contract that the engine does not understand is the project's mistake, with its column", async () => {
    const file = await land(subject, "contract.csv", "id,word\n1,a\n");
    for (const word of [t.text().pattern("(unclosed"), t.date().format("%")]) {
      const delivery = deliver(subject, { ...words, word }, [file]);
      await expect(delivery).rejects.toMatchObject({
        code: "project-invalid",
        message: expect.stringContaining('"word"') as string,
      });
    }
  });
});
