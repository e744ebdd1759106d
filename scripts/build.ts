/**
 * `npm run build`: src → dist. Rolldown bundles the program with its pure-JavaScript libraries, so that an
 * installed Sluice depends on the engine alone and a command loads few files; tsc writes the types.
 */
import { readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Plugin, rolldown } from "rolldown";
import { root, runProgram } from "./run-program.ts";

/**
 * Never bundled: what carries a native library and must be installed for the user's platform, and what only some users
 * need and install themselves.
 */
const external = ["@duckdb/node-bindings", "@aws-sdk/client-s3"];

/** Files of `dist`, each from the file of the same name in `src`. */
const entries = ["index", "testing/index", "cli/main", "worker/main", "project/definitions-thread"];

interface Part {
  readonly file: string;
  /** What any of these rooms needs. */
  readonly of: readonly string[];
  /** Only what one of these needs as well. */
  readonly and?: readonly string[];
}

/**
 * What commands and workers load, in this order: what was named before belongs to nothing after it. Every file costs time to
 * find, and nobody should load what he does not need: so what only two of them share is a file of its own.
 */
const together: readonly Part[] = [
  { file: "define", of: ["index"] },
  { file: "definitions", of: ["project/definitions-thread"] },
  { file: "base", of: ["worker/main"], and: ["cli/run", "run/prepare", "project/compile-project"] },
  { file: "work", of: ["worker/main", "engine/duckdb/session"], and: ["run/run"] },
  { file: "sql", of: ["sql/duckdb-binder"], and: ["compile/compile", "run/run"] },
  { file: "duckdb", of: ["sql/duckdb-binder"], and: ["engine/duckdb/session"] },
  { file: "binder", of: ["sql/duckdb-binder"] },
  { file: "start", of: ["cli/main"] },
  { file: "project", of: ["project/compile-project", "project/evaluate"] },
  { file: "wiring", of: ["wiring"] },
  { file: "store", of: ["store/sqlite"] },
  { file: "workers", of: ["executor/local"] },
  { file: "plan", of: ["run/prepare", "run/forecast"] },
  { file: "verb", of: ["cli/run", "cli/plan"] },
  { file: "checks", of: ["run/run"], and: ["compile/compile"] },
  { file: "compile", of: ["project/load-definitions", "compile/compile"] },
  { file: "run", of: ["run/run"] },
  { file: "engine", of: ["engine/duckdb/session"] },
];

/** The file that each module of a run becomes a part of, by its id; known when all are parsed. */
function filesOfRun(): { readonly plugin: Plugin; readonly files: ReadonlyMap<string, string> } {
  const files = new Map<string, string>();
  const plugin: Plugin = {
    name: "files-of-a-run",
    buildEnd() {
      const needed = (rooms: readonly string[]): ReadonlySet<string> => {
        const found = new Set<string>();
        const add = (id: string): void => {
          const module = this.getModuleInfo(id);
          // What is external has no code.
          if (!module?.code || found.has(id)) return;
          found.add(id);
          module.importedIds.forEach(add);
        };
        for (const room of rooms) add(join(root, "src", `${room}.ts`));
        return found;
      };
      for (const { file, of, and } of together) {
        const also = and === undefined ? undefined : needed(and);
        for (const id of needed(of)) {
          const isFree = !files.has(id) && this.getModuleInfo(id)?.isEntry !== true;
          if (isFree && also?.has(id) !== false) files.set(id, file);
        }
      }
    },
  };
  return { plugin, files };
}

/**
 * commander loads `node:child_process` to start subcommands that are programs of their own, which ours never are.
 * That is milliseconds of every start, so it gets an empty one.
 */
const withoutSubprograms: Plugin = {
  name: "commander-without-subprograms",
  transform: {
    filter: { id: /\/node_modules\/commander\/lib\/command\.js$/ },
    handler: (code) => {
      const loading = "import childProcess from 'node:child_process';";
      if (!code.includes(loading)) throw new Error(`commander does not say ${loading} any more`);
      return code.replace(loading, "const childProcess = {};");
    },
  },
};

/**
 * A chunk that asks for Node's built-in modules by themselves. Where one is imported Node makes a module of it and reads
 * every export there is: of `node:fs` also its promises, of `node:process` all streams. That is milliseconds of every start.
 */
function withoutFacades(chunk: string): string {
  let code = chunk;
  let imports = "";
  let asked = "";
  // Imports stand at the top, and nothing of them has a semicolon inside.
  for (let match; (match = /^import\b([^;("]*?)(?:from)?"([^"]+)";/.exec(code)) !== null;) {
    code = code.slice(match[0].length);
    const [whole, names = "", from = ""] = match;
    if (!from.startsWith("node:") || names.trim() === "") imports += whole;
    else asked += askFor(from, names.trim());
  }
  return `${imports}${asked}${code}`;
}

/** `names` is what an import says between its first and its last word. */
function askFor(from: string, names: string): string {
  const module = `process.getBuiltinModule(${JSON.stringify(from)})`;
  const [, whole, some] = /^([^{]*?),?(?:\{(.*)\})?$/.exec(names) ?? [];
  const name = whole?.replace(/^\*\s*as\s+/, "").trim();
  const list = some?.replaceAll(/\s+as\s+/g, ":");
  // The module `process` has the name of what asks for it.
  const start = name === undefined || name === "" || name === "process" ? "" : `const ${name}=${module};`;
  return list === undefined ? start : `${start}const{${list}}=${module};`;
}

/** Bundle `src` into a directory. A warning of the bundler is an error. */
async function bundle(directory: string): Promise<void> {
  const { plugin, files } = filesOfRun();
  await using bundler = await rolldown({
    cwd: root,
    input: Object.fromEntries(entries.map((entry) => [entry, join(root, "src", `${entry}.ts`)])),
    platform: "node",
    plugins: [withoutSubprograms, plugin],
    external: (id) => id.startsWith("node:") || external.includes(id),
    onLog: (level, log) => {
      if (level === "warn") throw new Error(`The bundler warns of ${log.code}: ${log.message}`);
    },
  });
  const { output } = await bundler.write({
    dir: directory,
    format: "esm",
    entryFileNames: "[name].js",
    chunkFileNames: "chunks/[name]-[hash].js",
    codeSplitting: {
      groups: together.map(({ file }, place) => ({
        name: file,
        test: (id: string) => files.get(id) === file,
        priority: together.length - place,
      })),
    },
    // Functions and classes keep their names: stack traces are read by people.
    minify: {
      compress: true,
      mangle: { toplevel: true, keepNames: true },
      codegen: { removeWhitespace: true },
    },
  });
  for (const part of output) {
    const file = join(directory, part.fileName);
    if (part.type === "chunk") await writeFile(file, withoutFacades(part.code));
  }
  const modules = output.flatMap((part) => (part.type === "chunk" ? part.moduleIds : []));
  await writeFile(join(directory, "THIRD-PARTY-LICENSES.txt"), await licences(modules));
}

/** The licences of the packages whose code is in the bundle; they ask to be handed on with it. */
async function licences(modules: readonly string[]): Promise<string> {
  const places = new Map<string, string>();
  for (const id of modules) {
    const [place = "", name] = /^.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(id.replaceAll("\\", "/")) ?? [];
    if (name !== undefined) places.set(name, place);
  }
  const texts = [...places.keys()].toSorted().map(async (name) => {
    const place = places.get(name) ?? "";
    const file = (await readdir(place)).find((entry) => /^licen[cs]e/i.test(entry));
    const text =
      file === undefined ? await declaredLicence(name, place) : await readFile(join(place, file), "utf8");
    return `${name}\n${"=".repeat(name.length)}\n\n${text}`;
  });
  return [...(await Promise.all(texts)), ...(await notices(modules))].join("\n\n");
}

/** What lies beside files of others that we ship as they are. Their licence is ours, so that its text is in the package. */
async function notices(modules: readonly string[]): Promise<readonly string[]> {
  const places = modules.filter((id) => id.endsWith(".json") && !id.includes("node_modules")).map(dirname);
  return await Promise.all([...new Set(places)].map((place) => readFile(join(place, "NOTICE"), "utf8")));
}

/** What a package that ships no licence file declares. */
async function declaredLicence(name: string, place: string): Promise<string> {
  const { license, author } = JSON.parse(await readFile(join(place, "package.json"), "utf8")) as {
    readonly license?: string;
    readonly author?: string | { readonly name: string };
  };
  if (license === undefined) throw new Error(`The bundled package "${name}" has no licence`);
  return `${license}, by ${typeof author === "object" ? author.name : (author ?? "its authors")}\n`;
}

async function writeTypes(directory: string): Promise<void> {
  const { code, output } = await runProgram("tsc", ["-p", "tsconfig.build.json", "--outDir", directory]);
  if (code !== 0) throw new Error(`tsc cannot write the types:\n${output}`);
}

async function bytesOf(directory: string): Promise<number> {
  const names = await readdir(directory, { recursive: true });
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(directory, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

const dist = join(root, "dist");
// Its own place for each build, so that two at once do not mix.
const fresh = join(root, "node_modules", `.build-${process.pid}`);
const started = performance.now();
try {
  await Promise.all([bundle(fresh), writeTypes(join(fresh, "types"))]);
  // Whole or not at all: nobody starts half a program.
  await rm(dist, { recursive: true, force: true });
  await rename(fresh, dist);
  const kilobytes = Math.round((await bytesOf(dist)) / 1024);
  console.log(`dist: ${kilobytes} KB in ${Math.round(performance.now() - started)} ms`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  await rm(fresh, { recursive: true, force: true });
}
