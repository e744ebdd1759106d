/** Writes the text of comments: few phrases said very often, a long tail said once. */
import * as phrases from "./phrases.ts";
import { type Random, Skewed } from "./random.ts";

/** Share of comments that are a stock phrase, and of those that are this week's. */
const STOCK_SHARE = 0.36;
const WEEKLY_SHARE = 0.08;
/** Share of comments with somebody's address, number or account in them. */
const PERSONAL_SHARE = 0.004;
/** Share of longer comments that run over several lines. */
const MULTILINE_SHARE = 0.05;

export type Alphabet = "unicode" | "latin-1";

/** A writer of comments in one alphabet. `latin-1` leaves out emoji and everything else it cannot encode. */
export class TextWriter {
  readonly #emoji: boolean;
  readonly #stock = new Skewed(phrases.STOCK, 1.1);
  readonly #subjects = new Skewed(phrases.SUBJECTS, 0.8);
  readonly #events = new Skewed(phrases.EVENTS, 0.6);
  readonly #circumstances = new Skewed(phrases.CIRCUMSTANCES, 0.8);
  readonly #pictures = new Skewed(phrases.EMOJI, 1);

  constructor(alphabet: Alphabet) {
    this.#emoji = alphabet === "unicode";
  }

  /** The text of one comment made in a week of the year (counted from 0), 2 to about 400 characters. */
  write(random: Random, week: number): string {
    const kind = random.share();
    let text: string;
    if (kind < STOCK_SHARE) text = this.#shout(random, this.#stock.pick(random));
    else if (kind < STOCK_SHARE + WEEKLY_SHARE) text = this.#shout(random, weeklyPhrase(random, week));
    else text = this.#story(random);
    if (random.chance(PERSONAL_SHARE)) text += ` ${random.pick(phrases.CONFIDENCES)}`;
    if (this.#emoji && random.chance(0.14)) text += ` ${this.#pictures.pick(random)}`;
    return text;
  }

  /** A stock phrase as people type it: in capitals, with or without marks. */
  #shout(random: Random, phrase: string): string {
    const mood = random.share();
    if (mood < 0.35) return phrase;
    if (mood < 0.6) return capitalised(phrase);
    if (mood < 0.8) return `${capitalised(phrase)}!`;
    if (mood < 0.88) return `${phrase}.`;
    if (mood < 0.94) return `${phrase}!!!`;
    return phrase.toUpperCase();
  }

  #story(random: Random): string {
    let text = random.chance(0.45) ? `${random.pick(phrases.OPENERS)} ` : "";
    text += `${this.#subjects.pick(random)} ${this.#events.pick(random)}`;
    if (random.chance(0.6)) text += ` ${this.#circumstances.pick(random)}`;
    if (random.chance(0.15)) text += `, ask ${nickname(random)}`;
    if (random.chance(0.08)) text += ` (part ${1000 + random.below(9000)})`;
    text += random.chance(0.2) ? "?" : ".";
    if (random.chance(MULTILINE_SHARE)) text += `\n\n${this.#story(random)}\n- ${this.#events.pick(random)}`;
    else if (random.chance(0.15))
      text += ` ${capitalised(this.#subjects.pick(random))} "${this.#events.pick(random)}".`;
    if (random.chance(0.25)) text += ` ${random.pick(phrases.CLOSERS)}`;
    return capitalised(text);
  }
}

/** Most use the phrase of the week; some are late by one, or two. */
function weeklyPhrase(random: Random, week: number): string {
  const late = random.chance(0.75) ? 0 : 1 + random.below(2);
  return phrases.WEEKLY[(week + 52 - late) % phrases.WEEKLY.length] as string;
}

const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function nickname(random: Random): string {
  const name =
    random.pick(phrases.SYLLABLES) + random.pick(phrases.SYLLABLES) + random.pick(phrases.SYLLABLES);
  return random.chance(0.3) ? `${name}${random.below(100)}` : name;
}
