/**
 * The only room that chooses adapters. Everything else is handed interfaces. Heavy libraries are
 * loaded when first used: a command that only looks at the store never loads the engine.
 */
import { createHash, randomUUID } from "node:crypto";
import { createReadStream, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, hostname } from "node:os";
import { join, resolve } from "node:path";
import { duckdbEngine } from "./engine/duckdb.ts";
import { entryUrl } from "./entry.ts";
import type { Engine, EngineSession } from "./engine/engine.ts";
import { type Diagnostic, SluiceError } from "./errors.ts";
import type { Executor } from "./executor/executor.ts";
import {
  actingUser,
  cacheLimit,
  machineId,
  memoryBudget,
  processStart,
  shortLivedDirectory,
} from "./machine.ts";
import { isHere } from "./run/lease.ts";
import type { NamedHook, ProjectSettings } from "./graph/graph.ts";
import {
  type CompiledProject as CompiledAnswer,
  compileProject,
  lookAtProject,
} from "./project/compile-project.ts";
import type { ProjectScan } from "./project/project.ts";
import { neverCached } from "./project/cache-db.ts";
import { FirstCompilation } from "./project/first-compilation.ts";
import { findProject } from "./project/find-project.ts";
import { listLanding } from "./project/landing.ts";
import { ProjectInvalid } from "./project/project-invalid.ts";
import { readSettings } from "./project/read-settings.ts";
import { scanProject } from "./project/scan.ts";
import type { HookTarget, Ports } from "./run/ports.ts";
import type { CompiledProject } from "./run/prepare.ts";
import type { TestBench } from "./run/test-model.ts";
import { stillSettled } from "./run/settled.ts";
import { fileSink } from "./sink/file.ts";
import { httpSink } from "./sink/http.ts";
import { httpPost } from "./sink/http-post.ts";
import { lostSink } from "./sink/lost.ts";
import { localStorage } from "./storage/local.ts";
import type { Storage } from "./storage/storage.ts";
import type { Holder, Settled, Store } from "./store/store.ts";

/** One project on this machine, with everything that commands do to it. */
export interface Workspace {
  /** The project's directory, absolute. */
  readonly root: string;
  readonly ports: Ports;
  /** The compiled project. Errors: `project-invalid`, with all diagnostics. */
  project(): Promise<
    CompiledProject & { readonly scan: ProjectScan; readonly diagnostics: readonly Diagnostic[] }
  >;
  /**
   * The compiled project for work that looks at little of it, and may be begun a second time (`lookAtProject`). Errors:
   * `project-invalid`.
   */
  lookAt<T>(work: (project: CompiledProject) => Promise<T>): Promise<T>;
  /** Proof that a run in an environment would have nothing to do; costs a look at the files and one row. */
  settled(environment: string): Promise<Settled | undefined>;
  /** An engine in this process with the project's memory, for work that publishes nothing. */
  session(): Promise<EngineSession>;
  /** End the workers and let go of the store. */
  close(): Promise<void>;
}

/** Open the project that a directory belongs to. Errors: `not-a-project`, `project-invalid`. */
export async function openWorkspace(from: string): Promise<Workspace> {
  const root = findProject(from);
  const first = neverCached(root) ? new FirstCompilation(() => import("./store/sqlite.ts")) : undefined;
  const { settings, statePassword, diagnostics } = await readSettings(root, first);
  const giveUp = (error: unknown): never => {
    first?.close();
    throw error;
  };
  if (!settings) return giveUp(new ProjectInvalid(diagnostics));
  const store = await chooseStore(root, settings.state, statePassword).catch(giveUp);
  const { executor, closeExecutor } = lazyExecutor(root, settings);
  const ports: Ports = {
    store,
    storage: await chooseStorage(root, settings.storage, ownName()).catch(giveUp),
    engine: chooseEngine(),
    executor,
    root,
    list: (patterns) => listLanding(root, patterns),
    hashFile,
    lineage: chooseLineage(root, settings),
    hooks: chooseHooks(settings),
    now: () => new Date(),
    newId: () => randomUUID(),
    ...identity(),
  };
  const compiling = first === undefined ? {} : { first };
  return {
    root,
    ports,
    project: async () => whole(await compileProject(root, compiling)),
    lookAt: (work) => lookAtProject(root, (project) => work(whole(project)), compiling),
    settled: (environment) => stillSettled(ports, environment, scanProject(root).signature),
    session: async () =>
      ports.engine.open({
        memory: memoryBudget(settings.engine.memory),
        threads: availableParallelism(),
        temporary: await ports.storage.stage(`${ports.owner}/spill-${process.pid}`),
      }),
    close: async () => {
      first?.close();
      const workers = closeExecutor().then(() => sweepOwn(ports));
      // They take as long to end as the store to close, once they were told: at the end of this turn.
      await new Promise(setImmediate);
      await Promise.all([workers, ports.storage.letGo(), store.close()]);
    },
  };
}

/** A bench for the tests of a project, in a directory of its own that goes with it. */
export interface OpenTestBench extends TestBench, AsyncDisposable {}

/** Set up a bench for tests. Neither the project's state nor its storage is opened. */
export async function openTestBench(root: string, settings: ProjectSettings): Promise<OpenTestBench> {
  const directory = await mkdtemp(join(shortLivedDirectory(), "sluice-test-"));
  const removeDirectory = (): Promise<void> => rm(directory, { recursive: true, force: true });
  try {
    const storage = join(directory, "data");
    const store = await chooseStore(root, join(directory, "state.db"));
    const { executor, closeExecutor } = lazyExecutor(root, { ...settings, storage });
    const ports: Ports = {
      store,
      storage: await chooseStorage(root, storage, ownName()),
      engine: chooseEngine(),
      executor,
      root,
      list: (patterns) => listLanding(root, patterns),
      hashFile,
      now: () => new Date(),
      newId: () => randomUUID(),
      ...identity(),
    };
    (await executor()).warm();
    const session = await ports.engine.open({
      memory: memoryBudget(settings.engine.memory),
      threads: 1,
      temporary: directory,
    });
    return {
      ports,
      session,
      [Symbol.asyncDispose]: async () => {
        await Promise.all([closeExecutor(), session[Symbol.asyncDispose](), store.close()]);
        await removeDirectory();
      },
    };
  } catch (error) {
    await removeDirectory();
    throw error;
  }
}

/** A project that compiled. Errors: `project-invalid`. */
function whole({ graph, graphHash, scan, diagnostics }: CompiledAnswer) {
  if (!graph || graphHash === undefined) throw new ProjectInvalid(diagnostics);
  return { graph, graphHash, scan, diagnostics };
}

export function chooseEngine(): Engine {
  return duckdbEngine();
}

/** Versions are kept in a directory of this machine, unless it is an address of S3. `owner` is who holds what is read. */
export async function chooseStorage(root: string, storage: string, owner: string): Promise<Storage> {
  if (!/^s3:/i.test(storage)) return localStorage(resolve(root, storage));
  const { s3Storage } = await import("./storage/s3.ts");
  const cacheBytes = cacheLimit();
  const place = { address: storage, directory: join(root, ".sluice"), owner };
  return s3Storage({ ...place, ...(cacheBytes === undefined ? {} : { cacheBytes }) });
}

/** The state is a SQLite file, unless it is an address of PostgreSQL. */
async function chooseStore(root: string, state: string, password?: string): Promise<Store> {
  if (/^postgres(?:ql)?:/i.test(state)) {
    const { openPostgresStore } = await import("./store/postgres.ts");
    return openPostgresStore(state, password === undefined ? {} : { password });
  }
  const { openSqliteStore } = await import("./store/sqlite.ts");
  return openSqliteStore(resolve(root, state));
}

/** Milliseconds, so that an endpoint that is down or slow costs a run seconds and not minutes. */
const httpPatience = { timeout: 3000, pauses: [200, 800], patience: 5000 };

/** Where events of OpenLineage go: the variables that its users know go before the configuration. */
function chooseLineage(root: string, { name, lineage }: ProjectSettings): Ports["lineage"] {
  const { env } = process;
  const address = env["OPENLINEAGE_URL"] || lineage?.openLineage;
  if (!address || /^(true|1)$/i.test(env["OPENLINEAGE_DISABLED"] ?? "")) return undefined;
  const outlet = { namespace: env["OPENLINEAGE_NAMESPACE"] || name, producer: producer() };
  if (address.startsWith("file:")) {
    const path = resolve(root, address.replace(/^file:(\/\/(?=\/))?/, ""));
    return { ...outlet, open: () => fileSink(path) };
  }
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.username !== "" || url.password !== "") {
    const problem = "it is neither file:<path> nor an http address; a token goes into OPENLINEAGE_API_KEY";
    return { ...outlet, open: () => lostSink("the address in OPENLINEAGE_URL", problem) };
  }
  // As the clients of OpenLineage do it; whoever writes a path means it.
  if (url.pathname === "/") url.pathname = env["OPENLINEAGE_ENDPOINT"] || "/api/v1/lineage";
  const token = env["OPENLINEAGE_API_KEY"] || undefined;
  return { ...outlet, open: () => httpSink({ url, token, ...httpPatience }) };
}

/** Who is told of incidents. Secrets are read when something is sent, and kept nowhere. */
function chooseHooks({ name, hooks }: ProjectSettings): Ports["hooks"] {
  if (hooks === undefined) return undefined;
  return {
    project: name,
    hooks,
    target: hookTarget,
    courier: httpPost,
    mailer: async (mail) => (await import("./sink/smtp.ts")).sendMail(mail),
    timeout: httpPatience.timeout,
    patience: httpPatience.patience,
  };
}

const addressKinds = {
  web: { schemes: /^https?:$/, is: "an http address" },
  mail: {
    schemes: /^smtps?:$/,
    is: "the address of a mail server, such as smtps://user:password@mail.example",
  },
};

function hookTarget(hook: NamedHook): HookTarget {
  const missing = (variable: string): HookTarget => ({
    problem: `the environment variable "${variable}" is not set`,
  });
  const { schemes, is } = hook.kind === "email" ? addressKinds.mail : addressKinds.web;
  const where = hook.kind === "email" ? hook.smtp : hook.url;
  const address = typeof where === "string" ? where : process.env[where.name];
  if (!address) return typeof where === "string" ? { problem: "it has no address" } : missing(where.name);
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (!url || !schemes.test(url.protocol) || url.hostname === "")
    return {
      problem: `${typeof where === "string" ? "its address" : `what is in "${where.name}"`} is not ${is}`,
    };
  const secret = hook.kind === "webhook" ? hook.secret : undefined;
  if (secret === undefined) return { url };
  const value = process.env[secret.name];
  return value ? { url, secret: value } : missing(secret.name);
}

/** This program as events name it. */
function producer(): string {
  const text = readFileSync(new URL("../package.json", entryUrl("index")), "utf8");
  return `urn:sluice:${(JSON.parse(text) as { readonly version: string }).version}`;
}

/** Worker processes, started when the first work comes. */
function lazyExecutor(
  root: string,
  settings: ProjectSettings,
): Pick<Ports, "executor"> & { closeExecutor: () => Promise<void> } {
  const workers = settings.engine.workers ?? availableParallelism();
  const memory = Math.floor(memoryBudget(settings.engine.memory) / workers);
  const { storage } = settings;
  let executor: Promise<Executor> | undefined;
  const start = async (): Promise<Executor> => {
    const { localExecutor } = await import("./executor/local.ts");
    return localExecutor(workers, {
      root,
      storage,
      owner: ownName(),
      memory,
      threads: availableParallelism(),
    });
  };
  return {
    executor: () => (executor ??= start()),
    closeExecutor: async () => (await executor)?.close(),
  };
}

/** What this process staged and did not keep is of no use to anybody. */
const sweepOwn = ({ storage, owner }: Ports): Promise<void> =>
  storage.sweep((other) => other !== owner).catch(() => undefined);

/** The name under which this process stages files: the machine, the process, and when it started. */
const ownName = (): string => `${machineTag()}-${process.pid}-${processStart(process.pid) ?? "0"}`;

/** This machine in a form that any storage takes for a part of a name. */
const machineTag = (): string =>
  createHash("sha256").update(`${hostname()}\n${machineId()}`).digest("hex").slice(0, 8);

function identity(): Pick<Ports, "holder" | "isAlive" | "signsOfLife" | "owner" | "isOwnerAlive"> {
  const tag = machineTag();
  const holder: Holder = {
    host: hostname(),
    machine: machineId(),
    pid: process.pid,
    started: processStart(process.pid) ?? "0",
    who: actingUser(),
  };
  return {
    holder,
    signsOfLife: { every: 5000, silence: 30_000 },
    isAlive: (other) => !isHere(holder, other) || processStart(other.pid) === other.started,
    owner: ownName(),
    isOwnerAlive: (owner) => {
      const [machine, pid = "", started] = owner.split("-", 3);
      // Of another machine nothing is known here; it tidies up after itself.
      return machine !== tag || processStart(Number(pid)) === started;
    },
  };
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 }))
      hash.update(chunk as Buffer);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SluiceError("file-unreadable", `"${path}" cannot be read: ${reason}`, {
      cause,
      hint: "check that the file is there and readable",
    });
  }
  return hash.digest("hex");
}
