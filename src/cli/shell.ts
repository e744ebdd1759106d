/**
 * What a verb may touch of the process that runs it: two outputs, the input, the environment, the clock and
 * Ctrl-C. Verbs get it as an argument, return an exit code, and never print, exit or read a global themselves.
 */
import { stripVTControlCharacters, styleText } from "node:util";

type Paint = (text: string) => string;

/** Colours of one output; they return the text as it is where the output takes none. */
export interface Style {
  readonly bold: Paint;
  readonly dim: Paint;
  readonly red: Paint;
  readonly green: Paint;
  readonly yellow: Paint;
  readonly cyan: Paint;
}

/** One of the two outputs. */
export interface Output {
  /** Resolves when the text is taken, so that a slow reader slows the writer down; rejects when the reader went away. */
  write(text: string): Promise<void>;
  /** Whether a person looks at it: a terminal that can move its cursor. */
  readonly isTerminal: boolean;
  /** Columns; `Infinity` where it is not a terminal. */
  width(): number;
  /** Lines; `Infinity` where it is not a terminal. */
  height(): number;
  readonly style: Style;
}

export interface Shell {
  readonly out: Output;
  readonly err: Output;
  readonly input: {
    readonly isTerminal: boolean;
    text(): Promise<string>;
    line(question: string): Promise<string>;
  };
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The directory the user stands in, absolute. */
  readonly cwd: string;
  readonly now: () => Date;
  /** Call `onInterrupt` at each Ctrl-C (or SIGTERM), instead of ending the process, until disposed. */
  interrupts(onInterrupt: () => void): Disposable;
  /** End the process at once. Only for a second Ctrl-C. */
  leave(exit: number): never;
}

const painted = (enabled: boolean, format: Parameters<typeof styleText>[0]): Paint =>
  enabled ? (text) => styleText(format, text, { validateStream: false }) : (text) => text;

/** The colours of an output that takes colours, or of one that does not. */
export function createStyle(enabled: boolean): Style {
  return Object.freeze({
    bold: painted(enabled, "bold"),
    dim: painted(enabled, "dim"),
    red: painted(enabled, "red"),
    green: painted(enabled, "green"),
    yellow: painted(enabled, "yellow"),
    cyan: painted(enabled, "cyan"),
  });
}

/** No colours at all. */
export const plainStyle: Style = createStyle(false);

/** The text without colours. */
export const uncoloured = (text: string): string => stripVTControlCharacters(text);
