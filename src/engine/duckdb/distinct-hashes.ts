/**
 * Uniqueness of many rows, proven without grouping them. The engine would keep every value, with a count, in tables that
 * outgrow caches and then memory. Here only hashes are kept, six bytes a row, and looked at drawer by drawer, each of
 * which fits a cache. Where they are more than there is memory for, the rows are read again for every share of them.
 */
import type { DuckDBDataChunk } from "@duckdb/node-api";
import duckdb from "@duckdb/node-bindings";
import { quoteName } from "../../sql/quote.ts";
import type { Database } from "./database.ts";
import { chunksAhead } from "./rows.ts";

/** Below so many rows the engine's own grouping stays in caches, and is as cheap. */
const worthwhile = 2_000_000;

/** Rows at the beginning that are looked at first: where values repeat at all they usually do there. */
const firstLook = 100_000;

/** 48 bits of each hash; others follow from where it is. */
const bytesPerHash = 6;

/** Of the engine's memory that hashes may take: while they come it holds little else. */
const mostMemory = 0.75;

/**
 * Bytes the engine reads ahead while hashes are put away, and their part of its memory. With the megabyte that it has by
 * itself it rests most of the time, but for one of its threads.
 */
const readAhead = { bytes: 32 * 2 ** 20, part: 1 / 8 };

/** Bytes of hashes at once, at most, whatever memory there is: what is told by a place in an array stays a small number. */
const mostBytes = 2 ** 29;

/** Hashes of one drawer, about: a table of them fits a cache. */
const drawerSize = 32_768;

/** Bits of a hash that may tell its drawer. */
const mostDrawers = 2 ** 16;

/**
 * Whether no two rows have the same values in these columns; rows with a null in them share nothing. False says nothing:
 * two rows may, or it was not worth looking, or different values have one hash. `rows`: SQL of a table; `bytes`: of hashes
 * at once.
 */
export async function haveDistinctHashes(
  database: Database,
  rows: string,
  columns: readonly string[],
  bytes = Math.min(mostBytes, database.memory * mostMemory),
): Promise<boolean> {
  const { count } = await database.one<{ count: bigint }>(`select count(*) as count from ${rows}`);
  const total = Number(count);
  if (total < worthwhile) return false;
  const names = columns.map(quoteName);
  const filled = names.map((name) => `${name} is not null`).join(" and ");
  const hashes = `select hash(${names.join(", ")}) as h from ${rows} where ${filled}`;
  const { looked, different } = await database.one<{ looked: bigint; different: bigint }>(
    `select count(h) as looked, count(distinct h) as different from (${hashes} limit ${firstLook})`,
  );
  if (looked !== different) return false;
  const shares = Math.ceil((total * bytesPerHash) / bytes);
  const drawers = new Drawers(total / shares);
  for (let share = 0; share < shares; share++) {
    if (
      !(await fill(database, drawers, `select h from (${hashes})${inShare(share, shares)}`)) ||
      drawers.repeat()
    )
      return false;
  }
  return true;
}

/** Which hashes belong to a share: it follows from their highest bits. */
function inShare(share: number, shares: number): string {
  if (shares === 1) return "";
  const from = (step: number): bigint => (BigInt(step) << 64n) / BigInt(shares);
  return ` where h between ${from(share)} and ${from(share + 1) - 1n}`;
}

/** Put all hashes of a query into empty drawers. False: there are too many for one of them, as hashes of equal values are. */
async function fill(database: Database, drawers: Drawers, hashes: string): Promise<boolean> {
  drawers.empty();
  const ahead = Math.ceil(Math.min(readAhead.bytes, database.memory * readAhead.part) / 1024);
  await database.run(`set streaming_buffer_size = '${ahead}KiB'`);
  try {
    for await (const chunk of chunksAhead(await database.stream(hashes)))
      if (!drawers.add(halvesOf(chunk))) return false;
  } finally {
    await database.connection.run("reset streaming_buffer_size");
  }
  return true;
}

/** The hashes in the first column of a chunk as they lie in the engine's memory, each in two halves: the lower before the higher. */
function halvesOf(chunk: DuckDBDataChunk): Uint32Array {
  const vector = duckdb.data_chunk_get_vector(chunk.chunk, 0);
  const { buffer, byteOffset, byteLength } = duckdb.vector_get_data(vector, chunk.rowCount * 8);
  return new Uint32Array(buffer, byteOffset, byteLength / 4);
}

/**
 * Hashes, told apart by the lower bits of their higher half. Equal ones are in one drawer; of each its lower half is kept,
 * and the upper bits of the higher.
 */
class Drawers {
  readonly #count: number;
  readonly #capacity: number;
  /** Drawer behind drawer. */
  readonly #lower: Uint32Array;
  readonly #upper: Uint16Array;
  /** How many hashes each drawer has. */
  readonly #used: Uint32Array;
  /** For the hashes of one drawer: the number of each from 1, at a place that follows from it. */
  readonly #places: Uint32Array;

  /** `hashes`: how many there will be, about. */
  constructor(hashes: number) {
    this.#count = Math.min(mostDrawers, 2 ** Math.max(0, Math.round(Math.log2(hashes / drawerSize))));
    const mean = hashes / this.#count;
    // Eight standard deviations above the mean: of different hashes no drawer has more.
    this.#capacity = Math.ceil(mean + 8 * Math.sqrt(mean));
    this.#lower = new Uint32Array(this.#count * this.#capacity);
    this.#upper = new Uint16Array(this.#count * this.#capacity);
    this.#used = new Uint32Array(this.#count);
    this.#places = new Uint32Array(2 ** Math.ceil(Math.log2(this.#capacity * 1.3)));
  }

  empty(): void {
    this.#used.fill(0);
  }

  /** `halves`: lower and higher half of each hash. False: a drawer is full. */
  add(halves: Uint32Array): boolean {
    const [lower, upper, used] = [this.#lower, this.#upper, this.#used];
    const [capacity, last] = [this.#capacity, this.#count - 1];
    for (let half = 0; half < halves.length; half += 2) {
      const high = halves[half + 1] ?? 0;
      const drawer = high & last;
      const at = used[drawer] ?? 0;
      if (at === capacity) return false;
      used[drawer] = at + 1;
      lower[drawer * capacity + at] = halves[half] ?? 0;
      upper[drawer * capacity + at] = high >>> 16;
    }
    return true;
  }

  /** Whether two hashes are the same. */
  repeat(): boolean {
    for (let drawer = 0; drawer < this.#count; drawer++) if (this.#repeatsIn(drawer)) return true;
    return false;
  }

  #repeatsIn(drawer: number): boolean {
    const [lower, upper, places] = [this.#lower, this.#upper, this.#places];
    const last = places.length - 1;
    const before = drawer * this.#capacity - 1;
    places.fill(0);
    for (let number = 1; number <= (this.#used[drawer] ?? 0); number++) {
      const [low, high] = [lower[before + number] ?? 0, upper[before + number]];
      let at = low & last;
      for (let other = places[at] ?? 0; other !== 0; other = places[at] ?? 0) {
        if (lower[before + other] === low && upper[before + other] === high) return true;
        at = (at + 1) & last;
      }
      places[at] = number;
    }
    return false;
  }
}
