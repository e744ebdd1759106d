/**
 * Random choices that can be made again: from a seed, or from the choices of an earlier time. What is built
 * from choices shrinks by shrinking the choices, since 0 is always the simplest.
 */
export class Choices {
  /** What was chosen so far. */
  readonly made: number[] = [];
  readonly #given: readonly number[] | undefined;
  #state: number;

  constructor(from: number | readonly number[]) {
    this.#given = typeof from === "number" ? undefined : from;
    this.#state = typeof from === "number" ? from | 0 : 0;
  }

  /** A whole number from 0 to below `count`. */
  below(count: number): number {
    const given = this.#given;
    const choice =
      given === undefined ? Math.floor(this.#random() * count) : (given[this.made.length] ?? 0) % count;
    this.made.push(choice);
    return choice;
  }

  pick<T>(options: readonly T[]): T {
    return options[this.below(options.length)]!;
  }

  /** True once in `times`; the simplest is false. */
  once(times: number): boolean {
    return this.below(times) === times - 1;
  }

  /** The same things in another order. */
  shuffle<T>(things: readonly T[]): T[] {
    const shuffled = [...things];
    for (let last = shuffled.length - 1; last > 0; last--) {
      const other = this.below(last + 1);
      [shuffled[last], shuffled[other]] = [shuffled[other]!, shuffled[last]!];
    }
    return shuffled;
  }

  /** Mulberry32, by Tommy Ettinger: 32 bits of state, good enough to choose with. */
  #random(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }
}

/** The shortest and smallest choices found for which `holds` still holds, asking at most `tries` times. */
export async function shrink(
  choices: readonly number[],
  holds: (choices: readonly number[]) => Promise<boolean>,
  tries = 400,
): Promise<readonly number[]> {
  let best = choices;
  let left = tries;
  const attempt = async (candidate: readonly number[]): Promise<boolean> => {
    if (left <= 0) return false;
    left -= 1;
    if (!(await holds(candidate))) return false;
    best = candidate;
    return true;
  };
  for (let size = Math.ceil(best.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < best.length;) {
      const zeroed = best.map((choice, index) => (index >= at && index < at + size ? 0 : choice));
      const shorter = [...best.slice(0, at), ...best.slice(at + size)];
      if (await attempt(shorter)) continue;
      if (zeroed.some((choice, index) => choice !== best[index])) await attempt(zeroed);
      at += size;
    }
  }
  return best;
}
