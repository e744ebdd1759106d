import { clip, pad } from "./display-text.ts";
import { count, counted, duration } from "./quantity.ts";
import { finishedLine, type LineOptions } from "./run-lines.ts";
import type { DatasetProgress, RunProgress } from "./run-progress.ts";
import type { Style } from "./shell.ts";

export interface FrameOptions extends LineOptions {
  /** Lines that fit. */
  readonly height: number;
  /** Milliseconds of the same clock as the progress. */
  readonly now: number;
}

const barWidth = 24;

function bar(done: number, total: number, style: Style): string {
  const filled = total === 0 ? 0 : Math.floor((done / total) * barWidth);
  return style.green("━".repeat(filled)) + style.dim("─".repeat(barWidth - filled));
}

/** The most worth seeing first, where not all fit: what went wrong, what is at work, what just ended, what waits. */
function urgency({ state }: DatasetProgress): number {
  if (state === "failed" || state === "held") return 0;
  if (state === "waiting") return 3;
  return state === "built" || state === "reused" || state === "dropped" ? 2 : 1;
}

/** As many datasets as fit, in the order of the plan. */
function visible(datasets: readonly DatasetProgress[], room: number): readonly DatasetProgress[] {
  if (datasets.length <= room) return datasets;
  const chosen = datasets
    .map((dataset, index) => ({ dataset, index, rank: urgency(dataset) }))
    // Of what ended, the latest; of the rest, the first.
    .toSorted((a, b) => a.rank - b.rank || (a.rank === 2 ? b.index - a.index : a.index - b.index))
    .slice(0, Math.max(0, room));
  return chosen.toSorted((a, b) => a.index - b.index).map(({ dataset }) => dataset);
}

function workingLine(
  dataset: DatasetProgress,
  nameWidth: number,
  { style, width, now }: FrameOptions,
): string {
  const waits = dataset.state === "waiting";
  const rows = dataset.rows === undefined ? "" : counted(dataset.rows, "row");
  const time = dataset.startedAt === undefined ? "" : duration(now - dataset.startedAt);
  const name = pad(clip(dataset.dataset, nameWidth), nameWidth);
  const tail = `${pad(rows, 15, "right")}  ${pad(time, 9, "right")}`;
  const line = clip(`  ${name}  ${pad(dataset.state, 8)}  ${tail}`.trimEnd(), width);
  if (waits) return style.dim(line);
  const end = 4 + nameWidth + 8;
  return line.length < end
    ? line
    : `${line.slice(0, 4 + nameWidth)}${style.cyan(line.slice(4 + nameWidth, end))}${line.slice(end)}`;
}

/** The width of the column of names: all of them where they fit, and never most of a line. */
export function nameWidthOf(progress: RunProgress, width: number): number {
  let widest = 0;
  for (const dataset of progress.datasets.keys()) widest = Math.max(widest, dataset.length);
  return Math.max(8, Math.min(widest, Math.floor(width / 2)));
}

/** What a terminal shows of a run at one moment: a line per dataset, as many as fit, and the overall progress. */
export function runFrame(progress: RunProgress, options: FrameOptions): string[] {
  const { style, width, height, now } = options;
  const datasets = [...progress.datasets.values()];
  if (datasets.length === 0) return [style.dim(clip(`Planning ${progress.environment}…`, width))];
  const done = datasets.filter((dataset) => dataset.end).length;
  const nameWidth = nameWidthOf(progress, width);
  const shown = visible(datasets, Math.max(1, height - 4));
  const hidden = datasets.length - shown.length;
  const status = progress.stopping
    ? "stopping cleanly; Ctrl-C again stops at once"
    : `${done} of ${datasets.length} · ${duration(now - progress.startedAt)}`;
  return [
    ...shown.map((dataset) =>
      dataset.end ? finishedLine(dataset.end, nameWidth, options) : workingLine(dataset, nameWidth, options),
    ),
    ...(hidden > 0 ? [style.dim(clip(`  … ${count(hidden)} more`, width))] : []),
    width > barWidth + status.length + 5
      ? `  ${bar(done, datasets.length, style)}  ${status}`
      : clip(`  ${status}`, width),
  ];
}
