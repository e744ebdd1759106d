import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readDefinitionPath } from "../compile/definition-path.ts";
import type { DefinitionFile, Definitions, EvaluatedModule } from "../compile/definitions.ts";
import { type Place, placeAt } from "../compile/place.ts";
import type { ContractFile } from "../compile/read-contract.ts";
import { pathSchema } from "../compile/schemas.ts";
import { moduleSettings } from "../compile/settings.ts";
import type { Diagnostic } from "../errors.ts";
import { type EarlierLoad, readAgain, sha256 } from "./earlier-load.ts";
import { type DefinitionsThread, type Evaluation, evaluate } from "./evaluate.ts";
import { configName } from "./find-project.ts";
import type { ProjectScan } from "./project.ts";
import type { ThreadAnswer, ThreadFile, ThreadProblem } from "./thread-protocol.ts";

export interface LoadOptions {
  /** Milliseconds that one TypeScript definition may take to load. Default 10,000. */
  readonly timeout?: number;
  /** Where they are loaded, to be left open. Without it, in a thread of their own. */
  readonly thread?: DefinitionsThread;
}

export interface LoadedProject {
  readonly definitions: Definitions;
  /** Files that definitions import, and manifests of packages; undefined when not all definitions were reached. */
  readonly imported: readonly string[] | undefined;
  /** Environment variables that definitions read; `*` when they looked at all of them. */
  readonly environment: readonly string[];
  /** What became of the modules, for the next time; undefined when not all were reached. */
  readonly evaluation: ThreadAnswer | undefined;
  /** Hashes of the files that could be read, by path. */
  readonly hashes: ReadonlyMap<string, string>;
}

interface TextFile {
  readonly path: string;
  readonly kind: "sql" | "story" | "module";
  readonly dataset?: string;
  /** Of files that have not changed it is read only when it is asked for. */
  readonly text: string;
  readonly hash: string;
}

/**
 * Read and evaluate every definition of a project, but what is known from before. What cannot be read becomes
 * diagnostics. Errors: `EarlierLost`, also later from the texts of files.
 */
export async function loadDefinitions(
  scan: ProjectScan,
  options: LoadOptions = {},
  earlier?: EarlierLoad,
): Promise<LoadedProject> {
  const loading = new Loading();
  for (const { path } of scan.files) readTextFile(scan.root, path, loading, earlier?.hash(path));
  if (!scan.files.some((file) => file.path === configName)) loading.fail(noConfiguration);
  const modules = loading.texts.filter((file) => file.kind === "module").sort(inLoadOrder);
  const { timeout = 10_000, thread } = options;
  const task = modules.map(({ path, dataset }) => ({ path, ...(dataset === undefined ? {} : { dataset }) }));
  const evaluation =
    earlier?.evaluation ??
    (await (thread === undefined ? evaluate(scan.root, task, timeout) : thread.evaluate(task, timeout)));
  const files = await takeModules(scan.root, evaluation, modules, loading);
  const contracts = files.flatMap((file) =>
    file.kind === "module" && file.contract !== undefined ? [file.contract.path] : [],
  );
  for (const file of loading.texts) if (isText(file)) files.push(file);
  const config = files.find((file) => file.path === configName);
  const unreadable = {
    kind: "module",
    path: configName,
    text: "",
    hash: "",
    value: { kind: "none" },
  } as const;
  return {
    definitions: {
      format: 1,
      config: config?.kind === "module" ? config : unreadable,
      files: files.filter((file) => file.path !== configName).sort((a, b) => (a.path < b.path ? -1 : 1)),
      diagnostics: loading.diagnostics,
      unread: [...loading.unread].sort(),
    },
    imported: "imported" in evaluation ? [...evaluation.imported, ...contracts] : undefined,
    environment: "imported" in evaluation ? evaluation.environment : [],
    evaluation: "imported" in evaluation ? evaluation : undefined,
    hashes: new Map(loading.texts.map(({ path, hash }) => [path, hash])),
  };
}

const noConfiguration: Diagnostic = {
  code: "config-invalid",
  severity: "error",
  message: `there is no ${configName}`,
  path: configName,
  suggestion: "make one with: sluice init",
};

/** What has been read so far, and what has gone wrong. */
class Loading {
  readonly texts: TextFile[] = [];
  readonly diagnostics: Diagnostic[] = [];
  readonly unread = new Set<string>();

  /** A file that cannot be used. The same mistake seen from several files is told once. */
  fail(diagnostic: Diagnostic): void {
    this.unread.add(diagnostic.path);
    const text = JSON.stringify(diagnostic);
    if (!this.diagnostics.some((one) => JSON.stringify(one) === text)) this.diagnostics.push(diagnostic);
  }
}

/** A SQL model or a story is a definition as it lies there. */
const isText = (file: TextFile): file is Exclude<DefinitionFile, { kind: "module" }> =>
  file.kind !== "module";

/** `known`: the hash of a file that was read before. */
function readTextFile(root: string, path: string, loading: Loading, known: string | undefined): void {
  // What was read before is a definition by its path; of a query nothing else is asked.
  if (known !== undefined && path.endsWith(".sql")) {
    loading.texts.push(textReadLater(root, { path, kind: "sql", hash: known }));
    return;
  }
  const read = path === configName ? ({ role: "config", name: "" } as const) : readDefinitionPath(path);
  if (read === undefined) return;
  if ("code" in read) {
    loading.diagnostics.push(read);
    return;
  }
  const kind = path.endsWith(".sql") ? "sql" : path.endsWith(".md") ? "story" : "module";
  const dataset = read.role === "source" || read.role === "model" ? { dataset: read.name } : {};
  if (known !== undefined) {
    loading.texts.push(textReadLater(root, { path, kind, ...dataset, hash: known }));
    return;
  }
  let bytes: Buffer;
  try {
    bytes = readFileSync(join(root, path));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    loading.fail({ code: "file-load", severity: "error", message: `it cannot be read: ${reason}`, path });
    return;
  }
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    loading.fail(notText(path, { line: badLine(bytes) }, "bytes that mean nothing in UTF-8"));
    return;
  }
  const nul = text.indexOf("\0");
  if (nul < 0) loading.texts.push({ path, kind, ...dataset, text, hash: sha256(text) });
  else loading.fail(notText(path, placeAt(text, nul, 1), "a NUL character"));
}

/** A file whose text few will ask for, because it is known what came of it. */
function textReadLater(root: string, file: Omit<TextFile, "text">): TextFile {
  let text: string | undefined;
  return {
    ...file,
    get text() {
      return (text ??= readAgain(root, file.path, file.hash));
    },
  };
}

function notText(path: string, place: Partial<Place>, what: string): Diagnostic {
  const message = `the file is not text: line ${place.line} has ${what}`;
  return {
    code: "file-encoding",
    severity: "error",
    message,
    path,
    ...place,
    suggestion: "save it as UTF-8",
  };
}

/** The first line that is not UTF-8. */
function badLine(bytes: Uint8Array): number {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let line = 1;
  for (let start = 0; start < bytes.length; line++) {
    const newline = bytes.indexOf(10, start);
    const end = newline < 0 ? bytes.length : newline;
    try {
      decoder.decode(bytes.subarray(start, end));
    } catch {
      break;
    }
    start = end + 1;
  }
  return line;
}

const folders = [configName, "sources/", "models/", "consumers/"];
const rank = ({ path }: TextFile): number => folders.findIndex((folder) => path.startsWith(folder));

/** What is imported comes before what imports it, so that a loss is told of the right file. */
const inLoadOrder = (a: TextFile, b: TextFile): number => rank(a) - rank(b) || (a.path < b.path ? -1 : 1);

/** The document that a source names as its contract. A path that leads out of the project is refused by the compiler. */
async function readContractFile(root: string, value: EvaluatedModule): Promise<ContractFile | undefined> {
  const { kind, contract } = value;
  if (kind !== "source" || !pathSchema.safeParse(contract).success) return undefined;
  const { misfitsOf: judge } = await import("../compile/odcs/judge-by-schema.ts");
  const path = String(contract);
  try {
    const bytes = readFileSync(join(root, path));
    return { path, text: new TextDecoder("utf-8", { fatal: true }).decode(bytes), judge };
  } catch {
    return { path, judge };
  }
}

async function takeModules(
  root: string,
  evaluation: Evaluation,
  modules: readonly TextFile[],
  loading: Loading,
): Promise<DefinitionFile[]> {
  const texts = new Map(modules.map((file) => [file.path, file]));
  if ("lostOn" in evaluation) {
    for (const { path } of modules) loading.unread.add(path);
    loading.fail(placed(evaluation.problem, evaluation.lostOn, texts));
    return [];
  }
  const files: DefinitionFile[] = [];
  for (const { path, value, hash, problems } of evaluation.modules) {
    if (value === undefined) loading.unread.add(path);
    else {
      const file = texts.get(path);
      const contract = await readContractFile(root, value);
      files.push({
        kind: "module",
        path,
        // It is part of the definition, as what that imports is.
        hash: contract === undefined ? hash : sha256(`${hash} ${JSON.stringify(contract)}`),
        value,
        ...(contract === undefined ? {} : { contract }),
        get text() {
          return file?.text ?? "";
        },
      });
    }
    for (const problem of problems) loading.fail(placed(problem, { path }, texts));
  }
  return files;
}

function placed(problem: ThreadProblem, file: ThreadFile, texts: ReadonlyMap<string, TextFile>): Diagnostic {
  const { code, message, suggestion, setting, thrown } = problem;
  const path = thrown?.path ?? file.path;
  const text = texts.get(path)?.text ?? "";
  return {
    code: path === configName && code === "file-load" ? "config-invalid" : code,
    severity: "error",
    message:
      path === configName && code === "file-load"
        ? `the configuration cannot be loaded: ${message}`
        : message,
    path,
    ...(thrown?.line === undefined
      ? findSetting(path, text, setting)
      : { line: thrown.line, column: thrown.column }),
    ...(suggestion === undefined ? {} : { suggestion }),
  };
}

function findSetting(path: string, text: string, setting: ThreadProblem["setting"]) {
  if (setting === undefined) return {};
  const found = moduleSettings(path, text, {}).placeOf(setting);
  if (found !== undefined) return found;
  // The name of an imported file stands in quotes somewhere.
  const last = String(setting.at(-1));
  const offset = text.indexOf(last);
  return offset < 0 ? {} : placeAt(text, offset, last.length);
}
