import type { RunEvent } from "../run/events.ts";
import { displayWidth } from "./display-text.ts";
import { finishedLine, resumedLine, warningLine } from "./run-lines.ts";
import { nameWidthOf, runFrame } from "./run-frame.ts";
import { advance, noProgress } from "./run-progress.ts";
import { type Output, uncoloured } from "./shell.ts";

/** Shows a run while it happens. */
export interface RunDisplay {
  onEvent(event: RunEvent): void;
  /** Something worth a line of its own, such as the answer to Ctrl-C. */
  say(line: string, stopping: boolean): void;
  /** Take the live view away, leaving the list as it stands. */
  end(): Promise<void>;
  /** The process ends at once: leave the terminal as it was found. */
  abandon(): void;
}

/** Milliseconds between two pictures: at most ten a second. */
const frameInterval = 100;

const hideCursor = "\u001b[?25l";
const showCursor = "\u001b[?25h";
const eraseLine = "\u001b[K";
const eraseBelow = "\u001b[J";
const up = (lines: number) => (lines === 0 ? "\r" : `\r\u001b[${lines}A`);

/** A reader that went away must not end a run: it is published all the same. */
const unheard = () => undefined;

/** One line per thing that happened, for logs and pipes. */
export function plainDisplay(out: Output, environment: string): RunDisplay {
  let progress = noProgress(environment, 0);
  let last: Promise<void> = Promise.resolve();
  const told = new Map<string, string>();
  const write = (line: string) => {
    last = out.write(`${line}\n`).catch(unheard);
  };
  return {
    onEvent: (event) => {
      progress = advance(progress, event, 0);
      const options = { style: out.style, width: Infinity };
      if (event.type === "resumed") write(resumedLine(event));
      if (event.type === "planned" && event.plan.stages.length > 0) {
        const from = event.plan.base === 0 ? "the first" : `from release ${event.plan.base}`;
        write(
          `Run in ${environment}, ${from}: ${event.plan.stages.length} of ${event.plan.stages.length + event.plan.unchanged.length} datasets to look at`,
        );
      }
      if (event.type === "finished" && told.get(event.dataset) !== `${event.outcome} ${event.reason}`) {
        // What is told again because more was found about it looks the same here: findings come at the end.
        told.set(event.dataset, `${event.outcome} ${event.reason}`);
        write(finishedLine(event, nameWidthOf(progress, 120), options));
      }
      if (event.type === "warning") write(warningLine(event, out.style));
    },
    say: (line) => write(line),
    end: () => last,
    abandon: unheard,
  };
}

/** The list of datasets redrawn in place. Writes only when something can have changed, at most ten times a second. */
export function liveDisplay(out: Output, environment: string, clock: () => number): RunDisplay {
  let progress = noProgress(environment, clock());
  /** How wide each line of the last picture is: a terminal made narrower since shows it as more lines. */
  let drawn: readonly number[] = [];
  let notes: string[] = [];
  let pending: Promise<void> = Promise.resolve();
  const picture = (height: number) =>
    // One column stays free: a full line would wrap on some terminals.
    runFrame(progress, { style: out.style, width: out.width() - 1, height, now: clock() });
  const draw = (lines: readonly string[]) => {
    const text = [...notes, ...lines].map((line) => `${line}${eraseLine}\n`).join("");
    const above = drawn.reduce((rows, width) => rows + Math.max(1, Math.ceil(width / out.width())), 0);
    pending = out.write(`${hideCursor}${up(above)}${text}${eraseBelow}`).catch(unheard);
    notes = [];
    drawn = lines.map((line) => displayWidth(uncoloured(line)));
  };
  const timer = setInterval(() => draw(picture(out.height())), frameInterval);
  timer.unref();
  return {
    onEvent: (event) => {
      progress = advance(progress, event, clock());
      if (event.type === "resumed") notes.push(resumedLine(event));
      if (event.type === "warning") notes.push(warningLine(event, out.style));
    },
    say: (line, stopping) => {
      progress = { ...progress, stopping };
      notes.push(line);
      draw(picture(out.height()));
    },
    end: async () => {
      clearInterval(timer);
      // The last picture stays, so it shows every dataset, but no longer the overall progress.
      draw(progress.datasets.size === 0 ? [] : picture(Infinity).slice(0, -1));
      await pending;
      await out.write(showCursor).catch(unheard);
    },
    abandon: () => {
      clearInterval(timer);
      out.write(showCursor).catch(unheard);
    },
  };
}
