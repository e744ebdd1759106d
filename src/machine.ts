/** What a program must know of the machine it runs on: its processes and its memory. */
import { readFileSync } from "node:fs";
import { totalmem, userInfo } from "node:os";
import { SluiceError } from "./errors.ts";

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
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
};

/**
 * Bytes that all workers together may use: as configured (`"3GB"`, `"512MiB"`), else half of what this process may
 * have: of the machine's memory, or of its container's.
 */
export function memoryBudget(setting: string | undefined): number {
  if (setting === undefined)
    return Math.floor(Math.min(totalmem(), process.constrainedMemory() || Infinity) / 2);
  const [, amount, unit] = /^\s*(\d+(?:\.\d+)?)\s*([kmg]i?b)\s*$/i.exec(setting) ?? [];
  if (amount === undefined || unit === undefined) {
    throw new SluiceError("bad-usage", `"${setting}" is not an amount of memory`, {
      hint: 'write engine: { memory: "3GB" }',
    });
  }
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
