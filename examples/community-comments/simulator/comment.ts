/** Comments before they take the shape of a network, and the count of what became of them. */
import { momentAt, weekOf } from "./calendar.ts";
import { type Defect, type Fate, Fates, isDefect, type Turn } from "./dirt.ts";
import { crowd, speaker } from "./people.ts";
import { Random } from "./random.ts";
import { type Alphabet, TextWriter } from "./text.ts";

/** What was written for one source in one delivery. */
export interface Tally {
  files: number;
  bytes: number;
  /** Everything a source should count as received: comments, their copies and later editions, deletion events. */
  records: number;
  /** Different comments. YouTube's replies are comments without a record of their own. */
  comments: number;
  /** Records that break the contract. */
  refused: number;
  /** Comments that should end up in `community.comments`. */
  kept: number;
  /** How often each kind of dirt was dealt out. */
  dirt: Partial<Record<Fate, number>>;
}

export const emptyTally = (): Tally => ({
  files: 0,
  bytes: 0,
  records: 0,
  comments: 0,
  refused: 0,
  kept: 0,
  dirt: {},
});

/** What one network is asked to write. */
export interface Order {
  /** The landing folder. */
  readonly folder: string;
  readonly seed: number;
  /** How many comments, replies included. */
  readonly comments: number;
  /** The part of the year's comments to write, as shares from 0 to 1. */
  readonly from: number;
  readonly to: number;
  readonly tally: Tally;
  /** Set for a late delivery: how many comments came before, and older records to deliver again, edited. */
  readonly late?: { readonly after: number; readonly again: readonly string[] };
}

/** Writes an order, yielding after each file so that whoever asked can breathe. */
export type Writer = (order: Order) => AsyncGenerator<void>;

/** A comment, by whom and when (milliseconds since 1970), and what is to become of it. */
export interface Draft {
  /** Counted from 0 in its source; ids are made from it. */
  readonly number: number;
  readonly moment: number;
  readonly author: number;
  readonly text: string;
  readonly fate: Fate;
  /** Milliseconds since 1970. */
  readonly editedAt: number | undefined;
  /** Likes, votes, stars. */
  readonly score: number;
}

/** Which dirt a network can show, and in which alphabet its people write. */
export interface Habits {
  readonly source: string;
  readonly alphabet: Alphabet;
  readonly defects: readonly Defect[];
  readonly turns: readonly Turn[];
}

/** Drafts the comments of one order, one after the other. */
export class Drafter {
  readonly random: Random;
  readonly people: number;
  /** Comments drafted so far. */
  drafted = 0;
  readonly #order: Order;
  readonly #fates: Fates;
  readonly #writer: TextWriter;

  constructor(order: Order, habits: Habits) {
    this.random = new Random(order.seed, order.late ? `${habits.source}/late` : habits.source);
    this.people = crowd(order.comments);
    this.#order = order;
    // What comes late comes clean: a late delivery shows re-opened days, not refused records.
    this.#fates = new Fates(this.random, order.late ? [] : habits.defects, order.late ? [] : habits.turns);
    this.#writer = new TextWriter(habits.alphabet);
  }

  /** True once the whole order is drafted. */
  get done(): boolean {
    return this.drafted >= this.#order.comments;
  }

  /** The next comment; made at `moment`, or else where it falls in the order's part of the year. */
  draft(moment?: number): Draft {
    const { from, to, comments } = this.#order;
    const share = Math.min((this.drafted + this.random.share()) / comments, 1 - 1e-9);
    return this.#make(moment ?? momentAt(from + (to - from) * share), this.#fates.next());
  }

  /** An answer to a comment some minutes later; always plain. */
  reply(to: Draft): Draft {
    return this.#make(to.moment + 60_000 * (1 + this.random.below(600)), "plain");
  }

  #make(moment: number, fate: Fate): Draft {
    const { tally, late } = this.#order;
    const { random } = this;
    tally.comments++;
    if (fate !== "plain") tally.dirt[fate] = (tally.dirt[fate] ?? 0) + 1;
    if (isDefect(fate)) tally.refused++;
    else if (fate !== "deleted" && fate !== "whitespace") tally.kept++;
    const score = random.share();
    const written = this.#writer.write(random, weekOf(moment));
    return {
      number: (late?.after ?? 0) + this.drafted++,
      moment,
      author: speaker(random, this.people),
      text: fate === "blank" ? "" : fate === "whitespace" ? " \n  \n" : written,
      fate,
      editedAt: fate === "edited before" ? this.#editMoment(moment) : undefined,
      score: Math.floor(score ** 9 * 500),
    };
  }

  /** The same comment after its author thought again. */
  edition(draft: Draft): Draft {
    return {
      ...draft,
      fate: "plain",
      text: `${draft.text} Edit: solved.`,
      editedAt: this.#editMoment(draft.moment),
    };
  }

  #editMoment(moment: number): number {
    return moment + 1000 * (30 + this.random.below(172_800));
  }
}
