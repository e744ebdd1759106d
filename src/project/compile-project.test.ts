import { execFile } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { CacheDatabase } from "./cache-db.ts";
import { type CompiledProject, compileProject, lookAtProject } from "./compile-project.ts";
import { scanProject } from "./scan.ts";

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "sluice-compile-"));
  cpSync(join(import.meta.dirname, "../../test/golden/good-project"), root, { recursive: true });
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

const database = (): string => join(root, ".sluice/cache/compile.db");

/** Whether the cache knows these very files. */
function isCached(scan = scanProject(root)): boolean {
  const cache = new CacheDatabase(root);
  try {
    return cache.project(scan.signature) !== undefined;
  } finally {
    cache.close();
  }
}

async function compiled(): Promise<CompiledProject> {
  const project = await compileProject(root);
  expect(project.diagnostics.filter((one) => one.severity === "error")).toEqual([]);
  return project;
}

function fingerprint({ graph }: CompiledProject, id: string): string {
  const node = graph?.datasets.find((one) => one.id === id);
  if (node === undefined) throw new Error(`there is no ${id}`);
  return node.fingerprint;
}

/** Files written just now are known by content; let that pass, as it does between two commands. */
const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 60));

describe("compileProject", () => {
  test("answers an unchanged project from the cache, word for word", async () => {
    await settle();
    const first = await compiled();
    expect(isCached(first.scan)).toBe(true);
    const second = await compiled();
    expect(second).toEqual(first);
    expect(JSON.stringify(second.graph)).toBe(JSON.stringify(first.graph));
  });

  test("sees a change of a file that definitions import from anywhere in the project", async () => {
    await settle();
    const before = await compiled();
    expect(before.scan.files.map((file) => file.path)).toContain("lib/limits.ts");
    write("lib/limits.ts", "export const fewest: number = 3;\n");
    const after = await compiled();
    expect(fingerprint(after, "community.phrases")).not.toBe(fingerprint(before, "community.phrases"));
    expect(fingerprint(after, "community.comments")).toBe(fingerprint(before, "community.comments"));
  });

  test("sees a change of a file beside the project that definitions import", async () => {
    const beside = mkdtempSync(join(tmpdir(), "sluice-beside-"));
    writeFileSync(join(beside, "word.ts"), 'export const word = "one";\n');
    write(
      "lib/limits.ts",
      `export { word } from ${JSON.stringify(join(beside, "word.ts"))};\nexport const fewest = 2;\n`,
    );
    await settle();
    const { scan } = await compiled();
    expect(isCached()).toBe(true);
    writeFileSync(join(beside, "word.ts"), 'export const word = "two";\n');
    expect(scanProject(root).signature).not.toBe(scan.signature);
    rmSync(beside, { recursive: true });
  });

  test("follows computed models into their imports and packages", async () => {
    const scores = readFileSync(join(root, "models/community/scores.ts"), "utf8");
    write(
      "models/community/scores.ts",
      `import { weight } from "../../lib/weight.ts";\n${scores}\nexport const used = weight;\n`,
    );
    write("lib/weight.ts", 'import { factor } from "factor";\nexport const weight = factor * 2;\n');
    const install = (version: string): void => {
      write(
        "node_modules/factor/package.json",
        `{ "name": "factor", "version": "${version}", "type": "module", "main": "index.js" }`,
      );
      write("node_modules/factor/index.js", "export const factor = 2;\n");
    };
    install("1.0.0");
    const one = fingerprint(await compiled(), "community.scores");
    write("lib/weight.ts", 'import { factor } from "factor";\nexport const weight = factor * 3;\n');
    const two = fingerprint(await compiled(), "community.scores");
    install("1.0.1");
    const three = fingerprint(await compiled(), "community.scores");
    write("package-lock.json", '{ "packages": { "node_modules/factor": { "integrity": "sha-other" } } }');
    const four = fingerprint(await compiled(), "community.scores");
    expect(new Set([one, two, three, four]).size).toBe(4);
  });

  test("sees a change of an environment variable that definitions read", async () => {
    const config =
      'import { project } from "sluice";\nexport default project({ name: "good", storage: process.env["SLUICE_TEST_STORAGE"] ?? "here" });\n';
    write("sluice.config.ts", config);
    await settle();
    expect((await compiled()).graph?.project.storage).toBe("here");
    process.env["SLUICE_TEST_STORAGE"] = "there";
    try {
      expect((await compiled()).graph?.project.storage).toBe("there");
    } finally {
      delete process.env["SLUICE_TEST_STORAGE"];
    }
    expect((await compiled()).graph?.project.storage).toBe("here");
    expect(readFileSync(database()).includes("there")).toBe(false);
  });

  test("does not keep passwords", async () => {
    write(
      "sluice.config.ts",
      'import { project } from "sluice";\nexport default project({ name: "good", state: process.env["SLUICE_TEST_STATE"] ?? "" });\n',
    );
    process.env["SLUICE_TEST_STATE"] = "postgres://sluice:hidden@localhost/state";
    try {
      await settle();
      expect((await compiled()).graph?.project.state).toBe("postgres://sluice@localhost/state");
      write("models/community/more.sql", "select 1 as one");
      expect((await compiled()).graph?.project.state).toBe("postgres://sluice@localhost/state");
    } finally {
      delete process.env["SLUICE_TEST_STATE"];
    }
    expect(readFileSync(database()).includes("localhost")).toBe(true);
    expect(readFileSync(database()).includes("hidden")).toBe(false);
  });

  test("does not keep mistakes: a missing file that appears is seen", async () => {
    write(
      "models/community/x.ts",
      'import { one } from "../../lib/late.ts";\nimport { model, sql } from "sluice";\nexport default model({ query: () => sql`select ${one} as one` });\n',
    );
    await settle();
    expect((await compileProject(root)).graph).toBeUndefined();
    write("lib/late.ts", "export const one = 1;\n");
    await compiled();
  });

  test("tells the mistake of an edit, and knows the repaired project again", async () => {
    await settle();
    const good = await compiled();
    const path = join(root, "models/community/recent.sql");
    const text = readFileSync(path, "utf8");
    write("models/community/recent.sql", text.replace("count(c.id)", "count(c.idd)"));
    const { graph, graphHash, diagnostics } = await compileProject(root);
    expect([graph, graphHash]).toEqual([undefined, undefined]);
    expect(diagnostics.map((one) => [one.code, one.path, one.line])).toEqual([
      ["unknown-column", "models/community/recent.sql", 6],
    ]);
    write("models/community/recent.sql", text);
    expect((await compiled()).graphHash).toBe(good.graphHash);
  });

  test("says after any edits what a compilation without a cache says", { timeout: 120_000 }, async () => {
    const texts = ["sources/raw/comments.ts", "models/community/comments.sql", "models/community/phrases.ts"];
    const original = new Map(texts.map((path) => [path, readFileSync(join(root, path), "utf8")]));
    const edits: (() => void)[] = [
      () => write("models/community/more.sql", "select * from community.comments"),
      () => write("models/community/most.sql", "select count(*) as n from community.more"),
      () =>
        write(
          "sources/raw/comments.ts",
          (original.get("sources/raw/comments.ts") ?? "").replace("likes:", "likez:"),
        ),
      () => write("sources/raw/comments.ts", original.get("sources/raw/comments.ts") ?? ""),
      () =>
        write("models/community/comments.sql", `-- again\n${original.get("models/community/comments.sql")}`),
      () => write("models/community/phrases.ts", "this is not TypeScript"),
      () => write("models/community/more.sql", "select id from community.comments"),
      () => write("models/community/phrases.ts", original.get("models/community/phrases.ts") ?? ""),
      () => renameSync(join(root, "models/community/more.sql"), join(root, "models/community/less.sql")),
      () => renameSync(join(root, "models/community"), join(root, "models/people")),
      () => renameSync(join(root, "models/people"), join(root, "models/community")),
      () => renameSync(join(root, "models/community/less.sql"), join(root, "models/community/more.sql")),
      () => rmSync(join(root, "stories/most-common.md")),
      () => utimesSync(join(root, "models/community/more.sql"), 1, 1),
    ];
    const outcomes = new Set<boolean>();
    for (const edit of edits) {
      edit();
      const [kept, afresh] = [await compileProject(root), await compileProject(root, { cache: false })];
      expect(JSON.stringify([kept.graph, kept.graphHash, kept.diagnostics])).toBe(
        JSON.stringify([afresh.graph, afresh.graphHash, afresh.diagnostics]),
      );
      outcomes.add(kept.graph === undefined);
    }
    expect(outcomes.size).toBe(2);
  });

  test("writes nothing when it is told not to cache", async () => {
    await compileProject(root, { cache: false });
    expect(existsSync(join(root, ".sluice"))).toBe(false);
  });
});

describe("a cache never breaks a command:", () => {
  test.each<[string, () => void]>([
    [
      "garbage",
      () =>
        writeFileSync(
          database(),
          "this is not a database, but it is long enough to be read as one".repeat(100),
        ),
    ],
    ["half of it", () => writeFileSync(database(), readFileSync(database()).subarray(0, 5000))],
    [
      "tables of another version",
      () => {
        rmSync(database());
        const other = new DatabaseSync(database());
        other.exec("create table latest (version text primary key); create table node (key text)");
        other.close();
      },
    ],
    [
      "texts that were cut short",
      () => {
        const cache = new DatabaseSync(database());
        cache.exec(
          "update node set head = substr(head, 1, 50); update latest set files = substr(files, 1, 50), evaluation = substr(evaluation, 1, 9)",
        );
        cache.close();
      },
    ],
    [
      "an evaluation that was cut short",
      () => {
        const cache = new DatabaseSync(database());
        cache.exec("delete from compiled; update latest set evaluation = substr(evaluation, 1, 9)");
        cache.close();
      },
    ],
    ["an empty file", () => writeFileSync(database(), "")],
    ["a directory in its place", () => (rmSync(database()), mkdirSync(database()))],
    ["a broken list of imports", () => writeFileSync(join(root, ".sluice/cache/imports.json"), "{{")],
    ["none", () => rmSync(join(root, ".sluice"), { recursive: true })],
    [
      "a place that not even root can write to",
      () => (rmSync(join(root, ".sluice"), { recursive: true }), symlinkSync("/sys", join(root, ".sluice"))),
    ],
    [
      "a file in the place of .sluice",
      () => (rmSync(join(root, ".sluice"), { recursive: true }), writeFileSync(join(root, ".sluice"), "")),
    ],
  ])("%s", async (_, damage) => {
    const { graphHash } = await compiled();
    for (const ending of ["-wal", "-shm"]) rmSync(database() + ending, { force: true });
    damage();
    expect((await compiled()).graphHash).toBe(graphHash);
    await settle();
    expect((await compiled()).graphHash).toBe(graphHash);
    const isFile = statSync(database(), { throwIfNoEntry: false })?.isFile() === true;
    if (isFile) expect(isCached()).toBe(true);
  });

  test("texts that turn out to be damaged when they are looked at: the look is begun once more", async () => {
    await settle();
    const { graph, graphHash } = await compiled();
    const cache = new DatabaseSync(database());
    cache.exec("update node set head = substr(head, 1, 50), lineage = substr(lineage, 1, 50)");
    cache.close();
    const looks: number[] = [];
    const seen = await lookAtProject(root, async (project) => {
      looks.push(project.graph?.datasets.length ?? 0);
      return JSON.stringify([project.graph, project.graphHash]);
    });
    expect(seen).toBe(JSON.stringify([graph, graphHash]));
    expect(looks).toEqual([graph?.datasets.length, graph?.datasets.length]);
  });

  test("texts that are gone when they are looked at", async () => {
    await settle();
    const { graph } = await compiled();
    const cache = new DatabaseSync(database());
    const seen = await lookAtProject(root, async (project) => {
      cache.exec("delete from node");
      return JSON.stringify(project.graph);
    });
    cache.close();
    expect(seen).toBe(JSON.stringify(graph));
  });

  test("damaged pages inside, which only reading finds", async () => {
    await settle();
    const { graphHash } = await compiled();
    const bytes = readFileSync(database());
    bytes.fill(0xff, 4096);
    writeFileSync(database(), bytes);
    for (let time = 0; time < 3; time++) expect((await compiled()).graphHash).toBe(graphHash);
    expect(isCached()).toBe(true);
  });

  test("several processes at once", async () => {
    const program = `
      import { compileProject } from ${JSON.stringify(new URL("compile-project.ts", import.meta.url).href)};
      const { graphHash } = await compileProject(${JSON.stringify(root)});
      process.stdout.write(String(graphHash));
    `;
    const run = promisify(execFile);
    const runs = Array.from({ length: 4 }, () =>
      run(process.execPath, ["--input-type=module", "-e", program]),
    );
    const hashes = (await Promise.all(runs)).map(({ stdout }) => stdout);
    expect(new Set(hashes).size).toBe(1);
    expect(hashes[0]).toBe((await compiled()).graphHash);
  });
});
