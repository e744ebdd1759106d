import { mkdir, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Contender } from "./contest.ts";
import type { BareJob } from "./floors/job.ts";
import type { Command } from "./measure-process.ts";
import { programContender } from "./program-contender.ts";
import type { Evidence } from "./same-work.ts";

/** The program that does a `BareJob`. */
export const bareEngine = fileURLToPath(new URL("floors/bare-engine.js", import.meta.url));

/** A job that the bare engine does as a floor, from an empty directory for its output in every turn. */
export function bareContender(floor: {
  readonly name: string;
  readonly directory: string;
  /** Emptied before each turn. */
  readonly output: string;
  readonly job: BareJob;
  /** Where the job is written; outside the output. */
  readonly path: string;
  /** How it is started, where not as it is. */
  readonly within?: (command: Command) => Command;
  readonly evidence: () => Promise<Evidence>;
}): Contender {
  const { name, directory, output, job, path, within = (command) => command, evidence } = floor;
  const command = { program: process.execPath, args: [bareEngine, path], directory };
  return programContender({
    name,
    role: "floor",
    directory,
    settle: true,
    prepare: async () => {
      await rm(output, { recursive: true, force: true });
      await mkdir(output, { recursive: true });
      await writeFile(path, JSON.stringify(job));
    },
    command: () => within(command),
    evidence,
  });
}
