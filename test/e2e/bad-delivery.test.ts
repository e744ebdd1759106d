/** Files that are not what they should be: each stops its own source with a message that says which file and why. */
import { createWriteStream } from "node:fs";
import { finished } from "node:stream/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parquet } from "./parquet-file.ts";
import { type ProjectOnDisk, projectOnDisk } from "./project-on-disk.ts";
import { config } from "./shop-project.ts";

const source = (pattern: string): string => `import { files, source, t } from "sluice";
export default source({
  from: files("${pattern}"),
  columns: { id: t.integer().key(), word: t.text() },
  quarantine: { warn: 0, stop: 0.4 },
});
`;

/** By dataset: a delivery as it should be, and the one that comes after it. */
const bad: Readonly<
  Record<
    string,
    { readonly extension: string; readonly content: () => string | Uint8Array | Promise<Uint8Array> }
  >
> = {
  empty_csv: { extension: "csv", content: () => "" },
  empty_json: { extension: "json", content: () => "" },
  empty_ndjson: { extension: "ndjson", content: () => "" },
  empty_parquet: { extension: "parquet", content: () => "" },
  empty_gz: { extension: "csv.gz", content: () => "" },
  wrong_header: { extension: "csv", content: () => "number,wort\n1,a\n2,b\n" },
  no_header: { extension: "csv", content: () => "1,a\n2,b\n" },
  half_parquet: {
    extension: "parquet",
    content: async () => {
      const whole = await parquet("select range as id, 'word ' || range as word from range(5000)");
      return whole.slice(0, whole.length / 2);
    },
  },
  half_gz: { extension: "csv.gz", content: () => Buffer.from("1f8b0800000000000003cb4cd129", "hex") },
  half_json: { extension: "json", content: () => '[{"id": 1, "word": "a"}, {"id": 2, "wo' },
  no_json: { extension: "json", content: () => "<html><body>502 Bad Gateway</body></html>" },
  nul_bytes: { extension: "csv", content: () => "id,word\n1,a\0b\n2,\0\n3,c\n" },
  latin_1: {
    extension: "csv",
    content: () => Buffer.from("id,word\n1,caf\xe9\n2,na\xefve\n3,tea\n", "latin1"),
  },
  latin_1_ndjson: {
    extension: "ndjson",
    content: () => Buffer.from('{"id":1,"word":"caf\xe9"}\n{"id":2,"word":"tea"}\n', "latin1"),
  },
  open_quote: { extension: "csv", content: () => 'id,word\n1,"a\n2,b\n3,c\n' },
  program: {
    extension: "csv",
    content: () => Buffer.from(Array.from({ length: 4096 }, (_, at) => (at * 7919) % 256)),
  },
};
const names = Object.keys(bad);

let project: ProjectOnDisk;
beforeAll(async () => {
  const entries = await Promise.all(
    Object.entries(bad).map(async ([name, { extension, content }]) => [
      [`sources/raw/${name}.ts`, source(`landing/${name}/*`)],
      [`landing/${name}/bad.${extension}`, await content()],
    ]),
  );
  project = await projectOnDisk({
    "sluice.config.ts": config(),
    "sources/raw/good.ts": source("landing/good.csv"),
    "landing/good.csv": "id,word\n1,fine\n",
    ...Object.fromEntries(entries.flat() as [string, string | Uint8Array][]),
  });
});
afterAll(() => project[Symbol.asyncDispose]());

describe("bad files", () => {
  test("each is told with its name and its reason, and the good one is published", async () => {
    const ran = await project.run();
    expect(ran).toMatchObject({ code: 1, release: 1 });
    expect(ran.built).toContain("raw.good");
    const told = names.map((name) => {
      const finished = ran.events.find(
        ({ type, dataset }) => type === "finished" && dataset === `raw.${name}`,
      );
      const findings = (finished?.["findings"] ?? []) as readonly {
        severity: string;
        name: string;
        message: string;
      }[];
      const counts = Object.values(ran.rows[`raw.${name}`] ?? {}).join("/");
      const { outcome, reason } = (finished ?? {}) as { readonly outcome?: string; readonly reason?: string };
      return [
        `${name}: ${outcome} ${counts}`,
        ...(reason === undefined ? [] : [`  ${reason}`]),
        ...findings.map(({ severity, name: about, message }) => `  ${severity} ${about}: ${message}`),
      ].join("\n");
    });
    await expect(`${told.join("\n")}\n`).toMatchFileSnapshot("golden/bad-delivery.txt");
  });

  test("none of them left anything half behind", async () => {
    const { stdout } = await project.sluice(["ls", "--json"]);
    const published = await project.query("select count(*)::integer as n from raw.good");
    expect(published).toEqual([{ n: 1 }]);
    expect(stdout).toContain("raw.good");
    expect((await project.snapshot(".sluice/data")).filter((file) => file.includes("staging"))).toEqual([]);
  });
});

describe("a single line of 100 MB", () => {
  const line = async (path: string, before: string, after: string): Promise<void> => {
    const out = createWriteStream(join(project.root, path));
    out.write(before);
    const chunk = "x".repeat(1 << 20);
    for (let megabytes = 0; megabytes < 100; megabytes += 1) out.write(chunk);
    out.end(after);
    await finished(out);
  };

  test("is refused, in CSV and in NDJSON", async () => {
    await project.write({
      "sources/raw/long_csv.ts": source("landing/long.csv"),
      "sources/raw/long_ndjson.ts": source("landing/long.ndjson"),
    });
    await line("landing/long.csv", "id,word\n1,", "\n");
    await line("landing/long.ndjson", '{"id":1,"word":"', '"}\n');
    const ran = await project.run("--select", "raw.long_csv", "raw.long_ndjson");
    expect(ran).toMatchObject({ code: 1, release: null });
    expect([...ran.failed].toSorted()).toEqual(["raw.long_csv", "raw.long_ndjson"]);
    const reasons = ran.events
      .filter(({ type }) => type === "incident")
      .map(({ message }) => String(message));
    expect(reasons.toSorted().join("\n")).toMatchInlineSnapshot(`
      "raw.long_csv stopped: landing/long.csv:2: line 2 is longer than 16 MB (do its lines end, and is its delimiter right?); nothing of it is published
      raw.long_ndjson stopped: landing/long.ndjson:1: line 1 is longer than 16 MB (NDJSON has one record a line); nothing of it is published"
    `);
  });
});
