import type { Grain } from "../define/materialization.ts";
import { fileIds } from "../graph/file-ids.ts";
import type { DatasetId, ModelNode } from "../graph/graph.ts";
import { intervalAt, intervalText, numbersIn, type Span, unite } from "../graph/intervals.ts";
import type { Materialized } from "../graph/materialized.ts";
import { readFiles, type StoredFile } from "../graph/stored-file.ts";
import type { Version } from "../graph/version.ts";
import { appendParts } from "./append-parts.ts";
import { partContext, placeOf } from "./build-key.ts";
import { intervalParts, type TimedFile } from "./interval-parts.ts";
import type { PartsForecast, Stage } from "./plan.ts";

/** What is known of a model's inputs before a run. */
export interface PartsMoment {
  readonly stage: Stage;
  readonly current: Version | undefined;
  /** The versions of the inputs that stay as they are; those that move are missing. */
  readonly inputs: ReadonlyMap<DatasetId, Version>;
  readonly engineVersion: string;
}

type Append = Extract<Materialized, { readonly kind: "append" }>;
type Upsert = Extract<Materialized, { readonly kind: "upsert" }>;
type Interval = Extract<Materialized, { readonly kind: "interval" }>;

/** How much of a model that is built in parts a run would build; undefined for others. */
export function forecastParts(node: ModelNode, at: PartsMoment): PartsForecast | undefined {
  const { materialized } = node;
  const forecast =
    materialized?.kind === "append"
      ? forecastAppend(node, materialized, at)
      : materialized?.kind === "interval"
        ? forecastIntervals(node, materialized, at)
        : materialized?.kind === "upsert"
          ? forecastUpsert(node, materialized, at)
          : undefined;
  const { current } = at;
  if (forecast?.build === undefined || forecast.of === undefined || current === undefined) return forecast;
  return { ...forecast, rows: Math.round((current.rows * forecast.build) / Math.max(1, forecast.of)) };
}

/** Whether everything is built anew, because of the definition or an input that is read whole. */
function isAnew(node: ModelNode, byParts: readonly DatasetId[], { stage, inputs }: PartsMoment): boolean {
  const { reason } = stage;
  return (
    reason.because === "definition" || node.inputs.some((id) => !byParts.includes(id) && !inputs.has(id))
  );
}

function forecastAppend(node: ModelNode, { over }: Append, at: PartsMoment): PartsForecast {
  const { current, inputs, engineVersion } = at;
  const version = inputs.get(over);
  if (version !== undefined && inputs.size === node.inputs.length) {
    const context = partContext(node, new Set([over]), inputs, engineVersion, current);
    const files = version.query === undefined ? filled(version.files) : [];
    const { builds } = appendParts(files, current?.files ?? [], context);
    const build = builds.reduce((sum, part) => sum + part.files.length, 0);
    return { unit: "file", build, of: files.length, exact: true };
  }
  const before = new Set(current?.files.flatMap(({ made }) => made?.from ?? [])).size;
  if (current !== undefined && isAnew(node, [over], at))
    return { unit: "file", build: before, of: before, exact: version !== undefined };
  return { unit: "file", exact: false, after: [over] };
}

/** Which files changed since what is kept was made is known to the run alone. */
function forecastUpsert(node: ModelNode, { over }: Upsert, at: PartsMoment): PartsForecast | undefined {
  const version = at.inputs.get(over);
  if (at.current === undefined || isAnew(node, [over], at)) {
    if (version === undefined || version.query !== undefined) return undefined;
    const of = filled(version.files).length;
    return { unit: "file", build: of, of, exact: true };
  }
  return { unit: "file", exact: false, ...(version === undefined ? { after: [over] } : {}) };
}

const filled = (files: readonly StoredFile[]): readonly StoredFile[] =>
  readFiles(files).filter(({ rows }) => rows > 0);

function forecastIntervals(node: ModelNode, kept: Interval, at: PartsMoment): PartsForecast {
  const { current, inputs, engineVersion } = at;
  const { grain, lookback, begin } = kept;
  const timed = Object.keys(kept.times);
  const moving = timed.filter((id) => !inputs.has(id));
  if (inputs.size === node.inputs.length) {
    const found = timesOf(node, kept, at);
    if (found === undefined) return { unit: grain, exact: false };
    const parts = intervalParts(
      {
        context: partContext(node, new Set(timed), inputs, engineVersion, current),
        lookback,
        ...(begin === undefined ? {} : { begin: intervalAt(grain, Date.parse(begin)) }),
        files: found.files,
        earlier: new Map(),
        merged: new Map(),
        touched: [],
      },
      { current: current?.files ?? [], ledger: [] },
    );
    const build = [...parts.rewrites, ...parts.fresh].flatMap(({ intervals }) => intervals);
    return { unit: grain, ...range(grain, build), of: parts.intervals, exact: found.exact };
  }
  const before = numbersIn(unite(Object.values(current?.times?.files ?? {})));
  if (before.length > 0 && isAnew(node, timed, at))
    return { unit: grain, ...range(grain, before), of: before.length, exact: moving.length === 0 };
  return { unit: grain, exact: false, after: moving };
}

function range(grain: Grain, intervals: readonly number[]): Pick<PartsForecast, "build" | "first" | "last"> {
  const sorted = intervals.toSorted((a, b) => a - b);
  const [first] = sorted;
  const last = sorted.at(-1);
  if (first === undefined || last === undefined) return { build: 0 };
  return { build: sorted.length, first: intervalText(grain, first), last: intervalText(grain, last) };
}

/** In which intervals files have rows: as the version before knows, else at most from their earliest time to the latest. */
function timesOf(
  node: ModelNode,
  { grain, times }: Interval,
  { current, inputs }: PartsMoment,
): { readonly files: readonly TimedFile[]; readonly exact: boolean } | undefined {
  const known = current?.times?.files ?? {};
  const files: TimedFile[] = [];
  let exact = true;
  for (const [dataset, time] of Object.entries(times)) {
    const stored = filled(inputs.get(dataset)?.files ?? []);
    for (const [index, id] of fileIds(stored, placeOf(node, dataset)).entries()) {
      const spans = known[id] ?? limitsOf(stored[index], time, grain);
      if (spans === undefined) return undefined;
      exact &&= known[id] !== undefined;
      files.push({ id, spans });
    }
  }
  return { files, exact };
}

function limitsOf(file: StoredFile | undefined, time: string, grain: Grain): readonly Span[] | undefined {
  const limits = file?.columns.find(({ name }) => name === time);
  const [first, last] = [limits?.min, limits?.max].map((text) => Date.parse(utc(text ?? "")));
  if (first === undefined || last === undefined || Number.isNaN(first) || Number.isNaN(last))
    return undefined;
  return [[intervalAt(grain, first), intervalAt(grain, last) + 1]];
}

/** A time as the engine writes it, as JavaScript reads it; text without an offset is UTC. */
const utc = (text: string): string =>
  /^\d{4}-\d\d-\d\d$/.test(text)
    ? text
    : `${text.replace(" ", "T").replace(/[+-]00(?::?00)?$/, "")}${text.endsWith("Z") ? "" : "Z"}`;
