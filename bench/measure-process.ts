/** Run a program to its end and say what it cost: it and every process it started. */
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { type ProcessSight, processSight, processTree, waitedChildrenCpu } from "./process-tree.ts";
import type { Sample } from "./result.ts";

/** A program to run. */
export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly directory: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Exit codes that mean it did its work. Default 0 only. */
  readonly goodExits?: readonly number[];
  /** Seconds after which it is killed. Default one hour. */
  readonly limit?: number;
}

/** What it cost, and what it said. Output goes to files, so that a slow reader costs the program nothing. */
export interface Measured {
  readonly sample: Sample;
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Milliseconds between two looks at the memory of the process tree. */
const samplingInterval = 20;

/** Milliseconds a process may outlive the program that started it. */
const grace = 2000;

/**
 * Run a command and measure it whole. `logs` is a path prefix for its output. Errors: it exits with another
 * code than the good ones, runs past its limit, or leaves a process behind (whose cost would go unseen).
 */
export async function measureProcess(command: Command, logs: string): Promise<Measured> {
  const outPath = `${logs}.out`;
  const errPath = `${logs}.err`;
  const [out, err] = [openSync(outPath, "w"), openSync(errPath, "w")];
  const seen = new Map<string, ProcessSight>();
  let peakMemory = 0;
  const cpuBefore = waitedChildrenCpu();
  const start = performance.now();
  const child = spawn(command.program, command.args, {
    cwd: command.directory,
    env: { ...quietEnvironment(), ...command.env },
    stdio: ["ignore", out, err],
  });
  const look = (): void => {
    const tree = child.pid === undefined ? [] : processTree(child.pid);
    for (const sight of tree) seen.set(`${sight.pid} ${sight.started}`, sight);
    peakMemory = Math.max(
      peakMemory,
      tree.reduce((sum, sight) => sum + sight.resident, 0),
    );
  };
  const sampler = setInterval(look, samplingInterval);
  // Programs of some milliseconds would be over before the first look.
  for (const early of [5, 10]) setTimeout(look, early);
  const endWithUs = (): void => void child.kill("SIGKILL");
  process.prependOnceListener("exit", endWithUs);
  const exit = await ended(child, command.limit ?? 3600).finally(() => {
    process.off("exit", endWithUs);
    clearInterval(sampler);
    closeSync(out);
    closeSync(err);
  });
  const wall = (performance.now() - start) / 1000;
  await nothingLeftBehind([...seen.values()], command);
  const cpu = waitedChildrenCpu() - cpuBefore;
  const measured = {
    sample: { wall, cpu, peakMemory },
    exit,
    stdout: readFileSync(outPath, "utf8"),
    stderr: readFileSync(errPath, "utf8"),
  };
  if (!(command.goodExits ?? [0]).includes(exit)) throw new CommandFailed(command, measured);
  return measured;
}

/** The program ran and said no. */
export class CommandFailed extends Error {
  readonly measured: Measured;

  constructor(command: Command, measured: Measured) {
    const said = (measured.stderr.trim() || measured.stdout.trim()).slice(-600);
    super(`"${command.program} ${command.args.join(" ")}" ended with exit code ${measured.exit}: ${said}`);
    this.name = "CommandFailed";
    this.measured = measured;
  }
}

function ended(child: ChildProcess, limit: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill("SIGKILL");
      reject(new Error(`"${child.spawnargs.join(" ")}" was stopped after ${limit} s`));
    }, limit * 1000);
    child.once("error", (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.once("exit", (code, signal) => {
      clearTimeout(timer);
      if (code === null) reject(new Error(`"${child.spawnargs.join(" ")}" was ended by ${signal}`));
      else resolve(code);
    });
  });
}

async function nothingLeftBehind(seen: readonly ProcessSight[], command: Command): Promise<void> {
  const alive = (): readonly ProcessSight[] =>
    seen.filter((sight) => processSight(sight.pid)?.started === sight.started);
  for (const end = performance.now() + grace; alive().length > 0 && performance.now() < end;) await pause(20);
  const left = alive();
  if (left.length === 0) return;
  throw new Error(
    `"${command.program} ${command.args.join(" ")}" left ${left.length} processes behind: ${left.map((p) => p.pid).join(", ")}`,
  );
}

/** The caller's environment without what would colour, page, phone home or redirect a contender. */
function quietEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(SLUICE_|DBT_|SQLMESH|NODE_|npm_|FORCE_COLOR|PYTHON)/.test(name),
  );
  return { ...Object.fromEntries(kept), NO_COLOR: "1", CI: "1" };
}
