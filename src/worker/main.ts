/**
 * The process that builds: the same program on a laptop and in a pod. It does one piece of work at a time
 * with a warm engine, tells of its progress, and ends when whoever started it goes away.
 */
import type { EngineSession } from "../engine/engine.ts";
import { SluiceError } from "../errors.ts";
import type { WorkProgress, WorkResult } from "../executor/executor.ts";
import { chooseEngine, chooseStorage } from "../wiring.ts";
import {
  type Failure,
  type Instruction,
  type Message,
  type WorkerSettings,
  workerSettingsVariable,
} from "./messages.ts";
import { perform } from "./perform.ts";

const settings = JSON.parse(process.env[workerSettingsVariable] ?? "null") as WorkerSettings | null;
if (!settings || !process.send) {
  process.stderr.write("this program is started by sluice itself\n");
  process.exit(64);
}

/** Whoever started this process may be gone by now; then nobody wants to hear it. */
const say = (message: Message): void =>
  void (process.connected && process.send?.(message, undefined, undefined, () => undefined));
const { root } = settings;
const storage = await chooseStorage(root, settings.storage, settings.owner);
let session: EngineSession | undefined;
const spill = storage.stage(`${settings.owner}/spill-${process.pid}`);
let opening = open(settings);

let cancel: { readonly id: number; readonly controller: AbortController } | undefined;

function open({ memory, threads }: WorkerSettings): Promise<EngineSession> {
  const opened = spill
    .then((temporary) => chooseEngine().open({ memory, threads, temporary }))
    .then((fresh) => (session = fresh));
  // What goes wrong is told to whoever asks for work first.
  opened.catch(() => undefined);
  return opened;
}

/** A query that failed may have taken the engine with it: the next work must not suffer for that. */
async function renew(settings: WorkerSettings): Promise<void> {
  if (session === undefined || (await session.isUsable())) return;
  await session[Symbol.asyncDispose]();
  session = undefined;
  opening = open(settings);
}

async function work(
  instruction: Extract<Instruction, { readonly type: "work" }>,
  signal: AbortSignal,
): Promise<WorkResult> {
  const { id, work: todo } = instruction;
  const onProgress = (progress: WorkProgress): void => say({ type: "progress", id, progress });
  return perform(todo, { session: await opening, storage, root, signal, onProgress });
}

process.on("message", (instruction: Instruction) => {
  if (instruction.type === "cancel") {
    if (cancel?.id !== instruction.id) return;
    cancel.controller.abort();
    session?.interrupt();
    return;
  }
  const { id } = instruction;
  const controller = new AbortController();
  cancel = { id, controller };
  work(instruction, controller.signal).then(
    async (result) => {
      if (result.answers.some(({ error }) => error !== undefined)) await renew(settings);
      say({ type: "done", id, result });
    },
    async (error: unknown) => {
      await renew(settings);
      say({ type: "failed", id, error: failure(error) });
    },
  );
});
process.on("disconnect", () => process.exit(0));
say({ type: "ready" });

function failure(error: unknown): Failure {
  if (error instanceof SluiceError) {
    return {
      code: error.code,
      message: error.message,
      details: error.details,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
    };
  }
  const bug = error instanceof Error ? error : new Error(String(error));
  return { message: bug.message, ...(bug.stack === undefined ? {} : { stack: bug.stack }) };
}
