import { readFileSync, readdirSync } from "node:fs";

/** A process as seen at one moment. */
export interface ProcessSight {
  readonly pid: number;
  /** Start time in clock ticks since boot: tells a process from a later one with the same id. */
  readonly started: string;
  /** Resident memory in bytes. */
  readonly resident: number;
}

/** Linux reports memory in pages of this many bytes on every platform Node 24 is built for but some arm64 kernels. */
const pageSize = 4096;

/** Clock ticks per second of the counters in `/proc`: 100 on every Linux that Node runs on. */
const ticksPerSecond = 100;

/** The process and everything below it, as `/proc` tells now. Processes that end meanwhile are left out. */
export function processTree(root: number): readonly ProcessSight[] {
  const found: ProcessSight[] = [];
  const open = [root];
  for (let pid = open.pop(); pid !== undefined; pid = open.pop()) {
    const sight = processSight(pid);
    if (!sight) continue;
    found.push(sight);
    open.push(...childrenOf(pid));
  }
  return found;
}

/** One process, or undefined where it is gone or a zombie. */
export function processSight(pid: number): ProcessSight | undefined {
  const fields = statFields(pid);
  if (!fields || fields[0] === "Z" || fields[0] === "X") return undefined;
  return { pid, started: fields[19] ?? "", resident: Number(fields[21]) * pageSize };
}

/**
 * CPU seconds (user and system) of all children this process has waited for, and of theirs. The kernel
 * counts them exactly and reports hundredths of a second.
 */
export function waitedChildrenCpu(): number {
  const fields = statFields("self");
  if (!fields) throw new Error("/proc/self/stat cannot be read: the suite measures on Linux only");
  return (Number(fields[13]) + Number(fields[14])) / ticksPerSecond;
}

/** The fields of `/proc/<pid>/stat` after the command's name, from `state` (field 3 of proc(5)) on. */
function statFields(pid: number | "self"): readonly string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    return text.slice(text.lastIndexOf(")") + 2).split(" ");
  } catch {
    return undefined;
  }
}

function childrenOf(pid: number): readonly number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((thread) => {
      const text = readFileSync(`/proc/${pid}/task/${thread}/children`, "utf8").trim();
      return text === "" ? [] : text.split(" ").map(Number);
    });
  } catch {
    return [];
  }
}
