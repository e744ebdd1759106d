import type { MonitorSetting, MonitorSettings } from "../../define/monitors.ts";
import type { DatasetNode, GraphCheck } from "../../graph/graph.ts";
import type { CheckResult } from "../verdict.ts";
import { type AccuracyMeasure, accuracyKinds } from "./accuracy.ts";
import { discoveries } from "./false-discovery.ts";
import {
  alarmChance,
  type Feedback,
  judgeNext,
  type Judgement,
  learning,
  type SeriesKind,
  type SeriesPoint,
} from "./judge-series.ts";
import { type ColumnMeasure, columnMeasures, kindOf, type Measures } from "./measures.ts";

/** What one earlier release measured, and what people said of it. */
export interface MeasuredPoint {
  /** When it was published (ISO 8601). */
  readonly at: string;
  readonly release: number;
  readonly measures: Measures;
  /** Hash of the definition that made it: another definition may well make other data. */
  readonly definition: string;
  readonly feedback?: Feedback | undefined;
  /** The names of monitors that raised an alarm. */
  readonly alarms: readonly string[];
}

type MetricCheck = Extract<GraphCheck, { readonly check: "metric_anomaly" }>;

/** The checks of a dataset that are judged by what was published before. */
export const metricChecks = ({ checks }: Pick<DatasetNode, "checks">): readonly MetricCheck[] =>
  checks.filter((check) => check.check === "metric_anomaly");

/** What a series is of: something of a dataset, its columns or an ML model, or what a check measures. */
export type Measured = ColumnMeasure | AccuracyMeasure | "volume" | "metric";

/** A dataset that a release would move, with what it was in earlier releases, oldest first. */
export interface MonitoredDataset {
  readonly dataset: string;
  readonly settings?: MonitorSettings | undefined;
  /** Its checks of kind `metric_anomaly`, each a series of its own. */
  readonly metrics?: readonly MetricCheck[];
  readonly history: readonly MeasuredPoint[];
  readonly next: Omit<MeasuredPoint, "release" | "alarms">;
}

/** One monitor with what it says of the newest value. */
export interface MonitorReading {
  /** Such as `volume`, or `nulls of author`. */
  readonly name: string;
  readonly measure: Measured;
  readonly column?: string;
  /** The consumer, of the accuracy of an ML model. */
  readonly model?: string;
  readonly value: number;
  readonly severity: "warn" | "stop";
  /** Absent while there is too little to judge by. */
  readonly judgement?: Judgement;
}

/** Of what is believed to be wrong in one release, at most this share is expected not to be. */
const falseDiscoveries = 0.02;
/** Changes below these say nothing, however unlikely they are: of shares as they are, of the stability index as well. */
const leastChange: Readonly<Partial<Record<Measured, number>>> = {
  nulls: 0.001,
  top: 0.005,
  drift: 0.1,
};

/** One series that a monitor follows. */
interface Followed {
  readonly name: string;
  readonly measure: Measured;
  readonly column?: string;
  readonly model?: string;
  readonly kind: SeriesKind;
  readonly setting: MonitorSetting;
}

/** Everything that is followed of a dataset. */
function followed({ settings, metrics = [], next }: MonitoredDataset): readonly Followed[] {
  const { columns, models = {} } = next.measures;
  const warn = typeof settings === "string" ? settings : "warn";
  return [
    { name: "volume", measure: "volume", kind: kindOf.volume, setting: settingOf(settings, "volume") },
    ...Object.entries(columns).flatMap(([column, measures]) =>
      (Object.keys(measures) as ColumnMeasure[]).map((measure) => ({
        name: `${measure} of ${column}`,
        measure,
        column,
        kind: kindOf[measure],
        setting: settingOf(settings, measure, column),
      })),
    ),
    ...Object.entries(models).flatMap(([model, measures]) =>
      (Object.keys(measures) as AccuracyMeasure[]).map((measure) => ({
        name: `${measure} of ${model}`,
        measure,
        model,
        kind: accuracyKinds[measure],
        setting: warn,
      })),
    ),
    ...metrics.map(({ name, severity, kind = "amount" }) => ({
      name,
      measure: "metric" as const,
      column: name,
      kind,
      setting: severity,
    })),
  ];
}

/** What every monitor of a dataset says of its newest values. */
export function readMonitors(dataset: MonitoredDataset): readonly MonitorReading[] {
  const { history, next } = dataset;
  const moved = changedAt(history);
  const earlier = history.map((point) => ({
    measures: point.measures,
    at: Date.parse(point.at),
    feedback: moved.has(point) ? ("expected" as const) : point.feedback,
  }));
  const now = Date.parse(next.at);
  return followed(dataset).flatMap((series): MonitorReading[] => {
    const { name, measure, column, model, kind, setting } = series;
    const value = valueIn(next.measures, series);
    if (setting === "off" || value === undefined) return [];
    const past: SeriesPoint[] = [];
    for (const { measures, at, feedback } of earlier) {
      const known = valueIn(measures, series);
      if (known !== undefined) past.push(pointOf(measures, known, at, series, feedback));
    }
    const judgement = judgeNext(kind, past, pointOf(next.measures, value, now, series, undefined));
    const isLearning = judgement === undefined || judgement.learntFrom < learning;
    return [
      {
        name,
        measure,
        ...(column === undefined || measure === "metric" ? {} : { column }),
        ...(model === undefined ? {} : { model }),
        value,
        severity: setting === "stop" && !isLearning ? "stop" : "warn",
        ...(judgement === undefined ? {} : { judgement }),
      },
    ];
  });
}

/** The points that another definition made than the one before. */
function changedAt(history: readonly MeasuredPoint[]): ReadonlySet<MeasuredPoint> {
  return new Set(
    history.filter(({ definition }, index) => index > 0 && history[index - 1]?.definition !== definition),
  );
}

/** What a series has of a release. A number that is none was kept as null. */
function valueIn(measures: Measures, series: Followed): number | undefined {
  const value = rawValueIn(measures, series);
  return Number.isFinite(value) ? value : undefined;
}

function rawValueIn(measures: Measures, { measure, column, model }: Followed): number | undefined {
  if (model !== undefined) return measures.models?.[model]?.[measure as AccuracyMeasure];
  if (column === undefined) return measures.rows;
  return measure === "metric"
    ? measures.metrics?.[column]
    : measures.columns[column]?.[measure as ColumnMeasure];
}

/** Of what a share is a share: of all rows, or of those that were looked at. */
function pointOf(
  { rows, sampled }: Measures,
  value: number,
  at: number,
  { measure, kind }: Followed,
  feedback: Feedback | undefined,
): SeriesPoint {
  const isOfSample =
    columnMeasures.includes(measure as ColumnMeasure) && measure !== "nulls" && measure !== "blanks";
  return { value, at, of: kind === "share" ? (isOfSample ? sampled : rows) : 1, feedback };
}

/** The setting of one monitor: that of its column goes before that of its dataset. */
export function settingOf(
  settings: MonitorSettings | undefined,
  measure: ColumnMeasure | "volume",
  column?: string,
): MonitorSetting {
  if (settings === undefined) return "warn";
  if (typeof settings === "string") return settings;
  const own = column === undefined ? undefined : settings.columns?.[column];
  if (typeof own === "string") return own;
  const name = measure === "values" ? "distinct" : measure;
  return (name === "volume" ? undefined : own?.[name]) ?? settings[name] ?? "warn";
}

/**
 * Judge all monitors of one release together, so that a release of many monitors raises no more false alarms than one of
 * few. Returns what each dataset's monitors found. What people called expected, or another definition made, is not judged.
 */
export function judgeRelease(
  datasets: readonly MonitoredDataset[],
): ReadonlyMap<string, readonly CheckResult[]> {
  const judged = datasets
    .filter(
      ({ next, history }) => next.feedback !== "expected" && next.definition === history.at(-1)?.definition,
    )
    .flatMap((dataset) => readMonitors(dataset).map((reading) => ({ dataset, reading })));
  const chances = judged.flatMap(({ reading: { judgement } }) =>
    judgement === undefined ? [] : [judgement.chance, judgement.drift?.chance ?? 1],
  );
  const believed = discoveries(chances, falseDiscoveries);
  const limit = Math.max(-1, ...chances.filter((chance, index) => believed[index] && chance < alarmChance));
  const findings = judged.flatMap(({ dataset, reading }) => {
    const finding = findingOf(dataset, reading, limit);
    return finding === undefined ? [] : [{ dataset: dataset.dataset, finding }];
  });
  const byDataset = Map.groupBy(findings, ({ dataset }) => dataset);
  return new Map([...byDataset].map(([id, found]) => [id, found.map(({ finding }) => finding)]));
}

function findingOf(
  { history }: MonitoredDataset,
  { name, measure, value, severity, judgement }: MonitorReading,
  limit: number,
): CheckResult | undefined {
  if (judgement === undefined) return undefined;
  const { chance, drift, learntFrom } = judgement;
  const isDrifting = drift !== undefined && drift.chance <= limit;
  if (chance > limit && !isDrifting) return undefined;
  // Asked for only now: to find the limits takes longer than to judge.
  const { low, high } = judgement;
  const isOff = chance <= limit && (value < low || value > high);
  if (!isOff && !isDrifting) return undefined;
  const least = leastChange[measure];
  if (least !== undefined && isOff && value < high + least && value > low - least) return undefined;
  // A sample that looks more like the one before than expected is no drift.
  if (measure === "drift" && value < (least ?? 0)) return undefined;
  const said = measure === "metric" ? name : `monitor ${name}`;
  const since = sinceWhen(history, said);
  const show = (number: number): string => shown(measure, number);
  const expected = `expected ${show(low)} to ${show(high)}`;
  const what = isOff
    ? `${show(value)}, ${expected}`
    : `has drifted ${drift?.direction} over the last ${drift?.points} releases, to ${show(value)}`;
  const learnt =
    learntFrom < learning ? `still learning: ${learntFrom} releases` : `learnt from ${learntFrom} releases`;
  return {
    name: said,
    check: measure === "metric" ? "metric_anomaly" : "monitor",
    severity: isOff ? severity : "warn",
    passed: false,
    value,
    message: `${what} (${learnt}${since === undefined ? "" : `; since release ${since}`})`,
    sample: [],
    expected: { low, high },
    ...(since === undefined ? {} : { since }),
  };
}

/** The first of the newest releases that all raised this alarm. */
function sinceWhen(history: readonly MeasuredPoint[], name: string): number | undefined {
  let since: number | undefined;
  for (const { alarms, release } of history.toReversed()) {
    if (!alarms.includes(name)) break;
    since = release;
  }
  return since;
}

/** A value of a measure in words. */
export function shown(measure: Measured, value: number): string {
  if (measure === "values") return `${Math.round(value)} ${Math.round(value) === 1 ? "value" : "values"}`;
  if (measure === "volume") return `${Math.round(value)} ${Math.round(value) === 1 ? "row" : "rows"}`;
  if (measure === "nulls" || measure === "blanks" || measure === "distinct" || measure === "top")
    return `${digits(value * 100)} %`;
  if (measure === "age") return `${digits(value / 3_600_000)} h`;
  return digits(value);
}

const digits = (value: number): string => String(Number(value.toPrecision(4)));
