/**
 * The command line's entry, and the one place that turns errors into words and exit codes. Verbs throw; nothing
 * else in this room prints an error or ends the process.
 */
import { resolve } from "node:path";
import process from "node:process";
import { type Command, CommanderError } from "commander";
import { exitCode, SluiceError } from "../errors.ts";
import { ignoreClosedPipes, isClosedPipe, processShell } from "./process-shell.ts";
import { commandsBelow, createProgram, fullName } from "./program.ts";
import type { RenderDiagnostic } from "./render-error.ts";
import type { Shell } from "./shell.ts";
import { explainSystemError } from "./system-error.ts";
import type { Verb } from "./verb-spec.ts";

/** What commander says of a mistake, in the wording of the house. */
function usageError(error: CommanderError, verb: string | undefined): SluiceError {
  if (error.code === "commander.help") {
    return new SluiceError("bad-usage", `A word is missing after "sluice ${verb}"`, {
      hint: `See "sluice ${verb} --help".`,
    });
  }
  const [first = "", ...rest] = error.message.split("\n");
  const message = first.replace(/^error: /, "").replaceAll("'", '"');
  const suggestion = rest.join(" ").match(/\(Did you mean (.*)\?\)/)?.[1];
  const help = verb === undefined ? "sluice --help" : `sluice ${verb} --help`;
  return new SluiceError("bad-usage", `${message.charAt(0).toUpperCase()}${message.slice(1)}`, {
    hint: suggestion === undefined ? `See "${help}".` : `Did you mean "${suggestion}"? See "${help}".`,
  });
}

/** The verb that a command line begins with. */
function verbOf(program: Command, argv: readonly string[]): string | undefined {
  const named = commandsBelow(program).filter((command) => {
    const words = fullName(command).split(" ");
    return words.every((word, at) => argv[at] === word);
  });
  return named.map(fullName).at(-1);
}

/** A command line without its wish for help, where it asks for that of a verb that is not there. */
function understood(program: Command, argv: readonly string[]): readonly string[] {
  const words = argv.filter((word) => word !== "--help" && word !== "-h");
  const named = verbOf(program, words);
  const command = commandsBelow(program).find((one) => fullName(one) === named) ?? program;
  const next = words[named === undefined ? 0 : named.split(" ").length];
  return command.commands.length > 0 && next !== undefined && !next.startsWith("-") ? words : argv;
}

/** What was asked for, as far as it was understood: how errors are told, and where the project is. */
interface Asked {
  json: boolean;
  project: string | undefined;
}

/** Parse, run the verb, and answer with its exit code. Help goes to the output; mistakes are thrown. */
async function perform(shell: Shell, argv: readonly string[], asked: Asked): Promise<number> {
  let exit: number = exitCode.ok;
  const written: string[] = [];
  const program = createProgram(async (load, args, options) => {
    asked.json = options["json"] === true || options["format"] === "json";
    asked.project = typeof options["project"] === "string" ? options["project"] : undefined;
    const verb = (await load()) as Verb<unknown[]>;
    exit = await verb(shell, ...args, options);
  });
  for (const command of [program, ...commandsBelow(program)]) {
    command.exitOverride().configureOutput({
      writeOut: (text) => written.push(text),
      writeErr: () => {},
      getOutHelpWidth: () => Math.min(shell.out.width(), 110),
    });
  }
  if (argv.length === 0) program.outputHelp();
  else {
    try {
      await program.parseAsync(
        argv[0] === "--version" || argv[0] === "-V"
          ? ["version", ...argv.slice(1)]
          : understood(program, argv),
        { from: "user" },
      );
    } catch (error) {
      if (!(error instanceof CommanderError)) throw error;
      if (error.exitCode !== 0) {
        throw usageError(error, verbOf(program, argv));
      }
    }
  }
  if (written.length > 0) await shell.out.write(written.join(""));
  return exit;
}

/** Renders diagnostics of the project that was asked for. */
function rendererFor(shell: Shell, asked: Asked): RenderDiagnostic {
  return async (diagnostic) => {
    const [{ diagnosticRenderer }, { findProject }] = await Promise.all([
      import("./diagnostic-renderer.ts"),
      import("../project/find-project.ts"),
    ]);
    const root = findProject(resolve(shell.cwd, asked.project ?? "."));
    return diagnosticRenderer(root)(diagnostic);
  };
}

/** The exit code an error asks for. */
const exitOf = (error: unknown): number => (error instanceof SluiceError ? error.exit : exitCode.failed);

async function reportError(error: unknown, shell: Shell, asked: Asked): Promise<number> {
  const { errorDocument, renderError } = await import("./render-error.ts");
  if (asked.json) await shell.out.write(`${JSON.stringify(errorDocument(error))}\n`);
  else {
    const lines = await renderError(error, {
      style: shell.err.style,
      width: shell.err.width(),
      render: rendererFor(shell, asked),
      debug: (shell.env["SLUICE_DEBUG"] ?? "") !== "",
    });
    await shell.err.write(`${lines.join("\n")}\n`);
  }
  return exitOf(error);
}

/** Run one command line (without program and script) and answer with the exit code. Never throws. */
export async function runCommandLine(shell: Shell, argv: readonly string[]): Promise<number> {
  const asked: Asked = { json: argv.includes("--json"), project: undefined };
  try {
    return await perform(shell, argv, asked);
  } catch (error) {
    if (isClosedPipe(error)) return exitCode.ok;
    const explained = explainSystemError(error);
    return await reportError(explained, shell, asked).catch(() => exitOf(explained));
  }
}

/** The program: this process's command line, outputs and exit code. */
export async function main(): Promise<void> {
  ignoreClosedPipes();
  process.exitCode = await runCommandLine(processShell(), process.argv.slice(2));
}
