import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** A directory of its own for one peer's pinned packages, or why there is none. */
export type PythonEnvironment = { readonly bin: string } | { readonly notRun: string };

/**
 * Install pinned packages into a virtual environment in the user's cache; one that is there is taken as it
 * is. What is not pinned here is resolved by pip on the first day, and listed in the result.
 */
export async function pythonEnvironment(pins: readonly string[]): Promise<PythonEnvironment> {
  const cache = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "sluice-bench");
  const name = createHash("sha256").update(pins.join("\n")).digest("hex").slice(0, 12);
  const directory = join(cache, name);
  const bin = join(directory, "bin");
  if (existsSync(join(directory, "complete"))) return { bin };
  try {
    await mkdir(cache, { recursive: true });
    await rm(directory, { recursive: true, force: true });
    await run("python3", ["-m", "venv", directory]);
    await run(join(bin, "pip"), ["install", "--quiet", "--disable-pip-version-check", ...pins], {
      timeout: 900_000,
      maxBuffer: 1 << 26,
    });
    await mkdir(join(directory, "complete.new"));
    await rename(join(directory, "complete.new"), join(directory, "complete"));
    return { bin };
  } catch (error) {
    return { notRun: `${pins.join(" ")} could not be installed: ${firstLine(error)}` };
  }
}

/** Versions of what is installed, by package. */
export async function installedPackages(environment: {
  readonly bin: string;
}): Promise<Readonly<Record<string, string>>> {
  const { stdout } = await run(join(environment.bin, "pip"), [
    "list",
    "--format=json",
    "--disable-pip-version-check",
  ]);
  const list = JSON.parse(stdout) as readonly { readonly name: string; readonly version: string }[];
  return Object.fromEntries(list.map(({ name, version }) => [name, version]));
}

function firstLine(error: unknown): string {
  const text =
    error instanceof Error && "stderr" in error && String(error.stderr).trim() !== ""
      ? String(error.stderr)
      : String(error);
  const lines = text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  return (lines.find((line) => /error/i.test(line)) ?? lines[0] ?? "unknown").slice(0, 300);
}
