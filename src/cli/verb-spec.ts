import { type Argument, InvalidArgumentError, Option } from "commander";
import type { Shell } from "./shell.ts";

/** A verb: does its work through the shell and returns the exit code. */
export type Verb<A extends readonly unknown[]> = (shell: Shell, ...args: A) => Promise<number>;

/** A verb as data. Its code is imported when it is asked for. */
export interface VerbSpec {
  readonly name: string;
  readonly summary: string;
  readonly description?: string;
  readonly arguments?: readonly Argument[];
  readonly options: readonly Option[];
  /** Command lines without the leading `sluice`, each with what it does. */
  readonly examples: readonly (readonly [string, string])[];
  readonly load: () => Promise<Verb<never>>;
}

export const json = () => new Option("--json", "print one JSON document instead of text");
export const projectOption = () =>
  new Option("--project <dir>", "the project's directory (default: the nearest one from here upwards)");
export const environment = () =>
  new Option("--env <name>", 'the environment (default: SLUICE_ENV, else "dev")');
export const why = () => new Option("--why <text>", "the reason, kept in the history of releases");
export const select = () =>
  new Option(
    "--select <selection...>",
    'only these datasets: names, "+name" with all it reads, "name+" with all that reads it, "tag:x", "owner:x"',
  );

/** Reads a whole number of an option. */
export function wholeNumber(minimum: number): (value: string) => number {
  return (value) => {
    const number = Number(value);
    if (!/^\d+$/.test(value) || !Number.isSafeInteger(number) || number < minimum) {
      throw new InvalidArgumentError(`It must be a whole number, at least ${minimum}.`);
    }
    return number;
  };
}
