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

/** After so many times the timeout a thread is given up, whatever it does or does not do. */
const hardest = 12;

/**
 * Evaluate modules in a thread of their own. A module that computes or waits for longer than `timeout`
 * milliseconds, or ends the thread, ends the evaluation: what comes after it is not reached.
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
      watch = watchProgress(worker, current, timeout, () => lost(({ path }) => hung(path, timeout)));
    });
  } finally {
    clearInterval(watch);
    await worker.terminate();
  }
}

/**
 * By the clock alone, a machine that is busy with other things would make a good file look as if it hung: the time
 * counts in which the thread computed, or waited for something other than a processor.
 */
function watchProgress(
  worker: Worker,
  current: Int32Array,
  timeout: number,
  onStop: () => void,
): NodeJS.Timeout {
  let index = -1;
  let since = performance.now();
  let idleBefore = 0;
  const idle = (): number => worker.performance.eventLoopUtilization().idle;
  return setInterval(() => {
    const now = Atomics.load(current, 0);
    const elapsed = performance.now() - since;
    if (now !== index || now === notYet) {
      index = now;
      since = performance.now();
      idleBefore = idle();
    } else if (elapsed > hardest * timeout || (elapsed > timeout && idle() - idleBefore > timeout)) onStop();
    else if (elapsed > timeout) void computed(worker).then((time) => time > timeout && onStop());
  }, beat);
}

/** Milliseconds that a thread has had a processor; 0 where it is gone. */
async function computed(worker: Worker): Promise<number> {
  try {
    const { user, system } = await worker.cpuUsage();
    return (user + system) / 1000;
  } catch {
    return 0;
  }
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
