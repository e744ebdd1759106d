import { judgeRelease, type MeasuredPoint, readMonitors, type MonitoredDataset } from "./judge-release.ts";
import { alarmChance } from "./judge-series.ts";

/** What the monitors of a dataset would have said of its own history, each release judged by those before it alone. */
export interface Backtest {
  readonly dataset: string;
  readonly releases: number;
  /** Values that were judged, of all monitors. */
  readonly judged: number;
  /** Alarms of releases that nobody called really wrong. */
  readonly falseAlarms: number;
  /** Alarms of releases that somebody called really wrong, and how many such releases there are. */
  readonly found: number;
  readonly wrong: number;
  /** Monitors that raised a false alarm, most first, with how many values each judged. */
  readonly monitors: readonly {
    readonly name: string;
    readonly judged: number;
    readonly falseAlarms: number;
    /** Values that would have raised one if every monitor were judged alone. */
    readonly alone: number;
  }[];
}

/** Replay a history, oldest first, leaving out what came later at every step. */
export function backtest({
  dataset,
  settings,
  metrics = [],
  history,
}: Omit<MonitoredDataset, "next">): Backtest {
  const counts = new Map<string, { judged: number; falseAlarms: number; alone: number }>();
  const countOf = (name: string) => {
    const known = counts.get(name) ?? { judged: 0, falseAlarms: 0, alone: 0 };
    counts.set(name, known);
    return known;
  };
  let [falseAlarms, judged, found] = [0, 0, 0];
  for (const [at, { feedback, ...point }] of history.entries()) {
    // What people said of a release was said later; what they said of those before it was known by then.
    const step = { dataset, settings, metrics, history: history.slice(0, at), next: point };
    const isWrong = feedback === "real";
    for (const { name, judgement } of readMonitors(step)) {
      if (judgement === undefined || isWrong) continue;
      const count = countOf(name);
      count.judged += 1;
      judged += 1;
      if (judgement.chance < alarmChance) count.alone += 1;
    }
    const findings = judgeRelease([step]).get(dataset) ?? [];
    if (isWrong) found += findings.length > 0 ? 1 : 0;
    else {
      falseAlarms += findings.length;
      for (const { name } of findings) countOf(name.replace(/^monitor /, "")).falseAlarms += 1;
    }
  }
  const monitors = [...counts]
    .map(([name, count]) => ({ name, ...count }))
    .toSorted((a, b) => b.falseAlarms - a.falseAlarms || b.alone - a.alone || (a.name < b.name ? -1 : 1));
  const wrong = history.filter(({ feedback }: MeasuredPoint) => feedback === "real").length;
  return { dataset, releases: history.length, judged, falseAlarms, found, wrong, monitors };
}
