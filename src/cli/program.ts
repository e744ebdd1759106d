import { Command } from "commander";
import { type Verb, type VerbSpec } from "./verb-spec.ts";
import { families, verbGroups } from "./verbs.ts";

/** Called for the verb the user asked for, with its arguments and, last, its options. */
export type Invoke = (
  load: () => Promise<Verb<never>>,
  args: readonly unknown[],
  options: Readonly<Record<string, unknown>>,
) => Promise<void>;

function addVerb(program: Command, group: string, spec: VerbSpec, invoke: Invoke): void {
  const [first = "", second] = spec.name.split(" ");
  const parent = second === undefined ? program : family(program, group, first);
  const command = parent
    .command(second ?? first)
    .helpGroup(group)
    .summary(spec.summary);
  command.description(spec.description ?? `${spec.summary}.`);
  for (const argument of spec.arguments ?? []) command.addArgument(argument);
  for (const option of spec.options) command.addOption(option);
  const widest = Math.max(...spec.examples.map(([line]) => line.length));
  const examples = spec.examples.map(([line, what]) => `  sluice ${line.padEnd(widest)}  ${what}`);
  command.addHelpText("after", `\nExamples:\n${examples.join("\n")}`);
  command.helpOption("-h, --help", "show this help");
  command.action(() => invoke(spec.load, command.processedArgs, command.opts()));
}

/** The verb that verbs of two words have in common. */
function family(program: Command, group: string, name: string): Command {
  const known = program.commands.find((command) => command.name() === name);
  if (known) return known;
  const summary = families[name] ?? name;
  return program
    .command(name)
    .helpGroup(group)
    .summary(summary)
    .description(`${summary}.`)
    .helpOption("-h, --help", "show this help")
    .helpCommand(false)
    .showSuggestionAfterError(true);
}

/** Every command below one, those with commands of their own too. */
export const commandsBelow = (command: Command): readonly Command[] =>
  command.commands.flatMap((child) => [child, ...commandsBelow(child)]);

/** A command's name with those above it, without the program's: `run`, `state export`. */
export function fullName(command: Command): string {
  const { parent } = command;
  return parent?.parent ? `${fullName(parent)} ${command.name()}` : command.name();
}

/** The whole tree. Nothing is run: parsing it calls `invoke` for the verb that was asked for. */
export function createProgram(invoke: Invoke): Command {
  const program = new Command("sluice")
    .description("Keep the data flowing while you change the plumbing.")
    .usage("<verb> [options]")
    .helpOption("-h, --help", "show this help")
    .helpCommand(false)
    .showSuggestionAfterError(true)
    .addHelpText("after", '\n"sluice <verb> --help" shows the options of a verb, with examples.');
  for (const [group, verbs] of Object.entries(verbGroups)) {
    for (const verb of verbs) addVerb(program, group, verb, invoke);
  }
  return program;
}
