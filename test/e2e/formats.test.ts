/** Every format a file can have, in one project, each with the same three rows behind it. */
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parquet } from "./parquet-file.ts";
import { type ProjectFiles, type ProjectOnDisk, projectOnDisk } from "./project-on-disk.ts";
import { config } from "./shop-project.ts";

/** Every value that is hard in some format: quotes, line breaks, separators, nulls, other scripts. */
const rows = [
  { id: 1, said: 'she said "hi", twice', at: "2026-03-02T10:00:00Z", likes: 3 },
  { id: 2, said: "two\nlines\tand a tab", at: "2026-03-02T10:00:00+02:00", likes: null },
  { id: 3, said: "žluťoučký 🐎 日本語", at: "2026-03-02 10:00:00.123456", likes: -7 },
];
const read = [
  { id: 1, said: rows[0]?.said, at: "2026-03-02 10:00:00", likes: 3 },
  { id: 2, said: rows[1]?.said, at: "2026-03-02 08:00:00", likes: null },
  { id: 3, said: rows[2]?.said, at: "2026-03-02 10:00:00.123456", likes: -7 },
];

const quoted = (value: string | number | null): string =>
  value === null ? "" : `"${String(value).replaceAll('"', '""')}"`;
const separated = (separator: string): string =>
  [Object.keys(rows[0] ?? {}), ...rows.map((row) => Object.values(row).map(quoted))]
    .map((cells) => `${cells.join(separator)}\r\n`)
    .join("");
const lines = rows.map((row) => `${JSON.stringify(row)}\n`).join("");
const envelope = JSON.stringify({
  kind: "Listing",
  data: { children: rows.map((data) => ({ kind: "t1", data })) },
});
const values = rows
  .map(({ id, said, at, likes }) => `(${id}, '${said}', timestamptz '${at}', ${likes})`)
  .join(", ");

const columns = `columns: { id: t.integer().key(), said: t.text(), at: t.timestamp(), likes: t.integer().nullable() }`;
const source = (pattern: string, options = "{}"): string => `import { files, source, t } from "sluice";
export default source({ from: files(${JSON.stringify(pattern)}, ${options}), ${columns} });
`;

const texts: Readonly<Record<string, { readonly content: string; readonly options?: string }>> = {
  "rows.csv": { content: separated(",") },
  "rows.tsv": { content: separated("\t") },
  "semicolons.csv": { content: separated(";") },
  "bom.csv": { content: `\ufeff${separated(",")}` },
  "rows.ndjson": { content: lines },
  "rows.jsonl": { content: lines },
  "array.json": { content: JSON.stringify(rows, undefined, 2) },
  "document.json": { content: envelope, options: '{ records: "$.data.children[*].data" }' },
};

/** Each text as it is and compressed, each in a source of its own: `raw.rows_csv`, `raw.rows_csv_gz`. */
const sources = Object.entries(texts).flatMap(([name, { content, options }]) => [
  { name, dataset: name.replace(".", "_"), content: content as string | Uint8Array, options },
  { name: `${name}.gz`, dataset: `${name.replace(".", "_")}_gz`, content: gzipSync(content), options },
]);

let project: ProjectOnDisk;
beforeAll(async () => {
  const all = [
    ...sources,
    {
      name: "rows.parquet",
      dataset: "rows_parquet",
      content: await parquet(`from (values ${values}) v(id, said, "at", likes)`),
      options: undefined,
    },
    {
      name: "utf16.csv",
      dataset: "utf16",
      content: Buffer.from(`\ufeff${separated(",")}`, "utf16le"),
      options: '{ encoding: "utf-16" }',
    },
  ];
  const files = Object.fromEntries(
    all.flatMap(({ name, dataset, content, options }) => [
      [`landing/${name}`, content],
      [`sources/raw/${dataset}.ts`, source(`landing/${name}`, options)],
    ]),
  ) as ProjectFiles;
  project = await projectOnDisk({ "sluice.config.ts": config(), ...files });
  await project.sluice(["check"]);
  const ran = await project.run();
  expect(ran).toMatchObject({ failed: [], code: 0 });
  for (const counts of Object.values(ran.rows))
    expect(counts).toEqual({ received: 3, accepted: 3, quarantined: 0, rejected: 0 });
  expect(Object.keys(ran.rows)).toHaveLength(all.length);
});
afterAll(() => project[Symbol.asyncDispose]());

describe("the same rows come out of", () => {
  test("every format, compressed or not", async () => {
    const names = [...sources.map(({ dataset }) => dataset), "rows_parquet", "utf16"];
    const union = names
      .map(
        (name) =>
          `select '${name}' as name, id::integer as id, said, "at"::varchar as "at", likes::integer as likes from raw.${name}`,
      )
      .join(" union all ");
    const found = await project.query(`${union} order by name, id`);
    for (const name of names) {
      const own = found.filter((row) => row["name"] === name).map(({ name: _, ...row }) => row);
      expect(own, name).toEqual(read);
    }
  });
});

describe("a column that is renamed halfway", () => {
  test("is found under either name, in one source", async () => {
    await project.write({
      "sources/raw/renamed.ts": `import { files, source, t } from "sluice";
export default source({
  from: files("landing/renamed/*.csv"),
  columns: { id: t.integer().key(), author: t.text().from("user_name", "author") },
});
`,
      "landing/renamed/1.csv": "id,user_name\n1,ann\n",
      "landing/renamed/2.csv": "author,id\nbob,2\n",
    });
    expect(await project.run()).toMatchObject({ code: 0, built: ["raw.renamed"] });
    const found = await project.query("select id::integer as id, author from raw.renamed order by id");
    expect(found).toEqual([
      { id: 1, author: "ann" },
      { id: 2, author: "bob" },
    ]);
  });

  test("is found under dotted paths of JSON", async () => {
    await project.write({
      "sources/raw/nested.ts": `import { files, source, t } from "sluice";
export default source({
  from: files("landing/nested/*.ndjson"),
  columns: { id: t.integer().key(), author: t.text().from("user.name", "author.handle"), posted: t.timestamp().from("ts").format("epoch_s") },
});
`,
      "landing/nested/1.ndjson":
        '{"id":1,"user":{"name":"ann"},"ts":0}\n{"id":2,"author":{"handle":"bob"},"ts":1772445600}\n',
    });
    expect(await project.run()).toMatchObject({ code: 0, built: ["raw.nested"] });
    const found = await project.query(
      "select id::integer as id, author, posted::varchar as posted from raw.nested order by id",
    );
    expect(found).toEqual([
      { id: 1, author: "ann", posted: "1970-01-01 00:00:00" },
      { id: 2, author: "bob", posted: "2026-03-02 10:00:00" },
    ]);
  });
});
