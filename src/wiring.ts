/**
 * The only room that chooses adapters, and that reads this machine. Everything else is handed interfaces.
 * Adapters are imported when first used: a command that only looks at the store never loads the engine.
 */
import { createHash, randomUUID } from "node:crypto";
import { createReadStream, readFileSync } from "node:fs";
import { availableParallelism, hostname, totalmem } from "node:os";
import { resolve } from "node:path";
import type { Engine } from "./engine/engine.ts";
import { SluiceError } from "./errors.ts";
import type { Executor } from "./executor/executor.ts";
import type { ProjectSettings } from "./graph/graph.ts";
import { listLanding } from "./project/landing.ts";
import type { Ports } from "./run/ports.ts";
import { localStorage } from "./storage/local.ts";
import type { Storage } from "./storage/storage.ts";
import type { Holder, Store } from "./store/store.ts";

export async function chooseEngine(): Promise<Engine> {
  const { duckdbEngine } = await import("./engine/duckdb.ts");
  return duckdbEngine();
}

export function chooseStorage(directory: string): Storage {
  return localStorage(directory);
}

export async function chooseStore(root: string, settings: Pick<ProjectSettings, "state">): Promise<Store> {
  const { openSqliteStore } = await import("./store/sqlite.ts");
  return openSqliteStore(resolve(root, settings.state));
}

/** Everything a run needs, for one project on this machine. Close it when done: workers end with it. */
export interface OpenPorts extends Ports, AsyncDisposable {}

/** Open the ports that a project's settings ask for. */
export async function openPorts(
  root: string,
  settings: ProjectSettings,
  store: Store,
  who: string,
): Promise<OpenPorts> {
  const storagePath = resolve(root, settings.storage);
  const holder: Holder = {
    host: hostname(),
    pid: process.pid,
    started: processStart(process.pid) ?? "0",
    who,
  };
  const owner = `${holder.pid}-${holder.started}`;
  const workers = settings.engine.workers ?? availableParallelism();
  const memory = memoryBudget(settings.engine.memory);
  let executor: Executor | undefined;
  const { localExecutor } = await import("./executor/local.ts");
  const start = (): Executor =>
    localExecutor(workers, {
      root,
      storage: storagePath,
      owner,
      memory: Math.floor(memory / workers),
      threads: availableParallelism(),
    });
  return {
    store,
    storage: chooseStorage(storagePath),
    engine: await chooseEngine(),
    executor: () => (executor ??= start()),
    root,
    list: (patterns) => listLanding(root, patterns),
    hashFile,
    now: () => new Date(),
    newId: () => randomUUID(),
    holder,
    isAlive: (other) => other.host !== holder.host || processStart(other.pid) === other.started,
    owner,
    isOwnerAlive: (other) => {
      const [pid = "", started] = other.split("-", 2);
      return processStart(Number(pid)) === started;
    },
    [Symbol.asyncDispose]: async () => executor?.close(),
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

/**
 * When a process started, as the system counts it, or undefined where it does not run. With its number
 * this names one process for good: numbers are used again, starts are not.
 */
export function processStart(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field is the program's name in parentheses and may hold anything; the state is the third, the start the 22nd.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" || fields[0] === "X" ? undefined : fields[19];
  } catch {
    return process.platform !== "linux" && isRunning(pid) ? "unknown" : undefined;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

const units: Readonly<Record<string, number>> = {
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
};

/** Bytes that all workers together may use: as configured, else half of the machine's. */
function memoryBudget(setting: string | undefined): number {
  if (setting === undefined) return Math.floor(totalmem() / 2);
  const [, amount, unit] = /^\s*(\d+(?:\.\d+)?)\s*([kmg]i?b)\s*$/i.exec(setting) ?? [];
  if (amount === undefined || unit === undefined) {
    throw new SluiceError("bad-usage", `"${setting}" is not an amount of memory`, {
      hint: 'write engine: { memory: "3GB" }',
    });
  }
  return Math.floor(Number(amount) * (units[unit.toLowerCase()] ?? 1));
}
