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
    };
  }, noRecords);
}

/** Records that were not accepted, and whose loss nobody accepted. */
export const refusedRecords = ({ quarantined, rejected, dropped = 0 }: RecordCounts): number =>
  quarantined + rejected - dropped;
