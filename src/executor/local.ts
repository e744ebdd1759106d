import { type ChildProcess, fork } from "node:child_process";
import { getCompileCacheDir } from "node:module";
import { dirname } from "node:path";
import { entryUrl } from "../entry.ts";
import { SluiceError } from "../errors.ts";
import type { Executor, Work, WorkProgress, WorkResult } from "./executor.ts";
import {
  type Failure,
  type Instruction,
  type Message,
  type WorkerSettings,
  workerSettingsVariable,
} from "../worker/messages.ts";

interface Job {
  readonly id: number;
  readonly work: Work;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: WorkProgress) => void;
  readonly resolve: (result: WorkResult) => void;
  readonly reject: (error: Error) => void;
}

interface Worker {
  readonly child: ChildProcess;
  job: Job | undefined;
}

/** How long a worker may take to stop a query before it is killed, in milliseconds. */
const cancelPatience = 3000;

/**
 * Warm worker processes on this machine. A worker that dies takes only its own piece of work with it; the
 * next piece gets a new one. Workers end by themselves when this process goes away, however it goes.
 */
export function localExecutor(slots: number, settings: WorkerSettings): Executor {
  const workers = new Set<Worker>();
  const ending: Promise<void>[] = [];
  const waiting: Job[] = [];
  let nextId = 1;
  let closed = false;
  const compiled = getCompileCacheDir();
  // Whoever leaves at once leaves no worker behind, not even one that is stuck in code of its own.
  const killAll = (): void => workers.forEach((worker) => worker.child.kill("SIGKILL"));
  process.once("exit", killAll);

  const dispatch = (): void => {
    while (waiting.length > 0) {
      const idle =
        [...workers].find((worker) => worker.job === undefined) ??
        (workers.size < slots ? start() : undefined);
      const job = idle && waiting.shift();
      if (!job) return;
      idle.job = job;
      idle.child.send({ type: "work", id: job.id, work: job.work } satisfies Instruction);
    }
  };

  const finish = (worker: Worker, end: (job: Job) => void): void => {
    const { job } = worker;
    worker.job = undefined;
    if (job) end(job);
    dispatch();
  };

  const start = (): Worker => {
    const child = fork(entryUrl("worker/main"), [], {
      env: {
        ...process.env,
        [workerSettingsVariable]: JSON.stringify(settings),
        UV_THREADPOOL_SIZE: "16",
        // They find their code compiled where this process does; Node adds its version to the path.
        ...(compiled === undefined ? {} : { NODE_COMPILE_CACHE: dirname(compiled) }),
      },
      stdio: ["ignore", 2, 2, "ipc"],
      serialization: "json",
      execArgv: [],
      // Its own process group: Ctrl-C reaches the CLI alone, which then decides how work stops.
      detached: true,
    });
    const worker: Worker = { child, job: undefined };
    workers.add(worker);
    child.on("message", (message: Message) => {
      const { job } = worker;
      if (message.type === "ready" || job?.id !== message.id) return;
      if (message.type === "progress") job.onProgress(message.progress);
      else if (message.type === "done") finish(worker, () => job.resolve(message.result));
      else finish(worker, () => job.reject(failureToError(message.error)));
    });
    const gone = (how: string): void => {
      if (!workers.delete(worker)) return;
      finish(worker, (job) =>
        job.reject(
          job.signal.aborted
            ? interrupted()
            : new SluiceError("worker-died", `the worker building ${job.work.dataset} died (${how})`),
        ),
      );
    };
    child.on("error", (error) => gone(error.message));
    child.on("exit", (code, signal) => gone(signal ?? `exit code ${code}`));
    return worker;
  };

  /** Let a worker end by itself, in time. */
  const end = ({ child }: Worker): Promise<void> =>
    new Promise((resolve) => {
      child.once("exit", () => resolve());
      if (child.connected) child.disconnect();
      setTimeout(() => child.kill("SIGKILL"), cancelPatience).unref();
    });

  const cancel = (job: Job): void => {
    const queued = waiting.indexOf(job);
    if (queued >= 0) {
      waiting.splice(queued, 1);
      job.reject(interrupted());
      return;
    }
    const worker = [...workers].find((candidate) => candidate.job === job);
    if (!worker) return;
    worker.child.send({ type: "cancel", id: job.id } satisfies Instruction);
    setTimeout(() => worker.job === job && worker.child.kill("SIGKILL"), cancelPatience).unref();
  };

  return {
    slots,
    warm() {
      if (!closed && workers.size === 0) start();
    },
    cool() {
      for (const worker of [...workers].filter(({ job }) => job === undefined)) {
        workers.delete(worker);
        ending.push(end(worker));
      }
    },
    run(work, { signal, onProgress }) {
      return new Promise<WorkResult>((resolve, reject) => {
        if (closed || signal.aborted) return reject(interrupted());
        const onAbort = (): void => cancel(job);
        const settle =
          <T>(end: (value: T) => void) =>
          (value: T): void => {
            signal.removeEventListener("abort", onAbort);
            end(value);
          };
        const job: Job = {
          id: nextId++,
          work,
          signal,
          onProgress,
          resolve: settle(resolve),
          reject: settle(reject),
        };
        signal.addEventListener("abort", onAbort, { once: true });
        waiting.push(job);
        dispatch();
      });
    },
    async close() {
      closed = true;
      await Promise.all([...ending, ...[...workers].map(end)]);
      process.off("exit", killAll);
    },
  };
}

const interrupted = (): SluiceError => new SluiceError("interrupted", "the run was stopped");

function failureToError(failure: Failure): Error {
  if (failure.code === undefined) {
    const bug = new Error(failure.message);
    if (failure.stack !== undefined) bug.stack = failure.stack;
    return bug;
  }
  return new SluiceError(failure.code, failure.message, {
    ...(failure.hint === undefined ? {} : { hint: failure.hint }),
    ...(failure.details === undefined ? {} : { details: failure.details }),
  });
}
