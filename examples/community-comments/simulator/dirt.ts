/**
 * The dirt of real life, at documented rates (the table in the example's README.md is made from these).
 *
 * A *defect* breaks the source's contract: the record belongs in quarantine. Everything else is normal
 * life that a contract accepts and a model has to cope with. A comment has at most one fate.
 */
import type { Random } from "./random.ts";

/** Defects and how often they happen, as shares of all records. */
export const DEFECTS = {
  /** The text is there but empty. */
  blank: 0.003,
  /** "yesterday at noon" where a time belongs. */
  "unreadable date": 0.001,
  /** A clock that was never set. */
  "date in 1970": 0.001,
  /** A clock set wrong. */
  "date in the future": 0.001,
  /** No author, or no id where the author may be missing. */
  "missing field": 0.001,
  /** A CSV or NDJSON line that is not one. */
  "broken line": 0.0005,
} as const;

/** What happens to good comments, as shares of all comments. Which of it can happen differs by network. */
export const TURNS = {
  /** The same record lies in the next file, too. */
  duplicate: 0.005,
  /** The next file brings the comment again, edited. */
  "edited later": 0.005,
  /** The comment was edited before it was first delivered. */
  "edited before": 0.03,
  /** Its author or a moderator took it back. */
  deleted: 0.006,
  /** Nothing but blanks and line ends: the contract lets it pass, the staging model leaves it out. */
  whitespace: 0.001,
} as const;

export type Defect = keyof typeof DEFECTS;
export type Turn = keyof typeof TURNS;
export type Fate = Defect | Turn | "plain";

export const isDefect = (fate: Fate): fate is Defect => Object.hasOwn(DEFECTS, fate);

/**
 * Deals out fates. Defects keep at least half their average distance, so that chance can never push the
 * share of refused records of a small delivery over the limit that stops it.
 */
export class Fates {
  readonly #random: Random;
  readonly #defects: readonly Defect[];
  readonly #defectRate: number;
  readonly #turns: readonly Turn[];
  #untilDefect: number;

  /** Only the defects and turns named here happen. None at all: everything is plain. */
  constructor(random: Random, defects: readonly Defect[], turns: readonly Turn[]) {
    this.#random = random;
    this.#defects = defects;
    this.#turns = turns;
    this.#defectRate = defects.reduce((sum, defect) => sum + DEFECTS[defect], 0);
    this.#untilDefect = this.#distance();
  }

  next(): Fate {
    this.#untilDefect--;
    if (this.#untilDefect < 0) {
      this.#untilDefect = this.#distance();
      return weighted(this.#random.share() * this.#defectRate, this.#defects, DEFECTS) ?? "blank";
    }
    return weighted(this.#random.share(), this.#turns, TURNS) ?? "plain";
  }

  #distance(): number {
    return this.#defectRate === 0 ? Infinity : Math.floor((0.5 + this.#random.share()) / this.#defectRate);
  }
}

/** The name in whose stretch of the line of rates `position` falls, if in any. */
function weighted<N extends string>(
  position: number,
  names: readonly N[],
  rates: Readonly<Record<N, number>>,
): N | undefined {
  let reached = 0;
  for (const name of names) {
    reached += rates[name];
    if (position < reached) return name;
  }
  return undefined;
}
