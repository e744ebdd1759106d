import { spawn } from "node:child_process";
import { join } from "node:path";

/** The repository's directory, absolute. */
export const root = join(import.meta.dirname, "..");

export interface ProgramResult {
  readonly code: number;
  /** What it wrote to standard output and error, in order of arrival. */
  readonly output: string;
  /** Wall time in milliseconds. */
  readonly elapsed: number;
}

/** Run a program of the repository to its end and keep what it says. Standard input is empty. */
export function runProgram(program: string, args: readonly string[]): Promise<ProgramResult> {
  const started = performance.now();
  const chunks: Buffer[] = [];
  const { promise, resolve, reject } = Promise.withResolvers<ProgramResult>();
  const child = spawn(program, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
  child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => chunks.push(chunk));
  child.on("error", reject);
  child.on("close", (code) => {
    resolve({
      code: code ?? 1,
      output: Buffer.concat(chunks).toString(),
      elapsed: performance.now() - started,
    });
  });
  return promise;
}

/** Run a program of the repository to its end with this terminal; its exit code. */
export function runInTerminal(program: string, args: readonly string[]): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const child = spawn(program, args, { cwd: root, stdio: "inherit" });
  process.on("SIGINT", () => {});
  child.on("error", reject);
  child.on("close", (code) => {
    resolve(code ?? 1);
  });
  return promise;
}
