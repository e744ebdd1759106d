/** A column gets another name: the compilers of TypeScript and of Sluice point at every use, and no run has to. */
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { sluice } from "./command-line.ts";

const repository = join(import.meta.dirname, "../..");
/** In the repository, so that the example finds the package it belongs to. */
const place = mkdtempSync(join(repository, "test/.rename-"));
const root = join(place, "community-comments");
const example = join(repository, "examples/community-comments");

beforeEach(() => {
  rmSync(root, { recursive: true, force: true });
  cpSync(example, root, {
    recursive: true,
    filter: (path) => !/\/(?:landing|\.sluice|sluice-env\.d\.ts)$/.test(path),
  });
});
afterAll(() => rmSync(place, { recursive: true, force: true }));

const read = (path: string): string => readFileSync(join(root, path), "utf8");

/** Change a file. Fails where the text is not there. */
function edit(path: string, from: string, to: string): void {
  expect(read(path)).toContain(from);
  writeFileSync(join(root, path), read(path).replace(from, to));
}

/** What stands at a place, to the end of the line, with the path. */
const shown = (path: string, line: number, column: number): string =>
  `${path}: ${(read(path).split("\n")[line - 1] ?? "").slice(column - 1)}`;

/** What the real compiler of TypeScript points at. */
function tsc(): string[] {
  try {
    execFileSync(join(repository, "node_modules/.bin/tsc"), ["-p", root, "--pretty", "false"], {
      encoding: "utf8",
      cwd: root,
    });
    return [];
  } catch (error) {
    const { stdout } = error as { readonly stdout: string };
    return [...stdout.matchAll(/^(\S+)\((\d+),(\d+)\): error/gm)].map(([, path = "", line, column]) =>
      shown(path, Number(line), Number(column)),
    );
  }
}

interface Diagnostic {
  readonly code: string;
  readonly path: string;
  readonly line: number;
  readonly column: number;
}

/** What `sluice check` points at, in the real program. */
async function check(): Promise<string[]> {
  const { code, stdout } = await sluice(["check", "--json"], { cwd: root });
  const document = JSON.parse(stdout) as {
    readonly error?: { readonly diagnostics: readonly Diagnostic[] };
  };
  const diagnostics = document.error?.diagnostics ?? [];
  expect(code).toBe(diagnostics.length === 0 ? 0 : 1);
  for (const one of diagnostics) expect(one.code).toBe("unknown-column");
  return diagnostics.map(({ path, line, column }) => shown(path, line, column));
}

describe("renaming a column", () => {
  test("nothing is wrong before", async () => {
    expect(await check()).toEqual([]);
    expect(tsc()).toEqual([]);
  });

  test("in a source: each use in SQL, and the consumer that names it", async () => {
    edit("sources/raw/reddit.ts", "body: t.text()", 'said: t.text().from("body")');
    expect(await check()).toEqual([
      'consumers/appeals.ts: "body", "permalink"] }],',
      "models/staging/reddit.sql: body,",
      "models/staging/reddit.sql: body not in ('[deleted]', '[removed]')",
    ]);
    expect(tsc()).toEqual(['consumers/appeals.ts: columns: ["id", "author", "body", "permalink"] }],']);
  });

  test("in a source: a use behind which an alias has the same name", async () => {
    edit("sources/raw/slack.ts", "body: t.text()", "said: t.text()");
    expect(await check()).toEqual([
      "models/staging/slack.sql: body, '&lt;', '<'), '&gt;', '>'), '&amp;', '&') as body,",
    ]);
  });

  test("in a SQL model: each use in the next one, and the consumer, by the generated types", async () => {
    expect(await check()).toEqual([]);
    edit(
      "models/community/comments.sql",
      "select network, id, author, body, posted_at",
      "select network, id, author, body as said, posted_at",
    );
    edit("models/community/comments.sql", "  body: { minLength: 1,", "  said: { minLength: 1,");
    expect(await check()).toEqual([
      'consumers/moderation.ts: "body", "posted_at", "edited_at", "channel"],',
      expect.stringMatching(/^models\/staging\/wordings.sql: body\), '@/),
      "models/staging/wordings.sql: body) <= 120",
      expect.stringMatching(/^models\/staging\/wordings.sql: body, '\[/),
    ]);
    expect(tsc()).toEqual([expect.stringMatching(/^consumers\/moderation.ts: columns: \[/)]);
  });

  test("in a SQL model that a template reads: both point into the template", async () => {
    expect(await check()).toEqual([]);
    edit(
      "models/staging/wordings.sql",
      "select network, week, wording, words,",
      "select network, week, wording as text, words,",
    );
    edit("models/staging/wordings.sql", "  wording: { key", "  text: { key");
    const uses = [
      "models/community/common_comments.sql: wording as comment,",
      "models/community/common_comments.sql: wording) as place",
    ];
    const inTemplate = "models/community/common_phrases.ts: wordings.wording}, ' ') as said,";
    expect(await check()).toEqual([...uses, inTemplate]);
    expect(tsc()).toEqual([inTemplate.replace("wordings.wording", "wording")]);
  });

  test("in a model in TypeScript: the consumer that imports it", async () => {
    edit("models/community/common_phrases.ts", "phrase: t.text().key()", "words_said: t.text().key()");
    edit(
      "models/community/common_phrases.ts",
      "select network, week, phrase, len(",
      "select network, week, phrase as words_said, len(",
    );
    expect(await check()).toEqual(['consumers/weekly-digest.ts: "phrase", "times", "place"] },']);
    expect(tsc()).toEqual([expect.stringMatching(/^consumers\/weekly-digest.ts: columns: \[/)]);
  });
});
