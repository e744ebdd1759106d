/**
 * The process that builds: the same program on a laptop and in a pod. It does one piece of work at a time
 * with a warm engine, tells of its progress, and ends when whoever started it goes away.
 */
import { SluiceError } from "../errors.ts";
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

const say = (message: Message): void => void (process.connected && process.send?.(message));
const storage = chooseStorage(settings.storage);
const temporary = await storage.stage(`${settings.owner}/spill-${process.pid}`);
const session = await chooseEngine().open({ memory: settings.memory, threads: settings.threads, temporary });

let cancel: { readonly id: number; readonly controller: AbortController } | undefined;

process.on("message", (instruction: Instruction) => {
  if (instruction.type === "cancel") {
    if (cancel?.id !== instruction.id) return;
    cancel.controller.abort();
    session.interrupt();
    return;
  }
  const { id, work } = instruction;
  const controller = new AbortController();
  cancel = { id, controller };
  perform(work, {
    session,
    storage,
    root: settings.root,
    signal: controller.signal,
    onProgress: (progress) => say({ type: "progress", id, progress }),
  }).then(
    (result) => say({ type: "done", id, result }),
    (error: unknown) => say({ type: "failed", id, error: failure(error) }),
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
