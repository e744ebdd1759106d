import type { RecordCounts } from "./delivery.ts";

/** No record at all. */
export const noRecords: RecordCounts = { received: 0, accepted: 0, quarantined: 0, rejected: 0 };

/** The counts of several files together. */
export function sumCounts(counts: readonly RecordCounts[]): RecordCounts {
  return counts.reduce((a, b) => {
    const dropped = (a.dropped ?? 0) + (b.dropped ?? 0);
    return {
      received: a.received + b.received,
      accepted: a.accepted + b.accepted,
      quarantined: a.quarantined + b.quarantined,
      rejected: a.rejected + b.rejected,
      ...(dropped === 0 ? {} : { dropped }),
      ...(a.blanks === undefined && b.blanks === undefined ? {} : { blanks: sumBlanks(a.blanks, b.blanks) }),
    };
  }, noRecords);
}

function sumBlanks(a: RecordCounts["blanks"] = {}, b: RecordCounts["blanks"] = {}): Record<string, number> {
  const columns = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  const of = (blanks: Readonly<Record<string, number>>, column: string): number =>
    Object.hasOwn(blanks, column) ? (blanks[column] ?? 0) : 0;
  return Object.fromEntries(columns.map((column) => [column, of(a, column) + of(b, column)]));
}

/** Records that were not accepted, and whose loss nobody accepted. */
export const refusedRecords = ({ quarantined, rejected, dropped = 0 }: RecordCounts): number =>
  quarantined + rejected - dropped;
