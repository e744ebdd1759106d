import { mkdir, mkdtemp, readdir, rm, stat, unlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type CommandOptions, type Ended, sluice, startSluice, type Started } from "./command-line.ts";

/** Exact accounting of a source's records, as the command line prints it. */
export interface Counts {
  readonly received: number;
  readonly accepted: number;
  readonly quarantined: number;
  readonly rejected: number;
  readonly blanks?: Readonly<Record<string, number>>;
}

/** The last line of `run --json`. Written down here once more: it is a promise to programs, not to this code. */
export interface RunResult {
  readonly release: number | null;
  readonly current: number;
  readonly built: readonly string[];
  readonly reused: readonly string[];
  readonly held: readonly string[];
  readonly failed: readonly string[];
  readonly rows: Readonly<Record<string, Counts>>;
}

/** An event line of `run --json`. */
export interface RunEventLine {
  readonly type: string;
  readonly dataset?: string;
  readonly [field: string]: unknown;
}

/** A run with its exit code, its events and its summary. */
export interface Ran extends RunResult {
  readonly code: number | undefined;
  readonly events: readonly RunEventLine[];
}

export interface PlannedChange {
  readonly dataset: string;
  readonly action: string;
  readonly why: string;
  readonly consumers: readonly string[];
}

export interface PlanResult {
  readonly changes: readonly PlannedChange[];
}

export interface ReleaseLine {
  readonly release: number;
  readonly kind: string;
  readonly at: string;
  readonly who: string;
  readonly why: string;
  readonly from?: string;
  readonly changes: Readonly<Record<string, string | null>>;
  readonly held: Readonly<Record<string, unknown>>;
}

/** Files by path relative to the project; `null` removes one. */
export type ProjectFiles = Readonly<Record<string, string | Uint8Array | null>>;

type Settings = Omit<CommandOptions, "cwd">;
export type SqlRow = Readonly<Record<string, unknown>>;

/** A project in a directory of its own, and the command line in it. Gone when disposed. */
export interface ProjectOnDisk extends AsyncDisposable {
  readonly root: string;
  write(files: ProjectFiles): Promise<void>;
  /** Give a file another modification time and leave its content. */
  touch(path: string): Promise<void>;
  /** Any command line, to its end, whatever comes of it. */
  sluice(args: readonly string[], settings?: Settings): Promise<Ended>;
  /** A command line that goes on. */
  start(args: readonly string[], settings?: Settings): Started;
  /** `run --json`, with further flags. Fails where the last line is no summary. */
  run(...flags: readonly string[]): Promise<Ran>;
  /** The rows of `query --json`. Fails where the query does. */
  query(sql: string, ...flags: readonly string[]): Promise<readonly SqlRow[]>;
  plan(...flags: readonly string[]): Promise<PlanResult>;
  /** Newest first. */
  releases(...flags: readonly string[]): Promise<readonly ReleaseLine[]>;
  /** Every file below a directory of the project, with size and modification time, sorted. */
  snapshot(directory: string): Promise<readonly string[]>;
}

/** A failed command line in words, for a test that did not expect it. */
const account = (args: readonly string[], { code, signal, stdout, stderr }: Ended): Error =>
  new Error(
    `sluice ${args.join(" ")} ended with ${code ?? signal}\n${stdout.slice(-3000)}\n${stderr.slice(-3000)}`,
  );

function ranOf(args: readonly string[], ended: Ended): Ran {
  const documents = ended.stdout
    .trimEnd()
    .split("\n")
    .map((line) => parsed(line, args, ended));
  const summary = documents.pop() as Partial<RunResult> | undefined;
  if (summary?.rows === undefined) throw account(args, ended);
  const events = documents.map((document) => (document as { readonly event: RunEventLine }).event);
  return { ...(summary as RunResult), code: ended.code, events };
}

function parsed(text: string, args: readonly string[], ended: Ended): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw account(args, ended);
  }
}

async function filesBelow(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch(() => []);
  const lines = entries
    .filter((entry) => entry.isFile())
    .map(async (entry) => {
      const path = join(entry.parentPath, entry.name);
      const { size, mtimeMs } = await stat(path);
      return `${path.slice(directory.length + 1)} ${size} ${mtimeMs}`;
    });
  return (await Promise.all(lines)).toSorted();
}

/** Write and remove files below a directory. */
export async function writeAll(root: string, files: ProjectFiles): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    const place = join(root, path);
    if (content === null) await unlink(place);
    else {
      await mkdir(dirname(place), { recursive: true });
      await writeFile(place, content);
    }
  }
}

/** Make a project in a new directory (below `parent`, by default the machine's for temporary files). */
export async function projectOnDisk(files: ProjectFiles, parent: string = tmpdir()): Promise<ProjectOnDisk> {
  const root = await mkdtemp(join(parent, "sluice-e2e-"));
  await writeAll(root, files);
  const command = (args: readonly string[], settings: Settings = {}): Promise<Ended> =>
    sluice(args, { cwd: root, ...settings });
  const document = async (args: readonly string[], expected: readonly number[]): Promise<unknown> => {
    const ended = await command(args);
    if (ended.code === undefined || !expected.includes(ended.code)) throw account(args, ended);
    return parsed(ended.stdout, args, ended);
  };
  return {
    root,
    write: (more) => writeAll(root, more),
    touch: (path) => utimes(join(root, path), new Date("2001-02-03"), new Date("2001-02-03")),
    sluice: command,
    start: (args, settings = {}) => startSluice(args, { cwd: root, ...settings }),
    run: async (...flags) => {
      const args = ["run", "--json", ...flags];
      return ranOf(args, await command(args));
    },
    query: async (sql, ...flags) =>
      (await document(["query", "--json", ...flags, sql], [0])) as readonly SqlRow[],
    plan: async (...flags) => (await document(["plan", "--json", ...flags], [0, 2])) as PlanResult,
    releases: async (...flags) =>
      ((await document(["releases", "--json", ...flags], [0])) as { releases: readonly ReleaseLine[] })
        .releases,
    snapshot: (directory) => filesBelow(join(root, directory)),
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true, maxRetries: 3 }),
  };
}
