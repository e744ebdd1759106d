import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { SluiceError } from "../errors.ts";
import { findProject } from "./find-project.ts";
import { listLanding } from "./landing.ts";
import { scanProject } from "./scan.ts";

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "sluice-scan-"));
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

/** Write a file as if it had lain there for a minute. */
function write(path: string, text = "x"): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
  age(path);
}

function age(path: string): void {
  const minuteAgo = Date.now() / 1000 - 60;
  utimesSync(join(root, path), minuteAgo, minuteAgo);
}

const paths = (): string[] => scanProject(root).files.map((file) => file.path);

describe("scanProject", () => {
  test("sees definitions, modules beside the configuration and lock files, sorted", () => {
    for (const path of [
      "sluice.config.ts",
      "helper.ts",
      "package.json",
      "package-lock.json",
      "models/b/x.sql",
    ])
      write(path);
    for (const path of [
      "models/a/x.sql",
      "sources/raw/a.ts",
      "stories/s.md",
      "consumers/c.ts",
      "tests/t.yml",
    ])
      write(path);
    for (const path of [
      "README.md",
      "landing/a.csv",
      "node_modules/x/i.js",
      ".sluice/state.db",
      "models/.DS_Store",
    ])
      write(path);
    expect(paths()).toEqual([
      "consumers/c.ts",
      "helper.ts",
      "models/a/x.sql",
      "models/b/x.sql",
      "package-lock.json",
      "package.json",
      "sluice.config.ts",
      "sources/raw/a.ts",
      "stories/s.md",
      "tests/t.yml",
    ]);
  });

  test("has the same signature while nothing changes", () => {
    write("models/a/x.sql");
    expect(scanProject(root).signature).toBe(scanProject(root).signature);
  });

  test.each<[string, () => void]>([
    ["grows", () => appendFileSync(join(root, "models/a/x.sql"), "y")],
    ["is new", () => write("models/a/y.sql")],
    ["goes", () => rmSync(join(root, "models/a/x.sql"))],
    ["gets another name", () => renameSync(join(root, "models/a/x.sql"), join(root, "models/a/z.sql"))],
    ["is replaced by another of its size and time", () => write("models/a/x.sql", "z")],
  ])("has another signature when a file %s", (_, change) => {
    write("models/a/x.sql");
    const { signature } = scanProject(root);
    change();
    expect(scanProject(root).signature).not.toBe(signature);
  });

  test("knows a file by its content while its time may still be ticking", () => {
    write("models/a/x.sql", "one");
    const path = join(root, "models/a/x.sql");
    const moment = Date.now() / 1000 + 1;
    utimesSync(path, moment, moment);
    const before = scanProject(root);
    // The same size and times, as when written twice within one tick of the file system's clock.
    writeFileSync(path, "two");
    utimesSync(path, moment, moment);
    const after = scanProject(root);
    expect(after.files[0]?.modified).toBe(before.files[0]?.modified);
    expect(after.signature).not.toBe(before.signature);
  });

  test("follows links, and does not lose itself in circles", () => {
    write("elsewhere/a.sql");
    mkdirSync(join(root, "models/a"), { recursive: true });
    symlinkSync(join(root, "elsewhere/a.sql"), join(root, "models/a/linked.sql"));
    symlinkSync(join(root, "models"), join(root, "models/a/circle"));
    symlinkSync(join(root, "nowhere"), join(root, "models/a/broken.sql"));
    expect(paths().slice(-1)).toEqual(["models/a/linked.sql"]);
    const { signature } = scanProject(root);
    write("elsewhere/a.sql", "changed");
    expect(scanProject(root).signature).not.toBe(signature);
  });
});

describe("findProject", () => {
  test("walks up to the configuration", () => {
    write("sluice.config.ts");
    mkdirSync(join(root, "models/deep"), { recursive: true });
    expect(findProject(join(root, "models/deep"))).toBe(root);
  });

  test("tells the way out where there is none", () => {
    const refuse = (): string => findProject(root);
    expect(refuse).toThrow(SluiceError);
    expect(refuse).toThrow(
      expect.objectContaining({ code: "not-a-project", hint: expect.stringContaining("sluice init") }),
    );
  });
});

describe("listLanding", () => {
  const names = (...patterns: string[]): string[] =>
    listLanding(root, patterns).files.map((file) => file.name);

  beforeEach(() => {
    for (const path of [
      "landing/a.csv",
      "landing/b.csv.gz",
      "landing/x/c.csv",
      "landing/x/y/d.csv",
      "landing/.e.csv",
    ])
      write(path);
    for (const path of ["landing/x/f.json", "landing/[g].csv", "landing/.hidden/h.csv", "other/i.csv"])
      write(path);
  });

  test.each([
    ["landing/*.csv", ["landing/[g].csv", "landing/a.csv"]],
    ["landing/**/*.csv", ["landing/[g].csv", "landing/a.csv", "landing/x/c.csv", "landing/x/y/d.csv"]],
    ["landing/**/y/*.csv", ["landing/x/y/d.csv"]],
    ["./landing/x/**", ["landing/x/c.csv", "landing/x/f.json", "landing/x/y/d.csv"]],
    ["landing/x/*.{csv,json}", ["landing/x/c.csv", "landing/x/f.json"]],
    ["landing/?.csv", ["landing/a.csv"]],
    ["landing/[ab].csv*", ["landing/a.csv", "landing/b.csv.gz"]],
    ["landing/[!a]*.gz", ["landing/b.csv.gz"]],
    ["landing/[[]g].csv", ["landing/[g].csv"]],
    ["landing/.e.csv", ["landing/.e.csv"]],
    ["landing/.*.csv", ["landing/.e.csv"]],
    ["landing/x", []],
    ["landing/nothing/*.csv", []],
    ["landing/../other/*.csv", []],
    ["/etc/*", []],
    ["landing/a.c+v", []],
  ])("%s", (pattern, expected) => {
    expect(names(pattern)).toEqual(expected);
  });

  test("lists a file once, with its size and time", () => {
    const { files } = listLanding(root, ["landing/a.csv", "landing/*.csv"]);
    const { mtimeNs } = statSync(join(root, "landing/a.csv"), { bigint: true });
    expect(files.filter((file) => file.name === "landing/a.csv")).toEqual([
      { path: join(root, "landing/a.csv"), name: "landing/a.csv", bytes: 1, modified: String(mtimeNs) },
    ]);
  });

  test("has a signature that changes with the files", () => {
    const signature = (): string => listLanding(root, ["landing/**/*.csv"]).signature;
    const before = signature();
    write("landing/x/f.json", "changed");
    expect(signature()).toBe(before);
    write("landing/a.csv", "changed");
    expect(signature()).not.toBe(before);
  });

  test("follows links, also out of the project, but not in circles", () => {
    const outside = mkdtempSync(join(tmpdir(), "sluice-outside-"));
    writeFileSync(join(outside, "o.csv"), "x");
    symlinkSync(outside, join(root, "landing/linked"));
    symlinkSync(join(root, "landing"), join(root, "landing/x/circle"));
    symlinkSync(join(outside, "o.csv"), join(root, "landing/one.csv"));
    symlinkSync(join(outside, "gone.csv"), join(root, "landing/broken.csv"));
    expect(names("landing/**/o*.csv")).toEqual(["landing/linked/o.csv", "landing/one.csv"]);
    rmSync(outside, { recursive: true });
  });
});
