import { Worker } from "node:worker_threads";
import { entryUrl } from "../entry.ts";
import type { ThreadAnswer, ThreadFile, ThreadProblem, ThreadTask } from "./thread-protocol.ts";
import { describeThrown } from "./thrown-place.ts";

/** What became of the evaluation: an answer, or the file on which the thread was lost. */
export type Evaluation = ThreadAnswer | { readonly lostOn: ThreadFile; readonly problem: ThreadProblem };

/** Stands for the time before the first file: a busy machine may need long to start a thread. */
const notYet = -1;

/** How often the thread is asked whether it moves, in milliseconds. */
const beat = 50;

/**
 * Evaluate modules in a thread of their own. A module that takes longer than `timeout` milliseconds, or
 * ends the thread, ends the evaluation: what comes after it is not reached.
 */
export async function evaluate(
  root: string,
  files: readonly ThreadFile[],
  timeout: number,
): Promise<Evaluation> {
  const progress = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  const current = new Int32Array(progress).fill(notYet);
  const task: ThreadTask = { root, files, progress };
  const worker = new Worker(entryUrl("project/definitions-thread"), {
    workerData: task,
    // Flags of this process are about this process.
    execArgv: [],
    // What definitions print must not end up between the lines of our own output.
    stdout: true,
    stderr: true,
  });
  worker.stdout.pipe(process.stderr, { end: false });
  worker.stderr.pipe(process.stderr, { end: false });
  let watch: NodeJS.Timeout | undefined;
  try {
    return await new Promise<Evaluation>((resolve, reject) => {
      const lost = (problem: (file: ThreadFile) => ThreadProblem): void => {
        const file = files[Atomics.load(current, 0)];
        if (file === undefined) reject(new Error("the thread of definitions did not start"));
        else resolve({ lostOn: file, problem: problem(file) });
      };
      worker.on("message", (answer: ThreadAnswer) => resolve(answer));
      worker.on("error", (error) => lost(({ path }) => describeThrown(error, root, path)));
      worker.on("exit", (code) => lost(({ path }) => exited(path, code)));
      watch = watchProgress(current, timeout, () => lost(({ path }) => hung(path, timeout)));
    });
  } finally {
    clearInterval(watch);
    await worker.terminate();
  }
}

function watchProgress(current: Int32Array, timeout: number, onStop: () => void): NodeJS.Timeout {
  let index = -1;
  let since = performance.now();
  return setInterval(() => {
    const now = Atomics.load(current, 0);
    if (now !== index || now === notYet) {
      index = now;
      since = performance.now();
    } else if (performance.now() - since > timeout) onStop();
  }, beat);
}

const exited = (path: string, code: number): ThreadProblem => ({
  code: "file-load",
  message: `it ends the program with exit code ${code} while it is loaded`,
  suggestion: "a definition says what to do; remove process.exit()",
  thrown: { path },
});

const hung = (path: string, timeout: number): ThreadProblem => ({
  code: "file-load",
  message: `it does not finish loading within ${timeout / 1000} s`,
  suggestion: "a definition must not wait or loop; fetch data in a generator, which runs later",
  thrown: { path },
});
