/** How the command line behaves: help, mistakes, pipes, colours, Ctrl-C. */
import { spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { shell, sluice } from "./command-line.ts";
import { type ProjectOnDisk, projectOnDisk } from "./project-on-disk.ts";
import { csv, shop } from "./shop-project.ts";

const verbs = [
  "init",
  "demo",
  "check",
  "test",
  "plan",
  "run",
  "query",
  "ls",
  "show",
  "lineage",
  "diff",
  "releases",
  "runs",
  "resume",
  "cancel",
  "promote",
  "rollback",
  "version",
];
/** Verbs of an environment that has to be there. */
const nearby = [
  ["ls"],
  ["show", "raw.orders"],
  ["releases"],
  ["runs"],
  ["incidents", "ls"],
  ["monitors", "ls"],
  ["monitors", "show", "raw.orders"],
  ["monitors", "real", "raw.orders"],
  ["monitors", "backtest"],
  ["suggest", "raw.orders"],
  ["query", "select 1"],
  ["rollback"],
  ["resume"],
  ["cancel"],
  ["quarantine", "ls"],
];
// oxlint-disable-next-line no-control-regex
const colour = /\u001b\[/;

let project: ProjectOnDisk;
beforeAll(async () => {
  project = await projectOnDisk(shop);
  expect(await project.run()).toMatchObject({ code: 0, release: 1 });
});
afterAll(() => project[Symbol.asyncDispose]());

describe("help", () => {
  test("lists every verb", async () => {
    for (const args of [[], ["--help"]]) {
      const { code, stdout, stderr } = await project.sluice(args);
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      for (const verb of verbs) expect(stdout).toMatch(new RegExp(`^  ${verb} `, "m"));
    }
  });

  test("of every verb has examples that name it", async () => {
    const texts = await Promise.all(
      verbs.map(async (verb) => ({ verb, ...(await project.sluice([verb, "--help"])) })),
    );
    for (const { verb, code, stdout } of texts) {
      expect(code).toBe(0);
      expect(stdout).toMatch(new RegExp(`\nExamples:\n  sluice ${verb}`));
      expect(stdout).toContain("--json");
    }
  });
});

describe("a mistake", () => {
  test.for([
    [["rnu"], "run"],
    [["run", "--selcet", "x"], "--select"],
    [["query"], "sql"],
    [["rollback", "--to", "yesterday"], "whole number"],
    [["query", "--format", "xml", "select 1"], "ndjson"],
    [["show", "raw.order"], "raw.orders"],
    [["run", "--select", "raw.nothing"], "raw.nothing"],
    [["releases", "--env", "nowhere"], "there is dev"],
    ...nearby.map((args) => [[...args, "--env", "dve"], 'did you mean "dev"?'] as const),
    [["rnu", "--help"], '"run"'],
    [["--help", "rnu"], '"run"'],
    [["incidents", "lss", "-h"], '"ls"'],
    [["state"], "sluice state --help"],
    [["state", "exprot", "x"], "export"],
    [["state", "import", "x", "--relpace"], "--replace"],
    [["state", "import", "nowhere.gz"], "is not there"],
    [["state", "import", "models"], "is a directory"],
    [["state", "export", "nowhere/state.gz"], "check the path"],
    [["state", "export", "models"], "is a directory"],
    [["state", "export", "sluice.config.ts/state.gz"], "not a directory"],
  ] as const)("sluice %j ends with 64 and says what to write instead", async ([args, expected]) => {
    const { code, stdout, stderr } = await project.sluice(args);
    expect(code).toBe(64);
    expect(stdout).toBe("");
    expect(stderr).toMatch(/^error: /);
    expect(stderr).toContain(expected);
  });

  test("is a document with --json", async () => {
    for (const args of [
      ["show", "--json", "raw.order"],
      ["run", "--json", "--selcet", "x"],
      ["promote", "--json", "dev"],
    ]) {
      const { code, stdout, stderr } = await project.sluice(args);
      expect(code).toBe(64);
      expect(stderr).toBe("");
      const { error } = JSON.parse(stdout) as { error: { code: string; message: string; hint?: string } };
      expect(error.code).toMatch(/^[a-z-]+$/);
      expect(error.message).not.toBe("");
    }
  });

  test("outside a project names the way in", async () => {
    const empty = await mkdtemp(`${tmpdir()}/sluice-e2e-`);
    try {
      for (const verb of ["check", "plan", "run", "ls", "releases"]) {
        const { code, stderr } = await sluice([verb], { cwd: empty });
        expect(code).toBe(78);
        expect(stderr).toContain("sluice.config.ts");
        expect(stderr).toContain("sluice init");
      }
      const missing = await sluice(["check", "--project", `${empty}/nowhere`], { cwd: empty });
      expect(missing.code).toBe(78);
    } finally {
      await rm(empty, { recursive: true });
    }
  });
});

describe("a pipe", () => {
  test("whose reader leaves is no error", async () => {
    const { code, stdout, stderr } = await shell(
      'set -o pipefail; sluice query --format csv "select * from range(2000000)" | head -1; echo "${PIPESTATUS[0]}"',
      project.root,
    );
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: "range\n0\n", stderr: "" });
  });

  test("gets plain lines", async () => {
    await project.write({ "landing/orders/piped.csv": csv("30,2026-03-05,cortado,3.00") });
    const { code, stdout } = await project.sluice(["run"]);
    expect(code).toBe(0);
    expect(stdout).not.toMatch(colour);
    expect(stdout).toMatch(/raw\.orders\s+built\s+4 rows/);
    expect(stdout).toMatch(/raw\.orders\s+4\s+4\s+0\s+0/);
    expect(stdout).toContain("Release 2 published to dev");
  });
});

/** Makes a terminal for a program; part of every Linux, named otherwise elsewhere. */
const canMakeTerminal = spawnSync("script", ["--version"]).status === 0;

describe.skipIf(!canMakeTerminal)("a terminal", () => {
  /** The command line on a terminal of its own, which `script` makes. */
  const onTerminal = (command: string): ReturnType<typeof shell> =>
    shell(
      `export -f sluice; export TERM=xterm SHELL=/bin/bash; script -qec '${command}' /dev/null < /dev/null`,
      project.root,
    );

  test("gets a live view with colours, which NO_COLOR takes away", async () => {
    await project.write({ "landing/orders/live.csv": csv("31,2026-03-05,cortado,3.00") });
    const live = await onTerminal('bash -c "sluice run"');
    expect(live.code).toBe(0);
    expect(live.stdout).toMatch(colour);
    expect(live.stdout).toContain("raw.orders");
    expect(live.stdout).toContain("Release 3 published to dev");
    const plain = await onTerminal('bash -c "NO_COLOR=1 sluice ls"');
    expect(plain.stdout).toContain("raw.orders");
    expect(plain.stdout).not.toMatch(colour);
    const coloured = await onTerminal('bash -c "sluice ls"');
    expect(coloured.stdout).toMatch(colour);
  });
});

describe("every verb speaks JSON", () => {
  test.for([
    ["check", []],
    ["plan", []],
    ["ls", []],
    ["show", ["raw.orders"]],
    ["releases", []],
    ["query", ["from raw.orders"]],
    ["version", []],
  ] as const)("%s", async ([verb, args]) => {
    const { code, stdout, stderr } = await project.sluice([verb, "--json", ...args]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(JSON.parse(stdout)).toBeTypeOf("object");
  });
});

describe("Ctrl-C", () => {
  test("stops cleanly with 130, publishes nothing, and the next run carries on", async () => {
    const slow = `import { model, t } from "sluice";
export default model({
  columns: { n: t.integer() },
  async *rows() {
    for (let n = 0; n < 400; n += 1) {
      await new Promise((resolve) => setTimeout(resolve, 25));
      yield { n };
    }
  },
});
`;
    await project.write({
      "models/shop/slow.ts": slow,
      "landing/orders/interrupted.csv": csv("32,2026-03-05,cortado,3.00"),
    });
    const before = (await project.releases())[0]?.release;
    const { child, ended } = project.start(["run", "--json"], {
      onLine: (line) => {
        const { event } = JSON.parse(line) as { event?: { type: string; dataset?: string } };
        if (event?.type === "progress" && event.dataset === "shop.slow") child.kill("SIGINT");
      },
    });
    const stopped = await ended;
    expect(stopped.code).toBe(130);
    const last = JSON.parse(stopped.stdout.trimEnd().split("\n").at(-1) ?? "") as {
      error?: { code: string };
    };
    expect(last.error?.code).toBe("interrupted");
    expect((await project.releases())[0]?.release).toBe(before);

    await project.write({ "models/shop/slow.ts": slow.replace("n < 400", "n < 4") });
    const next = await project.run();
    expect(next).toMatchObject({ code: 0, failed: [], held: [] });
    expect(await project.query("select count(*)::integer as n from shop.slow")).toEqual([{ n: 4 }]);
    expect(await project.query("select count(*)::integer as n from raw.orders where id = 32")).toEqual([
      { n: 1 },
    ]);
  });
});

describe("init", () => {
  test("starts a project that works, in an empty directory, without questions", async () => {
    const directory = await mkdtemp(`${tmpdir()}/sluice-e2e-`);
    try {
      const run = (...args: readonly string[]): ReturnType<typeof sluice> =>
        sluice(args, { cwd: `${directory}/coffee` });
      const made = await sluice(["init", "coffee", "--yes"], { cwd: directory });
      expect(made).toMatchObject({ code: 0, stderr: "" });
      expect(await run("check")).toMatchObject({ code: 0, stderr: "" });
      expect(await run("test")).toMatchObject({
        code: 0,
        stdout: expect.stringMatching(/^1 passed/) as string,
      });
      const { code, stdout } = await run("run", "--json");
      expect(code).toBe(0);
      expect(JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "")).toMatchObject({
        release: 1,
        failed: [],
        held: [],
      });
      const again = await sluice(["init", "coffee", "--yes"], { cwd: directory });
      expect(again.code).toBe(64);
      expect(again.stderr).toContain("coffee");
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});
