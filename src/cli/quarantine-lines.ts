import type { Quarantine } from "../run/quarantine.ts";
import type { ReplayAccount } from "../run/replay-account.ts";
import { clip, printable } from "./display-text.ts";
import { age, count, counted, names } from "./quantity.ts";
import type { Shell } from "./shell.ts";
import { renderTable } from "./table.ts";

/** A refused record as it may be shown. */
export interface RecordDocument {
  readonly file: string;
  readonly position: number;
  readonly outcome: string;
  readonly reasons: readonly string[];
  readonly raw: string | null;
  readonly hidden: readonly string[];
}

/** What is in quarantine, a line for each reason. */
export function quarantineLines(quarantines: readonly Quarantine[], shell: Shell): string[] {
  const now = shell.now();
  const columns = [
    { title: "dataset" },
    { title: "version", fixed: true },
    { title: "", fixed: true },
    { title: "reason" },
    { title: "outcome", fixed: true },
    { title: "records", align: "right" as const, fixed: true },
    { title: "files", align: "right" as const, fixed: true },
    { title: "first seen", fixed: true },
    { title: "last seen", fixed: true },
  ];
  const rows = quarantines.flatMap(({ dataset, version, standing, reasons }) =>
    reasons.map((one) => [
      dataset,
      version.slice(0, 8),
      standing,
      printable(one.reason),
      one.outcome,
      count(one.records),
      count(one.files),
      one.firstSeen === undefined ? "" : age(one.firstSeen, now),
      one.lastSeen === undefined ? "" : age(one.lastSeen, now),
    ]),
  );
  // A newer version that was refused knows of the same losses.
  const drops = quarantines.flatMap(({ dataset, drops: all }) =>
    all.map(
      ({ records, who, at, why }) =>
        `${dataset}: the loss of ${counted(records, "record")} was accepted by ${printable(who)}, ${age(at, now)}: ${printable(why)}`,
    ),
  );
  return [
    ...renderTable(columns, rows, { width: shell.out.width(), style: shell.out.style }),
    ...(drops.length === 0 ? [] : ["", ...new Set(drops)]),
  ];
}

/** A record may hold megabytes; `quarantine show --json` has all of it. */
const widestRecord = 1000;

/** A refused record as it may be shown. */
export const recordText = (raw: string | null, hidden: readonly string[]): string =>
  raw === null
    ? "hidden"
    : `${clip(printable(raw), widestRecord)}${hidden.length === 0 ? "" : ` without ${printable(names(hidden, 4))}`}`;

/** Refused records, a line each. */
export function recordLines(records: readonly RecordDocument[], shell: Shell): string[] {
  const columns = [
    { title: "file" },
    { title: "position", align: "right" as const, fixed: true },
    { title: "outcome", fixed: true },
    { title: "reasons" },
    { title: "record" },
  ];
  const rows = records.map(({ file, position, outcome, reasons, raw, hidden }) => [
    printable(file),
    count(position),
    outcome,
    printable(reasons.join("; ")),
    recordText(raw, hidden),
  ]);
  const isHidden = records.some(({ hidden }) => hidden.length > 0);
  return [
    ...renderTable(columns, rows, { width: shell.out.width(), style: shell.out.style }),
    ...(isHidden ? ["", shell.out.style.dim("hidden: it may be personal data, so it is not shown")] : []),
  ];
}

/** What became of refused records. */
export function replayLines({
  dataset,
  isRead,
  refused,
  accepted,
  still,
  gone,
  more,
}: ReplayAccount): string[] {
  if (!isRead)
    return [
      refused === 0
        ? `Nothing of ${dataset} was refused.`
        : `${counted(refused, "record")} of ${dataset} ${refused === 1 ? "is" : "are"} refused still: neither its contract nor a file has changed since they were read.`,
    ];
  const parts = [
    `${count(accepted)} accepted`,
    `${count(still)} refused still`,
    ...(gone === 0 ? [] : [`${count(gone)} gone with their files`]),
    ...(more === 0 ? [] : [`${count(more)} refused that were not before`]),
  ];
  return [`Of ${counted(refused, "record")} of ${dataset} that had been refused: ${parts.join(", ")}.`];
}
