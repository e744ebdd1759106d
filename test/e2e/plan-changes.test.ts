/** The plan of the example says what a change means before it is made: who is hit, what is built, what is not. */
import { execFileSync } from "node:child_process";
import { cpSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type Ended, sluice } from "./command-line.ts";

const example = join(import.meta.dirname, "../../examples/community-comments");
const root = join(mkdtempSync(join(tmpdir(), "sluice-plan-")), "community-comments");

const definitions = (): string[] => globSync("{models,sources,consumers,stories}/**/*.*", { cwd: root });
const read = (path: string): string => readFileSync(join(root, path), "utf8");
const write = (path: string, text: string): void => writeFileSync(join(root, path), text);

/** Change a file. Fails where the text is not there. */
function edit(path: string, from: string | RegExp, to: string): void {
  const after = read(path).replaceAll(from, to);
  expect(after).not.toBe(read(path));
  write(path, after);
}

interface Change {
  readonly dataset: string;
  readonly action: string;
  readonly why: string;
  readonly estimate?: { readonly rows: number; readonly builds: number };
  readonly change?: {
    readonly severity: string;
    readonly columns: { readonly added: string[]; readonly removed: string[]; readonly rows: boolean };
    readonly broken: readonly {
      readonly column: string;
      readonly models: string[];
      readonly consumers: string[];
    }[];
    readonly reach: {
      readonly columns: string[];
      readonly consumers: string[];
      readonly stories: string[];
      readonly owners: string[];
    };
  };
}
interface Planned {
  readonly changes: readonly Change[];
  readonly possible: readonly Change[];
  readonly metadata: readonly { readonly dataset: string; readonly settings: string[] }[];
}

const command = (...args: string[]): Promise<Ended> => sluice(args, { cwd: root });

async function plan(expected: number): Promise<Planned> {
  const { code, stdout, stderr } = await command("plan", "--json");
  expect(code, stdout + stderr).toBe(expected);
  return JSON.parse(stdout) as Planned;
}

async function run(): Promise<{
  readonly release: number | null;
  readonly built: string[];
  readonly held: string[];
}> {
  const { code, stdout, stderr } = await command("run", "--json");
  expect(code, stdout + stderr).toBe(0);
  return JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "") as {
    release: number;
    built: string[];
    held: string[];
  };
}

let originals: ReadonlyMap<string, string>;
beforeAll(async () => {
  cpSync(example, root, {
    recursive: true,
    filter: (path) => !/\/(?:landing|\.sluice|sluice-env\.d\.ts)$/.test(path),
  });
  execFileSync(process.execPath, [join(root, "simulate.ts"), "--comments", "1000"]);
  expect(await run()).toMatchObject({ release: 1, held: [] });
  originals = new Map(definitions().map((path) => [path, read(path)]));
});
afterEach(() => {
  for (const [path, text] of originals) write(path, text);
});
afterAll(() => rmSync(join(root, ".."), { recursive: true, force: true }));

const keywords =
  /\b(select|from|where|as|and|or|not|in|exists|union|all|by|name|group|having|order|with|cast|null|over|partition|qualify|on|join|distinct|desc|is|case|when|then|else|end)\b/gi;
/** Names of tables that a file gives itself, each with another. */
const aliases: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "models/staging/slack.sql": { message: "said_there", taken_back: "withdrawn" },
  "models/staging/linkedin.sql": { comments: "both_exports" },
  "models/community/comments.sql": { every_comment: "gathered" },
  "models/community/common_comments.sql": { ranked: "in_order" },
  "models/staging/wordings.sql": { plain: "simple_words", short: "brief" },
};

/** Another hand's way of writing a query, text and comments apart. */
function reformat(path: string): void {
  const text = read(path);
  const body = text.indexOf("---*/") + "---*/".length;
  const pieces = text.slice(body).split(/(--[^\n]*|[eE]?'(?:[^']|'')*'|"[^"]*")/);
  const written = pieces.map((piece, at) => {
    if (at % 2 === 1) return piece.startsWith("--") ? "-- said in other words" : piece;
    const renamed = Object.entries(aliases[path] ?? {}).reduce(
      (sql, [name, other]) => sql.replaceAll(new RegExp(`(?<![.\\w])${name}\\b(?!\\s*\\()`, "g"), other),
      piece,
    );
    return renamed
      .replaceAll(keywords, (word) => word.toUpperCase())
      .replaceAll("\n", "\n\t ")
      .replaceAll(", ", "\n\t, ");
  });
  write(path, `${text.slice(0, body)}\n/* Reformatted. */\n${written.join("")}\n-- The end.\n`);
}

describe("what does not change data", () => {
  test("reformatting every SQL file plans nothing", async () => {
    const files = definitions().filter((path) => path.endsWith(".sql"));
    expect(files.length).toBeGreaterThan(8);
    for (const path of files) {
      reformat(path);
      expect(read(path)).not.toBe(originals.get(path));
    }
    expect((await command("check")).code).toBe(0);
    const { changes, possible, metadata } = await plan(0);
    expect({ changes, metadata }).toEqual({ changes: [], metadata: [] });
    // What hangs on the generator hangs on nothing else.
    expect(possible[0]).toMatchObject({ dataset: "raw.github", why: "asks for what is new" });
    for (const { dataset, why } of possible) expect(why, dataset).not.toContain("definition");
  });

  test("the order of settings and of checks is nothing at all", async () => {
    const path = "models/community/comments.sql";
    const [, header = ""] = read(path).split(/\/\*---\n|---\*\//);
    const settings = header.split(/^(?=\w)/m).map((setting) => {
      const [title = "", ...lines] = setting.split(/^(?= {2}\S)/m);
      return [title, ...lines.toReversed()].join("");
    });
    expect(settings.length).toBeGreaterThan(4);
    write(path, read(path).replace(header, settings.toReversed().join("")));
    expect(await plan(0)).toMatchObject({ changes: [], metadata: [] });
  });

  test("owners and descriptions are told apart, and touch no data", async () => {
    edit("models/community/comments.sql", "owner: community-team", "owner: trust-team");
    edit("models/community/comments.sql", "description: Plain text", "description: What was said");
    edit("sources/raw/slack.ts", 'describe("Names a message', 'describe("Tells a message');
    const { changes, metadata } = await plan(2);
    expect(changes).toEqual([]);
    expect(metadata).toEqual([
      { dataset: "raw.slack", settings: ["columns"] },
      { dataset: "community.comments", settings: ["owner", "columns"] },
    ]);
  });
});

describe("a column", () => {
  test("renamed in a source, with all its uses: the plan names who read it, the consumers and the stories", async () => {
    edit("sources/raw/reddit.ts", "body: t.text()", 'said: t.text().from("body")');
    edit("consumers/appeals.ts", '"body"', '"said"');
    edit("models/staging/reddit.sql", /^ {2}body,$/gm, "  said as body,");
    edit("models/staging/reddit.sql", "where body not in", "where said not in");
    const { changes } = await plan(2);
    const source = changes.find(({ dataset }) => dataset === "raw.reddit");
    expect(source).toMatchObject({
      action: "read",
      estimate: { builds: 1 },
      change: {
        severity: "breaking",
        columns: { added: ["said"], removed: ["body"] },
        broken: [{ column: "body", models: ["staging.reddit"], consumers: ["appeals"] }],
        reach: {
          consumers: ["appeals", "moderation", "weekly-digest"],
          stories: ["every-comment-in-one-place", "most-common-comments"],
          owners: ["community-team", "trust-team"],
        },
      },
    });
    expect(source?.change?.reach.columns).toContain("community.comments.body");
    const { code, stdout } = await command("plan");
    expect(code).toBe(2);
    expect(stdout).toMatch(/^Plan for dev, from release \d+: .*\(1 breaking\)$/m);
    expect(stdout).toContain("removes body");
    expect(stdout).toContain("body was read by staging.reddit, consumer appeals");
    expect(stdout).toContain("consumer moderation (application)");
    expect(stdout).toContain("story every-comment-in-one-place (Every comment in one place)");
    const markdown = await command("plan", "--format", "markdown");
    expect(markdown.stdout).toContain("**1 breaking change**");
    expect(markdown.stdout).toMatch(/^\| \*\*breaking\*\* \| <code>raw\.reddit<\/code> \|.*body.*appeals/m);
  });

  test("that nobody reads, dropped: compatible, and nothing downstream is built", async () => {
    edit("sources/raw/slack.ts", /^ {4}thread_ts: .*\n/gm, "");
    const { changes, possible } = await plan(2);
    expect(changes).toMatchObject([
      {
        dataset: "raw.slack",
        action: "read",
        change: {
          severity: "compatible",
          columns: { added: [], removed: ["thread_ts"], rows: false },
          broken: [],
          reach: { columns: [], consumers: [], stories: [], owners: [] },
        },
      },
    ]);
    expect(possible.map(({ dataset }) => dataset)).toContain("staging.slack");
    expect((await command("plan")).stdout).toContain("that read nothing of what changes: staging.slack");
    expect(await run()).toMatchObject({ built: ["raw.slack"], held: [] });
  });

  test("made in another way: only what reads it is built", async () => {
    // Builds what the test before left to build.
    await run();
    edit(
      "models/community/comments.sql",
      "edited_at, channel, score\n",
      "edited_at, upper(channel) as channel, score\n",
    );
    const { changes, possible } = await plan(2);
    expect(changes).toMatchObject([
      {
        dataset: "community.comments",
        action: "build",
        change: {
          severity: "compatible",
          columns: { added: [], removed: [], redefined: ["channel"], rows: false },
          reach: { columns: [], consumers: ["moderation"], stories: ["every-comment-in-one-place"] },
        },
      },
    ]);
    expect(possible.map(({ dataset }) => dataset)).toContain("staging.wordings");
    expect(await run()).toMatchObject({ built: ["community.comments"], held: [] });
    // And what was not built is what would have been.
    const asked = "select count(*) as n, sum(times) as times from staging.wordings";
    const { stdout } = await command("query", "--json", asked);
    const fresh = `select count(*) as n, sum(times) as times from (${read("models/staging/wordings.sql").split("---*/")[1] ?? ""})`;
    expect(JSON.parse((await command("query", "--json", fresh)).stdout)).toEqual(JSON.parse(stdout));
  });
});
