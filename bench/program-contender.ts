import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Contender } from "./contest.ts";
import { type Command, type Measured, measureProcess } from "./measure-process.ts";
import type { Role, Sample } from "./result.ts";
import { type Evidence, noEvidence } from "./same-work.ts";
import { mean, median } from "./statistics.ts";

/** A contender that is a program. */
export interface ProgramContender {
  readonly name: string;
  readonly role: Role;
  /** Where its output is kept. */
  readonly directory: string;
  /** Make the ground ready for one turn; not measured. */
  readonly prepare?: () => Promise<void>;
  readonly command: () => Command;
  /** What came of the turn; not measured. Errors void the contender. */
  readonly evidence?: (measured: Measured) => Promise<Evidence>;
  /** Seconds that count as the turn's wall time, for programs that time something within; by default the whole run. */
  readonly wall?: (measured: Measured) => number;
  /** Runs in one turn, for programs of some milliseconds: the turn is the median of their times. Default 1. */
  readonly repeat?: number;
  /** Wait before the turn until everything written so far is on disk, so that nobody pays for others. */
  readonly settle?: boolean;
}

/** Let a program take part in a contest. */
export function programContender(program: ProgramContender): Contender {
  const logs = join(program.directory, program.name.replaceAll(/[^a-z0-9]+/gi, "-"));
  return {
    name: program.name,
    role: program.role,
    async take() {
      await program.prepare?.();
      if (program.settle) await promisify(execFile)("sync");
      const command = program.command();
      const runs: Measured[] = [];
      for (let run = 0; run < (program.repeat ?? 1); run++) {
        const measured = await measureProcess(command, logs);
        const wall = program.wall?.(measured) ?? measured.sample.wall;
        runs.push({ ...measured, sample: { ...measured.sample, wall } });
      }
      const last = runs.at(-1);
      if (!last) throw new Error(`${program.name} was asked to run no times`);
      return {
        sample: together(runs.map((run) => run.sample)),
        evidence: (await program.evidence?.(last)) ?? noEvidence,
      };
    },
  };
}

/** Several runs as one sample. The CPU time is a mean because the kernel counts it in hundredths of a second. */
function together(samples: readonly Sample[]): Sample {
  return {
    wall: median(samples.map((sample) => sample.wall)),
    cpu: mean(samples.map((sample) => sample.cpu)),
    peakMemory: Math.max(...samples.map((sample) => sample.peakMemory)),
  };
}

/** A contender that cannot take part, with the reason. */
export function absentContender(name: string, role: Role, notRun: string): Contender {
  return { name, role, notRun, take: () => Promise.reject(new Error(notRun)) };
}

/** Why peers are missing when nobody asked for them. */
export const peersNotAsked = "--peers was not given";

/** The peers of the suite, all absent for one reason. */
export function absentPeers(notRun: string): readonly Contender[] {
  return ["dbt-duckdb", "SQLMesh"].map((name) => absentContender(name, "peer", notRun));
}
