/** What the dates and times of a dataset let suggest: since when there can be any, and that none lies in the future. */
import type { DatasetNode } from "../../graph/graph.ts";
import { heldOut, learnt, rowsOf, type SeenColumn } from "./evidence.ts";
import { counted, fewestRows, isAsked, type Suggestion, warning } from "./propose.ts";

/** How many there are, then the earliest and the latest, in seconds since 1970: learnt from, and held out. */
export function timesQuery(dataset: string, columns: readonly SeenColumn[]): string {
  const asked = columns.flatMap((_, at) => {
    const ends = [learnt(`c${at}`), heldOut(`c${at}`)].flatMap((one) => [`min(${one})`, `max(${one})`]);
    // What is infinite is no time, and no number either.
    return [`count(c${at})`, ...ends.map((end) => `case when isfinite(${end}) then epoch(${end}) end`)];
  });
  return `select ${asked.join(", ") || "1"} from ${rowsOf(dataset, columns)}`;
}

/** Times that programs and people write where they have none. */
const nothings: ReadonlySet<string> = new Set([
  "0001-01-01",
  "1899-12-30",
  "1900-01-01",
  "1970-01-01",
  "9999-12-31",
]);

const dayOf = (seconds: number): string => new Date(seconds * 1000).toISOString().slice(0, 10);

/** `now`: milliseconds since 1970. */
export function proposeTimes(
  node: DatasetNode,
  columns: readonly SeenColumn[],
  cells: readonly unknown[],
  now: number,
): readonly Suggestion[] {
  return columns.flatMap((column, at) => {
    const [values = 0, ...ends] = cells
      .slice(at * 5, at * 5 + 5)
      .map((cell) => (cell === null ? Number.NaN : Number(cell)));
    const isKnown = ends.every((end) => Math.abs(end) < 8.64e12);
    return values < fewestRows || !isKnown ? [] : proposeTime(node, column, values, ends, now);
  });
}

function proposeTime(
  node: DatasetNode,
  { name }: SeenColumn,
  values: number,
  [low = 0, high = 0, heldLow = 0, heldHigh = 0]: readonly number[],
  now: number,
): readonly Suggestion[] {
  const [first, last] = [Math.min(low, heldLow), Math.max(high, heldHigh)];
  const odd = [dayOf(first), dayOf(last)].find((day) => nothings.has(day));
  if (odd !== undefined)
    return [
      { about: "coded blanks", column: name, evidence: `there is a ${odd}, which may stand for nothing` },
    ];
  const declared = node.columns.find((column) => column.name === name)?.declared;
  const rows = counted(values, "row");
  const slack = (Math.max(low, Math.min(high, now / 1000)) - low) / 2;
  const since = earliest(low - slack, slack);
  const isSaid = declared?.min !== undefined || isAsked(node, ["value_range", "min"], name);
  const range: Suggestion = {
    about: "range",
    column: name,
    addition: warning({ check: "value_range", column: name, min: since }),
    evidence: `from ${dayOf(first)} on in ${rows}, with half as much again before`,
  };
  const future: Suggestion = {
    about: "future",
    column: name,
    addition: warning({ check: "future_dates", column: name }),
    evidence: `none of ${rows} lies in the future; the latest is ${dayOf(last)}`,
  };
  return [
    ...(isSaid || high <= low || since > dayOf(heldLow) ? [] : [range]),
    ...(last * 1000 > now || isAsked(node, ["future_dates"], name) ? [] : [future]),
  ];
}

/** The day, or the first of the month or year, that is not after a time; as coarse as the slack before it is. */
function earliest(seconds: number, slack: number): string {
  const day = dayOf(Math.max(seconds, -62_135_596_800));
  const days = slack / 86_400;
  return days >= 365 ? `${day.slice(0, 4)}-01-01` : days >= 30 ? `${day.slice(0, 7)}-01` : day;
}
