import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** How another process opens the port under test: it imports `module` (a URL), calls `open` of it with `argument`, a JSON value. */
export interface Opener {
  readonly module: string;
  readonly open: string;
  readonly argument: unknown;
}

/** How a process ended: with a result, with an error, or killed. */
export type ChildEnd<Output> =
  | { readonly kind: "result"; readonly result: Output }
  | { readonly kind: "error"; readonly code: string | undefined; readonly message: string }
  | { readonly kind: "killed" };

/** A process that has opened the port, and acts once it is told to. */
export interface Child<Output> {
  readonly pid: number;
  go(): void;
  /** As by `kill -9`. */
  kill(): void;
  /** What the process has told so far. */
  readonly told: readonly unknown[];
  /** Resolves when the process has told that many things, or has ended. */
  tells(count: number): Promise<void>;
  readonly end: Promise<ChildEnd<Output>>;
}

/**
 * Start a process of its own that opens the port and waits for `go`. The act is handed over as text: it may
 * use its arguments and what is global (`process.getBuiltinModule` too), and imports nothing.
 */
export async function startChild<Port, Input, Output>(
  opener: Opener,
  act: (port: Port, input: Input, tell: (news: unknown) => void) => Promise<Output>,
  input: Input,
): Promise<Child<Output>> {
  const child = spawn(
    process.execPath,
    ["--input-type=module", "--eval", programOf(opener, act.toString(), input)],
    {
      stdio: ["pipe", "pipe", "pipe"],
    },
  );
  const told: unknown[] = [];
  const waiting = new Set<() => void>();
  let end: ChildEnd<Output> | undefined;
  let errors = "";
  const ready = Promise.withResolvers<void>();
  child.stderr.on("data", (text: Buffer) => (errors += text.toString()));
  createInterface(child.stdout).on("line", (line) => {
    const message = JSON.parse(line) as { ready?: true; told?: unknown; end?: ChildEnd<Output> };
    if (message.ready) ready.resolve();
    else if (message.end) end = message.end;
    else told.push(message.told);
    for (const wake of waiting) wake();
  });
  const ended = new Promise<ChildEnd<Output>>((resolve) => {
    child.on("close", (_, signal) => {
      const unheard = { kind: "error", code: undefined, message: errors } as const;
      resolve(signal === "SIGKILL" ? { kind: "killed" } : (end ?? unheard));
      ready.resolve();
      for (const wake of waiting) wake();
    });
  });
  // Writing to a process that has just died is no news.
  child.stdin.on("error", () => undefined);
  await ready.promise;
  return {
    pid: child.pid ?? 0,
    go: () => void child.stdin.end("go\n"),
    kill: () => void child.kill("SIGKILL"),
    told,
    async tells(count) {
      while (told.length < count && child.exitCode === null && child.signalCode === null) {
        const { promise, resolve } = Promise.withResolvers<void>();
        waiting.add(resolve);
        await promise;
        waiting.delete(resolve);
      }
    },
    end: ended,
  };
}

/** Start several processes, let them act at the same moment, and wait for all. */
export async function race<Port, Input, Output>(
  opener: Opener,
  act: (port: Port, input: Input, tell: (news: unknown) => void) => Promise<Output>,
  inputs: readonly Input[],
): Promise<readonly ChildEnd<Output>[]> {
  const children = await Promise.all(inputs.map((input) => startChild(opener, act, input)));
  for (const child of children) child.go();
  return Promise.all(children.map((child) => child.end));
}

function programOf(opener: Opener, act: string, input: unknown): string {
  return `
    import { writeSync } from "node:fs";
    import { once } from "node:events";
    const say = (message) => writeSync(1, JSON.stringify(message) + "\\n");
    const act = ${act};
    let end;
    try {
      const { ${opener.open}: open } = await import(${JSON.stringify(opener.module)});
      const port = await open(${JSON.stringify(opener.argument)});
      say({ ready: true });
      await once(process.stdin, "data");
      const result = await act(port, ${JSON.stringify(input)}, (told) => say({ told }));
      end = { kind: "result", result: result ?? null };
    } catch (error) {
      end = { kind: "error", code: error.code, message: String(error.stack ?? error) };
    }
    say({ end });
    process.exit(0);`;
}
