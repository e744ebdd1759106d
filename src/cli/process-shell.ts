import process from "node:process";
import { styleText } from "node:util";
import { createStyle, type Output, type Shell } from "./shell.ts";

/** A terminal that says nothing of its size. */
const usualSize = { columns: 80, rows: 24 };

/** npm and launchers pass a Ctrl-C on that the terminal delivered already; within this time (ms) it is one. */
const oneInterrupt = 100;

function createOutput(stream: NodeJS.WriteStream): Output {
  const isTerminal = stream.isTTY && process.env["TERM"] !== "dumb";
  return {
    write: (chunk) =>
      new Promise((resolve, reject) => {
        stream.write(chunk, (error) => (error ? reject(error) : resolve()));
      }),
    isTerminal,
    width: () => (stream.isTTY ? stream.columns || usualSize.columns : Infinity),
    height: () => (stream.isTTY ? stream.rows || usualSize.rows : Infinity),
    // Asks NO_COLOR, FORCE_COLOR and the stream.
    style: createStyle(styleText("red", "x", { stream }) !== "x"),
  };
}

/** Whether an error says that the reader of an output went away, as in `sluice query … | head`. */
export function isClosedPipe(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EPIPE";
}

/** Writes report their own failures; without a listener a closed pipe would end the process with a stack trace. */
export function ignoreClosedPipes(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error) => {
      if (!isClosedPipe(error)) throw error;
    });
  }
}

async function ask(question: string): Promise<string> {
  const { createInterface } = await import("node:readline/promises");
  const prompt = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return await prompt.question(question);
  } finally {
    prompt.close();
  }
}

async function readInput(): Promise<string> {
  const { text } = await import("node:stream/consumers");
  return text(process.stdin);
}

function onInterrupts(onInterrupt: () => void): Disposable {
  let last = -Infinity;
  const listener = () => {
    const now = performance.now();
    if (now - last > oneInterrupt) onInterrupt();
    last = now;
  };
  const signals = ["SIGINT", "SIGTERM"] as const;
  for (const signal of signals) process.on(signal, listener);
  return {
    [Symbol.dispose]: () => {
      for (const signal of signals) process.off(signal, listener);
    },
  };
}

/** The shell of this process. */
export function processShell(): Shell {
  return {
    out: createOutput(process.stdout),
    err: createOutput(process.stderr),
    input: { isTerminal: process.stdin.isTTY, text: readInput, line: ask },
    env: process.env,
    cwd: process.cwd(),
    now: () => new Date(),
    interrupts: onInterrupts,
    leave: (exit) => process.exit(exit),
  };
}
