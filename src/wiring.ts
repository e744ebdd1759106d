/**
 * The only room that chooses adapters. Everything else is handed interfaces. Heavy libraries are
 * loaded when first used: a command that only looks at the store never loads the engine.
 */
import { createHash, randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { availableParallelism, hostname } from "node:os";
import { resolve } from "node:path";
import { duckdbEngine } from "./engine/duckdb.ts";
import type { Engine } from "./engine/engine.ts";
import { type Diagnostic, SluiceError } from "./errors.ts";
import type { Executor } from "./executor/executor.ts";
import { actingUser, memoryBudget, processStart } from "./machine.ts";
import type { ProjectSettings } from "./graph/graph.ts";
import { compileProject } from "./project/compile-project.ts";
import type { ProjectScan } from "./project/project.ts";
import { findProject } from "./project/find-project.ts";
import { listLanding } from "./project/landing.ts";
import { ProjectInvalid } from "./project/project-invalid.ts";
import { readSettings } from "./project/read-settings.ts";
import { scanProject } from "./project/scan.ts";
import type { Ports } from "./run/ports.ts";
import type { CompiledProject } from "./run/prepare.ts";
import { stillSettled } from "./run/settled.ts";
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
  /** Proof that a run in an environment would have nothing to do; costs a look at the files and one row. */
  settled(environment: string): Promise<Settled | undefined>;
  /** End the workers and let go of the store. */
  close(): Promise<void>;
}

/** Open the project that a directory belongs to. Errors: `not-a-project`, `project-invalid`. */
export async function openWorkspace(from: string): Promise<Workspace> {
  const root = findProject(from);
  const { settings, diagnostics } = await readSettings(root);
  if (!settings) throw new ProjectInvalid(diagnostics);
  const store = await chooseStore(resolve(root, settings.state));
  const { executor, closeExecutor } = lazyExecutor(root, settings);
  const ports: Ports = {
    store,
    storage: chooseStorage(resolve(root, settings.storage)),
    engine: chooseEngine(),
    executor,
    root,
    list: (patterns) => listLanding(root, patterns),
    hashFile,
    now: () => new Date(),
    newId: () => randomUUID(),
    ...identity(),
  };
  return {
    root,
    ports,
    project: async () => {
      const { graph, graphHash, scan, diagnostics: found } = await compileProject(root);
      if (!graph || graphHash === undefined) throw new ProjectInvalid(found);
      return { graph, graphHash, scan, diagnostics: found };
    },
    settled: (environment) => stillSettled(ports, environment, scanProject(root).signature),
    close: async () => {
      await closeExecutor();
      await store.close();
    },
  };
}

export function chooseEngine(): Engine {
  return duckdbEngine();
}

export function chooseStorage(directory: string): Storage {
  return localStorage(directory);
}

async function chooseStore(file: string): Promise<Store> {
  const { openSqliteStore } = await import("./store/sqlite.ts");
  return openSqliteStore(file);
}

/** Worker processes, started when the first work comes. */
function lazyExecutor(
  root: string,
  settings: ProjectSettings,
): Pick<Ports, "executor"> & { closeExecutor: () => Promise<void> } {
  const workers = settings.engine.workers ?? availableParallelism();
  const memory = Math.floor(memoryBudget(settings.engine.memory) / workers);
  const storage = resolve(root, settings.storage);
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

/** The name under which this process stages files: the machine, the process, and when it started. */
const ownName = (): string => `${machineTag()}-${process.pid}-${processStart(process.pid) ?? "0"}`;

/** A host's name in a form that any storage takes for a part of a name. */
const machineTag = (): string => createHash("sha256").update(hostname()).digest("hex").slice(0, 8);

function identity(): Pick<Ports, "holder" | "isAlive" | "signsOfLife" | "owner" | "isOwnerAlive"> {
  const host = hostname();
  const holder: Holder = {
    host,
    pid: process.pid,
    started: processStart(process.pid) ?? "0",
    who: actingUser(),
  };
  return {
    holder,
    signsOfLife: { every: 5000, silence: 30_000 },
    isAlive: (other) => other.host !== host || processStart(other.pid) === other.started,
    owner: ownName(),
    isOwnerAlive: (owner) => {
      const [machine, pid = "", started] = owner.split("-", 3);
      // Of another machine nothing is known here; it tidies up after itself.
      return machine !== machineTag() || processStart(Number(pid)) === started;
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
