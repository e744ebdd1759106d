/**
 * Seeded randomness for the simulator: the same seed gives the same landing folder, byte for byte.
 * Not for secrets.
 */

const PAIRS = pairsOf("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdef");

/** A stream of pseudo-random numbers (sfc32, by Chris Doty-Humphrey, 128 bits of state). */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  /** Streams with different seeds or names are independent of each other. */
  constructor(seed: number, name: string) {
    this.#a = hash(`${name}/a`, seed);
    this.#b = hash(`${name}/b`, seed);
    this.#c = hash(`${name}/c`, seed);
    for (let i = 0; i < 12; i++) this.integer();
  }

  /** A whole number from 0 to 2^32 - 1. */
  integer(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** A number from 0 up to, but without, 1. */
  share(): number {
    return this.integer() / 4294967296;
  }

  /** A whole number from 0 up to, but without, `limit`. */
  below(limit: number): number {
    return Math.floor(this.share() * limit);
  }

  /** True in `probability` (0 to 1) of the calls. */
  chance(probability: number): boolean {
    return this.share() < probability;
  }

  /** One of the items, each equally often. */
  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T;
  }

  /** Text of twice as many letters as `pairs`, such as ids are made of. */
  token(pairs: number): string {
    let text = "";
    for (let i = 0; i < pairs; i++) text += PAIRS[this.integer() & 1023];
    return text;
  }
}

/** Items of which the first are picked most often, by Zipf's law: how people really choose their words. */
export class Skewed<T> {
  readonly #items: readonly T[];
  readonly #slots: Uint16Array;

  /** `steepness` 0 picks all alike; 1 is ordinary language. */
  constructor(items: readonly T[], steepness = 1) {
    this.#items = items;
    this.#slots = new Uint16Array(4096);
    const weights = items.map((_, rank) => (rank + 1.5) ** -steepness);
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    let [item, reached] = [0, (weights[0] ?? 0) / total];
    for (let slot = 0; slot < 4096; slot++) {
      while (item < items.length - 1 && (slot + 0.5) / 4096 > reached)
        reached += (weights[++item] ?? 0) / total;
      this.#slots[slot] = item;
    }
  }

  pick(random: Random): T {
    return this.#items[this.#slots[random.integer() & 4095] as number] as T;
  }
}

/**
 * Seven letters and digits that look random, one text per whole number below 2^32: ids that stay the same
 * when a comment is delivered again. Multiplying by an odd number modulo 2^32 keeps numbers apart.
 */
export const scattered = (number: number): string =>
  (Math.imul(number + 1, 0x9e3779b1) >>> 0).toString(36).padStart(7, "0");

/** A 32-bit hash of text and a number (FNV-1a). */
function hash(text: string, seed: number): number {
  let value = 0x811c9dc5 ^ seed;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value | 0;
}

function pairsOf(letters: string): string[] {
  return Array.from({ length: 1024 }, (_, i) => `${letters[i >> 5]}${letters[i & 31]}`);
}
