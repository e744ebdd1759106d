import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative, resolve } from "node:path";
import { exitCode, SluiceError } from "../errors.ts";
import { projectTemplate } from "./init/template.ts";
import { printJson, printLines } from "./open-workspace.ts";
import { readPackage } from "./package-root.ts";
import type { Shell } from "./shell.ts";

interface InitOptions {
  readonly name?: string;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** What may lie in a directory that becomes a project: what Git and package managers put there. */
const mayBeThere =
  /^(\..*|node_modules|package\.json|package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lock|README.*|LICENSE.*)$/i;

/** `sluice init`: write a small project that works. Nothing that exists is overwritten. Errors: `directory-not-empty`. */
export async function init(shell: Shell, directory: string, options: InitOptions): Promise<number> {
  const root = resolve(shell.cwd, directory);
  await refuseForeign(root, directory);
  const name = await chooseName(shell, root, options);
  const { version } = await readPackage();
  const files = await write(root, projectTemplate(name, version));
  if (options.json) {
    await printJson(shell, { directory: root, name, files });
    return exitCode.ok;
  }
  const { bold, dim } = shell.out.style;
  const there = relative(shell.cwd, root);
  await printLines(shell, [
    `${bold(name)}: ${files.length} files written${there === "" ? "" : ` to ${there}`}`,
    ...files.map((file) => dim(`  ${file}`)),
    "",
    "Next:",
    ...(there === "" ? [] : [`  cd ${there}`]),
    "  sluice check",
    "  sluice run",
    '  sluice query "select * from shop.best_sellers"',
  ]);
  return exitCode.ok;
}

async function refuseForeign(root: string, directory: string): Promise<void> {
  const entries = await readdir(root).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    if (error.code !== "ENOTDIR") throw error;
    throw new SluiceError("directory-not-empty", `"${directory}" is a file, not a directory`, {
      cause: error,
    });
  });
  const foreign = entries.filter((entry) => !mayBeThere.test(entry)).toSorted();
  if (foreign.length === 0) return;
  const found = foreign
    .slice(0, 3)
    .map((entry) => `"${entry}"`)
    .join(", ");
  throw new SluiceError(
    "directory-not-empty",
    `"${directory}" is not empty: it contains ${found}${foreign.length > 3 ? " and more" : ""}`,
    {
      hint: "Choose another directory: sluice init my-project",
    },
  );
}

/** A name that npm takes too: lower case, digits and dashes. */
function slug(text: string): string {
  const name = text
    .normalize("NFKD")
    .replaceAll(/\p{M}/gu, "")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-+|-+$/g, "");
  return name === "" ? "my-project" : name;
}

async function chooseName(shell: Shell, root: string, options: InitOptions): Promise<string> {
  const usual = slug(options.name ?? basename(root));
  const asks =
    options.name === undefined &&
    !options.yes &&
    !options.json &&
    shell.input.isTerminal &&
    shell.out.isTerminal;
  if (!asks) return usual;
  const answer = (await shell.input.line(`Name of the project (${usual}): `)).trim();
  return answer === "" ? usual : slug(answer);
}

/** Write what is not there yet. Answers with the paths written. */
async function write(root: string, files: Readonly<Record<string, string>>): Promise<string[]> {
  const written: string[] = [];
  for (const [path, text] of Object.entries(files)) {
    const file = join(root, path);
    await mkdir(dirname(file), { recursive: true });
    try {
      await writeFile(file, text, { flag: "wx" });
      written.push(path);
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
      if (path === "package.json" && (await becomeModule(file))) written.push(path);
    }
  }
  return written;
}

/** Definitions are ES modules, so a package.json that was there must say so. Nothing else in it changes. */
async function becomeModule(file: string): Promise<boolean> {
  const text = await readFile(file, "utf8");
  let manifest: Record<string, unknown>;
  try {
    manifest = JSON.parse(text) as Record<string, unknown>;
  } catch (cause) {
    throw new SluiceError("file-unreadable", `"${file}" is not JSON`, {
      cause,
      hint: "Repair it, then run sluice init again.",
    });
  }
  if (manifest["type"] === "module") return false;
  await writeFile(file, `${JSON.stringify({ ...manifest, type: "module" }, undefined, 2)}\n`);
  return true;
}
