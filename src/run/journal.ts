import { explainStage } from "../plan/explain.ts";
import type { Plan } from "../plan/plan.ts";
import type { Lease, RunNotes } from "../store/store.ts";
import type { NewEvent } from "../flow/event.ts";
import type { RunEvent } from "./events.ts";
import type { Ports } from "./ports.ts";

/** Milliseconds that notes wait for others to be written with: a short run writes none on its way. */
const patience = 250;

/** Writes down what a run does while it does it, for whoever looks from outside or afterwards. */
export interface Journal {
  heard(event: RunEvent): void;
  /** What was not written yet; nothing is written any more. */
  close(): Promise<RunNotes>;
}

/** What a run is about to do, as the event it begins with keeps it. */
export interface PlannedStage {
  readonly dataset: string;
  readonly stage: string;
  readonly why: string;
}

/** The event that a run begins with. */
export function startedEvent(
  plan: Plan,
  run: { readonly at: string; readonly environment: string; readonly runId: string },
): NewEvent {
  const stages = plan.stages.map((stage): PlannedStage => {
    return { dataset: stage.dataset, stage: stage.kind, why: explainStage(stage) };
  });
  return { type: "run.started", ...run, data: { stages } };
}

/** Keep the journal of a run. A store that cannot be written to is told of by the run itself, not here. */
export function openJournal({ store, now }: Pick<Ports, "store" | "now">, lease: Lease, id: string): Journal {
  let notes: NewEvent[] = [];
  /** Datasets that finished, and the notes that tell so for the first time: one may finish again. */
  const ended = new Set<string>();
  const firsts = new WeakSet<NewEvent>();
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();
  let closed = false;
  const take = (): RunNotes => {
    const events = notes;
    notes = [];
    return { finished: events.filter((event) => firsts.has(event)).length, events };
  };
  const write = async (): Promise<void> => {
    const taken = take();
    try {
      await store.noteRun(lease, id, taken);
    } catch {
      notes = [...taken.events, ...notes];
    } finally {
      timer = undefined;
    }
    if (notes.length > 0) schedule();
  };
  const schedule = (): void => {
    if (closed) return;
    timer ??= setTimeout(() => {
      writing = write();
    }, patience).unref();
  };
  return {
    heard(event) {
      const data = dataOf(event);
      if (data === undefined || closed) return;
      const about = { at: now().toISOString(), environment: lease.environment, runId: id };
      const dataset = "dataset" in event && event.dataset !== undefined ? { dataset: event.dataset } : {};
      const note: NewEvent = { ...data, ...about, ...dataset };
      if (event.type === "finished" && !ended.has(event.dataset)) {
        ended.add(event.dataset);
        firsts.add(note);
      }
      notes.push(note);
      schedule();
    },
    async close() {
      closed = true;
      clearTimeout(timer);
      await writing;
      return take();
    },
  };
}

/** What is kept of an event. Of findings, no rows: the audit has them, and lets go of them. */
function dataOf(event: RunEvent): Pick<NewEvent, "type" | "data"> | undefined {
  if (event.type === "warning") return { type: "run.warned", data: { message: event.message } };
  if (event.type !== "finished") return undefined;
  const { type: _, dataset: __, findings, ...rest } = event;
  const said = findings.map(({ name, severity, message }) => ({ name, severity, message }));
  return { type: "stage.finished", data: { ...rest, findings: said } };
}
