/** What a program must know of the machine it runs on: its name, its processes and its memory. */
import { createHash } from "node:crypto";
import { accessSync, constants, existsSync, readFileSync, readlinkSync, statfsSync } from "node:fs";
import { tmpdir, totalmem, userInfo } from "node:os";
import { SluiceError } from "./errors.ts";

/** The first of all sets of processes that see each other: Linux gives it this name on every machine. */
const wholeMachine = "pid:[4026531836]";

/**
 * Tells machines, and containers, of one name apart: where it is the same, processes see each other. A machine keeps it
 * when it starts again; a container is another one then.
 */
export function machineId(): string {
  const seen = textOf(() => readlinkSync("/proc/self/ns/pid"));
  const one =
    seen === wholeMachine || seen === ""
      ? textOf(() => readFileSync("/etc/machine-id", "utf8"))
      : textOf(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8"));
  return createHash("sha256").update(`${one}\n${seen}`).digest("hex").slice(0, 16);
}

function textOf(read: () => string): string {
  try {
    return read().trim();
  } catch {
    return "";
  }
}

/**
 * When a process started, as the system counts it, or undefined where it does not run. Together with its
 * number this names one process for good: numbers are used again, starts are not.
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
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
};

/**
 * Bytes that all workers together may use: as configured (`"3GB"`, `"512MiB"`), else half of what this process may
 * have: of the machine's memory, or of its container's.
 */
export function memoryBudget(setting: string | undefined): number {
  if (setting === undefined)
    return Math.floor(Math.min(totalmem(), process.constrainedMemory() || Infinity) / 2);
  const bytes = bytesOf(setting);
  if (bytes !== undefined) return bytes;
  throw new SluiceError("bad-usage", `"${setting}" is not an amount of memory`, {
    hint: 'write engine: { memory: "3GB" }',
  });
}

/** Bytes of this machine's disk for copies of files that are kept elsewhere: `SLUICE_CACHE_LIMIT`, if it is set. */
export function cacheLimit(): number | undefined {
  const setting = process.env["SLUICE_CACHE_LIMIT"];
  if (!setting) return undefined;
  const bytes = bytesOf(setting);
  if (bytes !== undefined) return bytes;
  throw new SluiceError("bad-usage", `SLUICE_CACHE_LIMIT is "${setting}", which is not an amount of bytes`, {
    hint: "write SLUICE_CACHE_LIMIT=20GB",
  });
}

function bytesOf(text: string): number | undefined {
  const [, amount, unit] = /^\s*(\d+(?:\.\d+)?)\s*([kmgt]i?b)\s*$/i.exec(text) ?? [];
  if (amount === undefined || unit === undefined) return undefined;
  return Math.floor(Number(amount) * (units[unit.toLowerCase()] ?? 1));
}

/** Who acts: `SLUICE_USER`, else the system's user. Shown in the history of releases. */
export function actingUser(): string {
  if (process.env["SLUICE_USER"]) return process.env["SLUICE_USER"];
  try {
    return userInfo().username;
  } catch {
    return "unknown";
  }
}

/** Free bytes from which on a directory in memory is worth using. */
const roomInMemory = 256 * 1024 * 1024;

/**
 * Where files lie that are gone in a moment: in memory, where this machine has a directory there with room, because there
 * nothing waits for a disk. `TMPDIR` says otherwise.
 */
export function shortLivedDirectory(): string {
  const memory = "/dev/shm";
  if (process.env["TMPDIR"] || !existsSync(memory)) return tmpdir();
  try {
    accessSync(memory, constants.W_OK | constants.X_OK);
    const { bavail, bsize } = statfsSync(memory);
    return bavail * bsize >= roomInMemory ? memory : tmpdir();
  } catch {
    return tmpdir();
  }
}
