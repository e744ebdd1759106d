import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** The file that `npx sluice` starts; SLUICE_TEST_PROGRAM names another one, such as that of an installed package. */
const program =
  process.env["SLUICE_TEST_PROGRAM"] ?? fileURLToPath(new URL("../../bin/sluice.js", import.meta.url));

/** How one command line ended. */
export interface Ended {
  /** Exit code, or undefined where a signal ended it. */
  readonly code: number | undefined;
  readonly signal: NodeJS.Signals | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  readonly cwd: string;
  /** Added to a plain environment; `undefined` takes a variable out. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Given on the standard input, which is empty otherwise. */
  readonly input?: string;
  /** A program and its arguments that start the command line, such as `unshare`. */
  readonly launcher?: readonly string[];
  /** Another program than the command line. */
  readonly program?: string;
  /** Called with each line of the standard output as it arrives. */
  readonly onLine?: (line: string, child: ChildProcess) => void;
}

/** A command line that goes on. */
export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

/** What a terminal or a test runner says of itself must not change what is tested. */
const unwanted =
  /^(SLUICE_|VITEST|NO_COLOR$|FORCE_COLOR$|CI$|NODE_ENV$|NODE_OPTIONS$|NODE_V8_COVERAGE$|TERM$)/;

/** The environment a command line gets: this process's, without what would change its manners. */
function plainEnvironment(changes: CommandOptions["env"] = {}): NodeJS.ProcessEnv {
  const plain = Object.entries(process.env).filter(([name]) => !unwanted.test(name));
  return { ...Object.fromEntries(plain), TZ: "America/New_York", USER: "tester", ...changes };
}

/** Start the real command line. */
export function startSluice(args: readonly string[], options: CommandOptions): Started {
  const [file = "", ...first] = [
    ...(options.launcher ?? []),
    process.execPath,
    options.program ?? program,
    ...args,
  ];
  const child = spawn(file, first, {
    cwd: options.cwd,
    env: plainEnvironment(options.env),
    stdio: ["pipe", "pipe", "pipe"],
  });
  const { promise, resolve, reject } = Promise.withResolvers<Ended>();
  const stdout: string[] = [];
  const stderr: string[] = [];
  let line = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    stdout.push(chunk);
    if (!options.onLine) return;
    const lines = (line + chunk).split("\n");
    line = lines.pop() ?? "";
    for (const whole of lines) options.onLine(whole, child);
  });
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => stderr.push(chunk));
  child.stdin.on("error", () => undefined).end(options.input ?? "");
  child.on("error", reject);
  child.on("close", (code, signal) =>
    resolve({
      code: code ?? undefined,
      signal: signal ?? undefined,
      stdout: stdout.join(""),
      stderr: stderr.join(""),
    }),
  );
  return { child, ended: promise };
}

/** Run the real command line to its end. */
export const sluice = (args: readonly string[], options: CommandOptions): Promise<Ended> =>
  startSluice(args, options).ended;

/** The command line for a shell, for tests of pipes and redirections. */
export const shellCommand = `"${process.execPath}" "${program}"`;

/** Run a shell script in which `sluice` is the real command line. */
export function shell(script: string, cwd: string): Promise<Ended> {
  const child = spawn("bash", ["-c", `sluice() { ${shellCommand} "$@"; }\n${script}`], {
    cwd,
    env: plainEnvironment(),
    stdio: ["ignore", "pipe", "pipe"],
  });
  const { promise, resolve, reject } = Promise.withResolvers<Ended>();
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (stdout += chunk));
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => (stderr += chunk));
  child.on("error", reject);
  child.on("close", (code, signal) =>
    resolve({ code: code ?? undefined, signal: signal ?? undefined, stdout, stderr }),
  );
  return promise;
}
