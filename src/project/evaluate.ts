import { Worker } from "node:worker_threads";
import { entryUrl } from "../entry.ts";
import type { ThreadAnswer, ThreadFile, ThreadProblem, ThreadStart } from "./thread-protocol.ts";
import { describeThrown } from "./thrown-place.ts";

/** What became of the evaluation: an answer, or the file on which the thread was lost. */
export type Evaluation = ThreadAnswer | { readonly lostOn: ThreadFile; readonly problem: ThreadProblem };

/** Stands for the time before the first file: a busy machine may need long to start a thread. */
const notYet = -1;

/** How often the thread is asked whether it moves, in milliseconds. */
const beat = 50;

/** After so many times the timeout a thread is given up, whatever it does or does not do. */
const hardest = 12;

/** Evaluate modules in a thread of their own, which ends with that; see `DefinitionsThread`. */
export async function evaluate(
  root: string,
  files: readonly ThreadFile[],
  timeout: number,
): Promise<Evaluation> {
  const thread = new DefinitionsThread(root);
  try {
    return await thread.evaluate(files, timeout);
  } finally {
    thread.close();
  }
}

/** A thread for the modules of one project. It keeps those it has evaluated: they are as they were then. */
export class DefinitionsThread {
  readonly #progress = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)).fill(notYet);
  readonly #worker: Worker;
  /** Hears how the thread ended, if it did. */
  #onEnd: (problem: (file: ThreadFile) => ThreadProblem) => void = () => undefined;
  #ended = false;

  constructor(root: string) {
    this.#worker = new Worker(entryUrl("project/definitions-thread"), {
      workerData: { root, progress: this.#progress.buffer } satisfies ThreadStart,
      // Flags of this process are about this process.
      execArgv: [],
      // What definitions print must not end up between the lines of our own output.
      stdout: true,
      stderr: true,
    });
    this.#worker.stdout.pipe(process.stderr, { end: false });
    this.#worker.stderr.pipe(process.stderr, { end: false });
    this.#worker.on("error", (error) => this.#end(({ path }) => describeThrown(error, root, path)));
    this.#worker.on("exit", (code) => this.#end(({ path }) => exited(path, code)));
  }

  /** Whether it can be asked: code of a definition may have ended it. */
  get isAlive(): boolean {
    return !this.#ended;
  }

  /**
   * Evaluate modules, one question at a time. One that computes or waits for longer than `timeout` milliseconds, or ends
   * the thread, ends the evaluation: what comes after it is not reached.
   */
  async evaluate(files: readonly ThreadFile[], timeout: number): Promise<Evaluation> {
    Atomics.store(this.#progress, 0, notYet);
    let watch: NodeJS.Timeout | undefined;
    // Between questions it keeps no process from ending.
    this.#worker.ref();
    try {
      return await new Promise<Evaluation>((resolve, reject) => {
        this.#onEnd = (problem) => {
          const file = files[Atomics.load(this.#progress, 0)];
          if (file === undefined) reject(new Error("the thread of definitions did not start"));
          else resolve({ lostOn: file, problem: problem(file) });
        };
        this.#worker.once("message", (answer: ThreadAnswer) => resolve(answer));
        watch = watchProgress(this.#worker, this.#progress, timeout, () =>
          this.#end(({ path }) => hung(path, timeout)),
        );
        this.#worker.postMessage(files);
      });
    } finally {
      clearInterval(watch);
      this.#worker.unref();
    }
  }

  /** Nobody has to wait for it to be gone. */
  close(): void {
    this.#ended = true;
    void this.#worker.terminate();
  }

  #end(problem: (file: ThreadFile) => ThreadProblem): void {
    this.#ended = true;
    this.#onEnd(problem);
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
