/** What is installed is pinned, complete for every platform, and justified. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

interface LockEntry {
  readonly version: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const root = join(import.meta.dirname, "..");
const read = (path: string): string => readFileSync(join(root, path), "utf8");
const manifest = JSON.parse(read("package.json")) as {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
};
const { packages } = JSON.parse(read("package-lock.json")) as {
  readonly packages: Readonly<Record<string, LockEntry>>;
};
const installed = Object.entries(packages).filter(([place]) => place !== "");
const direct = { ...manifest.dependencies, ...manifest.devDependencies };

/** The entry that Node would find for a package from a place: the nearest one upwards. */
function entryFor(name: string, place: string): LockEntry | undefined {
  const nested = packages[`${place}/node_modules/${name}`];
  if (nested !== undefined || place === "") return nested ?? packages[`node_modules/${name}`];
  return entryFor(name, place.slice(0, Math.max(0, place.lastIndexOf("/node_modules/"))));
}

test("the lockfile has the right entry for every optional package, so that npm ci works on every platform", () => {
  const wanted = installed.flatMap(([place, entry]) =>
    Object.entries(entry.optionalDependencies ?? {}).map(([name, version]) => ({ place, name, version })),
  );
  expect(wanted.length).toBeGreaterThan(20);
  const missing = wanted.filter(({ place, name, version }) => {
    const entry = entryFor(name, place);
    return entry === undefined || (/^\d/.test(version) && entry.version !== version);
  });
  expect(missing).toEqual([]);
});

test("the lockfile names no download address and has a checksum for every package", () => {
  expect(installed.length).toBeGreaterThan(20);
  expect(installed.filter(([, { resolved }]) => resolved !== undefined).map(([place]) => place)).toEqual([]);
  expect(
    installed.filter(([, { integrity }]) => !integrity?.startsWith("sha512-")).map(([place]) => place),
  ).toEqual([]);
});

test("direct dependencies are pinned to one version, the one in the lockfile", () => {
  for (const [name, version] of Object.entries(direct)) {
    expect(version, name).toMatch(/^\d+\.\d+\.\d+(-[\w.]+)?$/);
    expect(packages[`node_modules/${name}`]?.version, name).toBe(version);
  }
});

test("ARCHITECTURE.md gives a reason for every dependency, and for nothing else", () => {
  const section = /^## Dependencies$([\s\S]*?)(?=^## |$(?![\s\S]))/m.exec(read("ARCHITECTURE.md"))?.[1] ?? "";
  const reasons = new Map(
    [...section.matchAll(/^\| `([^`]+)` \|[^|]*\| (.+) \|$/gm)].map(([, name = "", reason = ""]) => [
      name,
      reason,
    ]),
  );
  expect([...reasons.keys()].toSorted()).toEqual(Object.keys(direct).toSorted());
  for (const [name, reason] of reasons) expect(reason.split(" ").length, name).toBeGreaterThan(5);
});
