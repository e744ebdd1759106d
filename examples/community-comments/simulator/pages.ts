/** What most networks have in common: comments in order of time, cut into files of so many records. */
import { Drafter, type Draft, type Habits, type Order } from "./comment.ts";
import type { LandingFile } from "./landing-file.ts";

/** A file that takes the next records, and the text around them. */
export interface Page {
  readonly file: LandingFile;
  readonly head: string;
  readonly separator: string;
  readonly tail: string;
  /** How many records fit, if fewer than usual. */
  readonly room?: number;
}

/** How one network fills its files. */
export interface Paging extends Habits {
  /** Most records of one file; keeps JSON documents below 8 MB. */
  readonly most: number;
  /** Open the file of a page, counted from 1. */
  readonly open: (page: number, perPage: number) => Page;
  /** The record of a comment, as text. It may draft replies to go into the same record. */
  readonly render: (draft: Draft, drafter: Drafter) => string;
}

/**
 * Records on a full page: 100, as most APIs serve; more where that would make over about 50 files; fewer
 * where it would make less than four, since what differs from file to file should show at any size.
 */
export const recordsPerPage = (comments: number, most: number): number =>
  Math.max(Math.min(100, Math.ceil(comments / 4)), Math.min(most, Math.ceil(comments / 52)));

/** Write an order page by page. Duplicates and later editions go into the page after the one of their comment. */
export async function* writePages(order: Order, paging: Paging): AsyncGenerator<void> {
  const { tally } = order;
  const drafter = new Drafter(order, paging);
  const perPage = recordsPerPage((order.late?.after ?? 0) + order.comments, paging.most);
  let carried: string[] = [...(order.late?.again ?? [])];
  for (let number = 1; !drafter.done; number++) {
    const { file, head, separator, tail, room = perPage } = paging.open(number, perPage);
    let records = 0;
    const put = (record: string) => file.write((records++ === 0 ? head : separator) + record);
    for (const record of carried) put(record);
    carried = [];
    while (records < room && !drafter.done) {
      const draft = drafter.draft();
      const record = paging.render(draft, drafter);
      put(record);
      if (draft.fate === "duplicate") carried.push(record);
      if (draft.fate === "edited later") carried.push(paging.render(drafter.edition(draft), drafter));
    }
    if (drafter.done) for (const record of carried) put(record);
    file.write(records === 0 ? head + tail : tail);
    tally.bytes += await file.close();
    tally.files++;
    tally.records += records;
    yield;
  }
}
