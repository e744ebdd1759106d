import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { startPostgres, type PostgresServer } from "../../../src/testing/postgres-server.ts";
import { type Ended, startSluice, type Started } from "../../e2e/command-line.ts";
import { type ProjectFiles, type ProjectOnDisk, projectOnDisk, writeAll } from "../../e2e/project-on-disk.ts";
import { canMount, type SmallDisk, smallDisk } from "../../e2e/small-disk.ts";
import type { Places } from "../inspect-state.ts";
import type { Machine } from "../machine.ts";
import { type Beginning, filesBetween, filesOf } from "./world.ts";

export type StoreKind = "sqlite" | "postgres";

/** Kilobytes of a story's disk: far more than it needs. */
const diskSize = 64_000;

/** Where one story happens. */
export interface Place extends AsyncDisposable {
  readonly kind: StoreKind;
  readonly root: string;
  readonly places: Places;
  /** Its own file system, where this machine lets us mount one. */
  readonly disk: SmallDisk | undefined;
  /** The server that keeps the state, where one does. */
  readonly server: PostgresServer | undefined;
  /** The story's database on that server. */
  readonly database: string;
  start(args: readonly string[], onLine?: (line: string) => void): Started;
  /**
   * Run an environment in a container of the same name, where no process outside is seen: it waits for signs of life,
   * though not for as long as it does for people.
   */
  runElsewhere(environment: string): Started;
  write(files: ProjectFiles): Promise<void>;
  /** Give the disk its usual size back. */
  makeRoom(): void;
}

/** Places that begin at release 1 of a project, each a copy of one that was made once. */
export interface Templates extends AsyncDisposable {
  /** Why there is no PostgreSQL here; undefined where there is. */
  readonly missing: string | undefined;
  place(kind: StoreKind, name: string): Promise<Place>;
}

/** Whether this process may give others a sight of processes of their own. */
export const canUnshare = ((): boolean => {
  try {
    execFileSync("unshare", ["--pid", "--fork", "--mount-proc", "true"], { stdio: "pipe" });
    return true;
  } catch {
    return false;
  }
})();

const config = (state: string): string => `import { project } from "sluice";
export default project({ name: "story", state: "${state}", engine: { workers: 1, memory: "400MB" } });
`;

/** Address and variables of a database on the server; the address in the configuration says nothing, so that all share one. */
function variables({ url }: PostgresServer, database: string): Record<string, string> {
  const { hostname, port, username, password } = new URL(url);
  return { PGHOST: hostname, PGPORT: port, PGUSER: username, PGPASSWORD: password, PGDATABASE: database };
}

function addressOf(server: PostgresServer, database: string): string {
  const url = new URL(server.url);
  url.pathname = `/${database}`;
  return url.href;
}

/** Make the templates: two days of a project, a release each, and the second one promoted. */
export async function makeTemplates(days: Beginning): Promise<Templates> {
  const started = await startPostgres();
  const server = "skipped" in started ? undefined : started;
  const sqlite = await makeTemplate(days, config("state/state.db"), {});
  let postgres: ProjectOnDisk | undefined;
  if (server !== undefined) {
    await server.ask("create database template");
    postgres = await makeTemplate(days, config("postgres:///"), variables(server, "template"));
  }
  const templates: Record<StoreKind, ProjectOnDisk | undefined> = { sqlite, postgres };
  return {
    missing: "skipped" in started ? started.skipped : undefined,
    async place(kind, name) {
      const template = templates[kind];
      if (template === undefined) throw new Error("there is no server for this story");
      if (kind === "sqlite") return makePlace(template, undefined, name);
      await server?.ask(`create database "${name}" template template`);
      return makePlace(template, server, name);
    },
    async [Symbol.asyncDispose]() {
      await sqlite[Symbol.asyncDispose]();
      await postgres?.[Symbol.asyncDispose]();
      await server?.[Symbol.asyncDispose]();
    },
  };
}

async function makeTemplate(
  { first, second }: Beginning,
  configuration: string,
  env: Record<string, string>,
): Promise<ProjectOnDisk> {
  const project = await projectOnDisk({ ...filesOf(first), "sluice.config.ts": configuration });
  const play = async (...args: readonly string[]): Promise<void> => {
    const { code, stdout, stderr } = await project.sluice(args, { env });
    if (code !== 0) throw new Error(`${args.join(" ")} ended with ${code}\n${stdout}\n${stderr}`);
  };
  await play("run");
  await project.write(filesBetween(first, second));
  await play("run");
  await play("promote", "dev", "prod");
  return project;
}

function makePlace(project: ProjectOnDisk, server: PostgresServer | undefined, name: string): Place {
  const disk = canMount ? smallDisk(diskSize) : undefined;
  const root = disk?.root ?? mkdtempSync(join(tmpdir(), "sluice-story-"));
  execFileSync("cp", ["-a", `${project.root}/.`, root]);
  const env = server === undefined ? {} : variables(server, name);
  return {
    kind: server === undefined ? "sqlite" : "postgres",
    root,
    places: {
      state: server === undefined ? join(root, "state/state.db") : addressOf(server, name),
      data: join(root, ".sluice/data"),
    },
    disk,
    server,
    database: name,
    start: (args, onLine) => startSluice(args, { cwd: root, env, ...(onLine ? { onLine } : {}) }),
    runElsewhere: (environment) => {
      const machine: Machine = { host: hostname(), who: "elsewhere", environment, silence: 1500 };
      const launcher = ["unshare", "--pid", "--fork", "--mount-proc", "--kill-child"];
      const program = join(import.meta.dirname, "../machine.ts");
      return startSluice([root, JSON.stringify(machine)], { cwd: root, env, launcher, program });
    },
    write: (files) => writeAll(root, files),
    makeRoom: () => disk?.resize(diskSize),
    async [Symbol.asyncDispose]() {
      await disk?.[Symbol.asyncDispose]();
      rmSync(root, { recursive: true, force: true, maxRetries: 3 });
      await server?.ask(`drop database if exists "${name}" with (force)`);
    },
  };
}

/** A command line that ended, in one line. */
export function inShort({ code, signal, stdout }: Ended): string {
  const last = stdout.trimEnd().split("\n").at(-1) ?? "";
  return `${signal ?? code ?? "?"}${errorOf(last) === undefined ? "" : ` ${errorOf(last)}`}`;
}

/** The code of the error in a JSON document, where it is one. */
export function errorOf(document: string): string | undefined {
  try {
    return (JSON.parse(document) as { readonly error?: { readonly code: string } }).error?.code;
  } catch {
    return undefined;
  }
}
