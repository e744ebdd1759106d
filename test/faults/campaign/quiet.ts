import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Place } from "./place.ts";

/** No process of the story is left, or it ends within seconds. */
export async function quiet({ root }: Place): Promise<void> {
  const deadline = performance.now() + 60_000;
  for (;;) {
    const left = processesOf(root);
    if (left.length === 0) return;
    if (performance.now() > deadline) throw new Error(`still running: ${left.join("; ")}`);
    await sleep(15);
  }
}

/** Processes that work in a directory, by the system's own account. */
function processesOf(root: string): string[] {
  return readdirSync("/proc").flatMap((name) => {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) return [];
    try {
      // A dead process that waits to be fetched has no environment any more.
      const own = readFileSync(`/proc/${name}/environ`, "utf8").includes(root);
      return own ? [`${name} ${readFileSync(`/proc/${name}/cmdline`, "utf8").replaceAll("\0", " ")}`] : [];
    } catch {
      return [];
    }
  });
}
