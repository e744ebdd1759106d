/** Suggestions of data that nobody made for them: compound keys, times, and values that break files. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ProjectOnDisk, projectOnDisk } from "./project-on-disk.ts";
import { config } from "./shop-project.ts";

const lines = `import { files, source, t } from "sluice";
export default source({
  from: files("landing/lines.ndjson"),
  columns: {
    order_no: t.integer(),
    line_no: t.integer(),
    sold_on: t.date(),
    sold_at: t.timestamp(),
    valid_until: t.date(),
    closed_on: t.date(),
    word: t.text(),
    essay: t.text(),
  },
});
`;

/** Each is a whole file for somebody. */
const words = [
  'it\'s "odd"',
  "two\nlines",
  "tab\tand\\back",
  "$".concat("{process.exit(1)} `x`"),
  "*/ ---*/ --",
  "naïve 🐎 \u202e\u0007",
  "'; drop table lines; --",
];
/** A word of a megabyte. */
const long = "x".repeat(1_000_000);
const day = (at: number): string => new Date(Date.UTC(2021, 0, 1 + at * 3)).toISOString().slice(0, 10);

let project: ProjectOnDisk;
beforeAll(async () => {
  const records = Array.from({ length: 210 }, (_, at) => ({
    order_no: 100 + Math.floor(at / 3),
    line_no: (at % 3) + 1,
    sold_on: day(at),
    sold_at: `${day(at)}T10:00:00Z`,
    valid_until: at === 7 ? "2999-01-01" : day(at),
    closed_on: at % 9 === 0 ? "1970-01-01" : day(at),
    word: words[at % 7],
    essay: at === 50 || at === 120 ? long : at % 2 === 0 ? "short" : "s".repeat(200),
  }));
  project = await projectOnDisk({
    "sluice.config.ts": config(),
    "sources/raw/lines.ts": lines,
    "models/shop/copy.sql": "select * from raw.lines\n",
    "landing/lines.ndjson": records.map((record) => `${JSON.stringify(record)}\n`).join(""),
  });
  expect(await project.run()).toMatchObject({ code: 0, failed: [], held: [] });
}, 120_000);
afterAll(() => project[Symbol.asyncDispose]());

interface Said {
  readonly suggestions: readonly {
    about: string;
    column: string | null;
    text: string | null;
    state: string;
  }[];
  readonly diff: readonly string[];
}

async function suggest(dataset: string, code: number, ...flags: readonly string[]): Promise<Said> {
  const ended = await project.sluice(["suggest", dataset, "--json", ...flags]);
  expect(ended.code, ended.stderr + ended.stdout).toBe(code);
  return JSON.parse(ended.stdout) as Said;
}

test("two columns that are a key together, and what times are, are suggested with evidence", async () => {
  const { suggestions, diff } = await suggest("raw.lines", 2);
  const of = (about: string) =>
    suggestions.filter((one) => one.about === about).map(({ column, text }) => [column, text]);
  expect(of("key")).toEqual([[null, expect.stringContaining('["order_no", "line_no"]') as string]]);
  expect(of("range").map(([column]) => column)).toEqual(["sold_on", "sold_at", "valid_until"]);
  expect(of("range")[0]?.[1]).toContain('min: "2020-02-01"');
  expect(of("future").map(([column]) => column)).toEqual(["sold_on", "sold_at"]);
  expect(of("coded blanks").map(([column]) => column)).toEqual(["closed_on"]);
  expect(of("values").map(([column]) => column)).toEqual(["word"]);
  // A megabyte is no word of a list.
  expect(diff.join("\n").length).toBeLessThan(10_000);
});

test(
  "it is written, compiles, and holds of the very data, whatever the values are",
  { timeout: 200_000 },
  async () => {
    for (const dataset of ["raw.lines", "shop.copy"]) {
      const { suggestions } = await suggest(dataset, 0, "--write");
      expect(suggestions.filter(({ state }) => state === "by hand")).toEqual([]);
    }
    expect(await project.sluice(["check"])).toMatchObject({ code: 0 });
    const ran = await project.run();
    expect(ran).toMatchObject({ code: 0, failed: [], held: [] });
    expect(ran.rows["raw.lines"]).toMatchObject({ received: 210, accepted: 210 });
    expect(
      ran.events.flatMap((event) => (event["findings"] as readonly unknown[] | undefined) ?? []),
    ).toEqual([]);
    for (const dataset of ["raw.lines", "shop.copy"]) expect((await suggest(dataset, 0)).diff).toEqual([]);
    const copy = await readFile(join(project.root, "models/shop/copy.sql"), "utf8");
    expect(copy.split("---*/")).toHaveLength(2);
    // One word more is told.
    await project.write({
      "landing/lines.ndjson": `${await readFile(join(project.root, "landing/lines.ndjson"), "utf8")}${JSON.stringify({ order_no: 100, line_no: 1, sold_on: "1999-01-01", sold_at: "2100-01-01T00:00:00Z", valid_until: day(1), closed_on: day(1), word: "another", essay: "s" })}\n`,
    });
    const findings = JSON.stringify((await project.run()).events.map((event) => event["findings"] ?? []));
    for (const name of ["duplicate_values", "sold_on", "sold_at", "word"]) expect(findings).toContain(name);
  },
);
