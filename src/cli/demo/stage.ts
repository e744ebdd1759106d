/** Where the lesson is played: real child processes of the command line itself, each shown as it is typed. */
import { spawn } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { SluiceError } from "../../errors.ts";
import { packageRoot } from "../package-root.ts";
import type { Shell } from "../shell.ts";

/** A command of the lesson, and how it ended. */
export interface Played {
  /** As a person types it. */
  readonly command: string;
  readonly exit: number;
  readonly output: string;
  /** Milliseconds. */
  readonly elapsed: number;
}

/** The lesson did not go as it says. */
export class LessonBroken extends Error {}

export interface Stage {
  readonly directory: string;
  /** Every command played so far, in order. */
  readonly played: readonly Played[];
  /** Tell something between commands. */
  tell(...lines: readonly string[]): Promise<void>;
  /** Run `sluice …`, shown with its output. Errors: `LessonBroken` when it ends with another exit code. */
  sluice(args: readonly string[], exit: number): Promise<Played>;
  /** Run a script of the project with Node, shown with its output. */
  script(args: readonly string[]): Promise<Played>;
  /** Ask the command line for a document, unseen, to see whether the lesson tells the truth. */
  ask<T>(args: readonly string[]): Promise<T>;
  /** Errors: `LessonBroken` with what was expected, unless it holds. */
  expect(holds: boolean, expectation: string): void;
}

const commandLine = fileURLToPath(new URL("bin/sluice.js", packageRoot));

/** An argument as it is typed in a shell. */
const typed = (word: string) =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `"${word.replaceAll(/(["\\$`])/g, "\\$1")}"`;

/** A stage in a project's directory. `silent` shows nothing. */
export function createStage(shell: Shell, directory: string, silent: boolean): Stage {
  const { style } = shell.out;
  const played: Played[] = [];
  const tell = async (...lines: readonly string[]) => {
    if (!silent) await shell.out.write(lines.map((line) => `${line}\n`).join(""));
  };
  const environment = childEnvironment(shell);
  const start = (args: readonly string[], onOutput: (text: string) => void) =>
    runChild(shell, args, { directory, environment, onOutput });
  const play = async (command: string, args: readonly string[]): Promise<Played> => {
    await tell("", `${style.dim("$")} ${style.bold(command)}`);
    const started = performance.now();
    const { exit, output } = await start(args, (text) => void tell(text.replace(/\n$/, "")));
    const result = { command, exit, output, elapsed: Math.round(performance.now() - started) };
    played.push(result);
    return result;
  };
  const expect = (holds: boolean, expectation: string) => {
    if (!holds) throw new LessonBroken(expectation);
  };
  return {
    directory,
    played,
    tell,
    expect,
    sluice: async (args, exit) => {
      const result = await play(`sluice ${args.map(typed).join(" ")}`, [commandLine, ...args]);
      expect(result.exit === exit, `"${result.command}" exits with ${exit}, not with ${result.exit}`);
      return result;
    },
    script: async (args) => {
      const result = await play(`node ${args.map(typed).join(" ")}`, args);
      expect(result.exit === 0, `"${result.command}" exits with 0, not with ${result.exit}`);
      return result;
    },
    ask: async <T>(args: readonly string[]) => {
      const { output } = await start([commandLine, ...args, "--json"], () => undefined);
      return JSON.parse(output) as T;
    },
  };
}

/** The lesson is about `dev`, and as colourful as this process. */
function childEnvironment(shell: Shell): NodeJS.ProcessEnv {
  const { SLUICE_ENV: _ours, FORCE_COLOR: _force, NO_COLOR: _no, ...env } = shell.env;
  const coloured = shell.out.style.bold("x") !== "x";
  return { ...env, ...(coloured ? { FORCE_COLOR: "1" } : { NO_COLOR: "1" }) };
}

async function runChild(
  shell: Shell,
  args: readonly string[],
  run: {
    readonly directory: string;
    readonly environment: NodeJS.ProcessEnv;
    readonly onOutput: (text: string) => void;
  },
): Promise<{ readonly exit: number; readonly output: string }> {
  const child = spawn(process.execPath, args, {
    cwd: run.directory,
    env: run.environment,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let interrupted = false;
  using _interrupts = shell.interrupts(() => {
    interrupted = true;
    child.kill("SIGINT");
  });
  let output = "";
  let line = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
    // Whole lines, so that colours and words of two outputs never mix.
    const lines = (line + text).split("\n");
    line = lines.pop() ?? "";
    if (lines.length > 0) run.onOutput(`${lines.join("\n")}\n`);
  });
  child.stderr.setEncoding("utf8").on("data", run.onOutput);
  const exit = await new Promise<number>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve(code ?? 1));
  });
  if (line !== "") run.onOutput(`${line}\n`);
  if (interrupted)
    throw new SluiceError("interrupted", "The demo was stopped", {
      hint: "Start again with another directory, or remove this one.",
    });
  return { exit, output };
}
