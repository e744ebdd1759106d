import { numbersIn, overlaps, type Span, unite } from "../graph/intervals.ts";
import type { MadeFrom, StoredFile } from "../graph/stored-file.ts";

/** A file of an input by the id that parts know it by, and the intervals that it has rows in. */
export interface TimedFile {
  readonly id: string;
  readonly spans: readonly Span[];
}

/** What the parts of an interval model have to fit. */
export interface IntervalInputs {
  readonly context: string;
  readonly lookback: number;
  /** Number of the first interval. */
  readonly begin?: number;
  readonly files: readonly TimedFile[];
  /** The files that the current version was made from. */
  readonly earlier: ReadonlyMap<string, readonly Span[]>;
  /** Earlier files whose rows are in a present one now, with its id: all of them, but for those in `touched`. */
  readonly merged: ReadonlyMap<string, string>;
  /** Where rows of earlier files are in no present one. */
  readonly touched: readonly Span[];
}

export interface IntervalParts {
  /** Parts that are there. */
  readonly taken: readonly Part[];
  /** Parts of which some intervals have to be built again, or are gone; the others' rows stay. */
  readonly rewrites: readonly (IntervalsToBuild & {
    readonly part: Part;
    readonly gone: readonly number[];
  })[];
  /** Intervals in no part, as runs that no part lies between. */
  readonly fresh: readonly IntervalsToBuild[];
  /** How many intervals there are in all. */
  readonly intervals: number;
}

interface IntervalsToBuild {
  readonly span: Span;
  /** In order. */
  readonly intervals: readonly number[];
}

type Part = StoredFile & { readonly made: MadeFrom & { readonly span: Span } };

/**
 * Find which intervals have to be built. An interval sees the files that have rows in it, or in those that it looks
 * back at; a part is good as long as the files that its intervals see are those that it was made from.
 */
export function intervalParts(
  inputs: IntervalInputs,
  known: { readonly current: readonly StoredFile[]; readonly ledger: readonly StoredFile[] },
): IntervalParts {
  const wanted = wantedSpans(inputs);
  const taken: Part[] = [];
  const spans: Span[] = [];
  const accept = (part: Part): void => {
    taken.push(part);
    spans.push(part.made.span);
  };
  const current = partsOf(known.current, inputs).filter(({ made }) => overlaps(wanted, made.span));
  const now = new Map(current.map((part) => [part, expressed(part, inputs)]));
  const { touched, lookback } = inputs;
  const good = (part: Part, from: readonly string[]): boolean =>
    from.join() === filesSeen(inputs, part.made.span).join();
  const isTouched = ({ made: { span } }: Part): boolean => overlaps(touched, [span[0] - lookback, span[1]]);
  for (const part of current) {
    const from = now.get(part) ?? [];
    if (good(part, from) && !isTouched(part) && !overlaps(spans, part.made.span))
      accept({ ...part, made: { ...part.made, from } });
  }
  for (const part of partsOf(known.ledger, inputs)) {
    const { from, span } = part.made;
    if (overlaps(wanted, span) && good(part, from) && !overlaps(spans, span)) accept(part);
  }
  const rewrites: IntervalParts["rewrites"][number][] = [];
  for (const part of current) {
    const { span } = part.made;
    if (overlaps(spans, span)) continue;
    spans.push(span);
    rewrites.push({ part, span, ...changed(inputs, wanted, part, now.get(part) ?? []) });
  }
  const all = numbersIn(wanted);
  const covered = unite([spans]);
  const missing = all.filter((number) => !overlaps(covered, [number, number + 1]));
  return { taken, rewrites, fresh: runsOf(missing, covered), intervals: all.length };
}

/** The ids of the files that intervals see, sorted. */
export function filesSeen({ files, lookback }: IntervalInputs, [start, end]: Span): string[] {
  const window: Span = [start - lookback, end];
  return files.flatMap(({ id, spans }) => (overlaps(spans, window) ? [id] : [])).toSorted();
}

/** The intervals that there are. */
export function wantedSpans({ files, begin = Number.NEGATIVE_INFINITY }: IntervalInputs): Span[] {
  return unite(files.map(({ spans }) => spans)).flatMap(([start, end]): Span[] =>
    end <= begin ? [] : [[Math.max(start, begin), end]],
  );
}

const partsOf = (files: readonly StoredFile[], { context }: IntervalInputs): Part[] =>
  files.filter((file): file is Part => file.made?.context === context && file.made.span !== undefined);

/** What a part was made from, by the files of now. */
const expressed = ({ made }: Part, { merged }: IntervalInputs): string[] =>
  [...new Set(made.from.map((id) => merged.get(id) ?? id))].toSorted();

/** The intervals of a part that see a file that came or went. */
function changed(
  inputs: IntervalInputs,
  wanted: readonly Span[],
  { made }: Part,
  from: readonly string[],
): { readonly intervals: readonly number[]; readonly gone: readonly number[] } {
  const { files, earlier, lookback } = inputs;
  const now = new Map(files.map(({ id, spans }) => [id, spans]));
  const seen = filesSeen(inputs, made.span);
  const different = [...from.filter((id) => !seen.includes(id)), ...seen.filter((id) => !from.includes(id))];
  const spans = unite([
    inputs.touched,
    ...different.map((id) => now.get(id) ?? earlier.get(id) ?? [made.span]),
  ]);
  const touched = numbersIn([made.span]).filter((number) => overlaps(spans, [number - lookback, number + 1]));
  const isWanted = (number: number): boolean => overlaps(wanted, [number, number + 1]);
  return {
    intervals: touched.filter(isWanted),
    gone: touched.filter((number) => !isWanted(number)),
  };
}

function runsOf(numbers: readonly number[], covered: readonly Span[]): IntervalsToBuild[] {
  const runs: { intervals: number[] }[] = [];
  for (const number of numbers) {
    const last = runs.at(-1)?.intervals;
    const before = last?.at(-1);
    if (last !== undefined && before !== undefined && !overlaps(covered, [before, number])) last.push(number);
    else runs.push({ intervals: [number] });
  }
  return runs.map(({ intervals }) => ({ intervals, span: spanOf(intervals) }));
}

/** From the first of some intervals to the last. */
export const spanOf = (intervals: readonly number[]): Span => [
  intervals[0] ?? 0,
  (intervals.at(-1) ?? -1) + 1,
];
