/** The simulator as a function: options in, a landing folder and a summary out. */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { deliverDayAfter, deliverLate, deliverYear, type Tallies } from "./deliveries.ts";

const DELIVERIES = ["poisoned", "repaired", "late"] as const;
const FOLDERS = ["slack", "reddit", "mastodon", "youtube", "linkedin", "linkedin-archive", "github"];
const RECEIPT = "simulation.json";

export type Delivery = (typeof DELIVERIES)[number];

export interface SimulateOptions {
  /** Different comments of the year, 1,000 to 10,000,000. Default 20,000. */
  readonly comments?: number;
  /** A whole number from 0 to 2^32 - 1. Default 1. */
  readonly seed?: number;
  /** The landing folder. Default `landing`, beside `simulate.ts`. */
  readonly out?: string;
  /** Write this on top of an existing landing folder, with the seed and size it was written with. */
  readonly deliver?: Delivery;
  /** Remove what an earlier simulation left in the folder. Without it, such a folder is an error. */
  readonly replace?: boolean;
}

/** What was written. Equal options give equal summaries. */
export interface SimulationSummary {
  readonly out: string;
  readonly delivered: "year" | Delivery;
  readonly seed: number;
  /** Per source, by the name of its dataset in `raw`. */
  readonly sources: Tallies;
  readonly files: number;
  readonly bytes: number;
  readonly records: number;
  readonly comments: number;
  /** Records that break a contract. */
  readonly refused: number;
  /** Comments that belong in `community.comments`, of this delivery alone. */
  readonly kept: number;
}

/**
 * Write a landing folder, or one more delivery into it. Streams: memory does not grow with `comments`.
 * @throws RangeError for options out of range, Error for a folder that is not as the delivery needs it.
 */
export async function simulate(options: SimulateOptions = {}): Promise<SimulationSummary> {
  const out = resolve(options.out ?? join(import.meta.dirname, "../landing"));
  return options.deliver ? deliverMore(out, options.deliver, options) : deliverFirst(out, options);
}

async function deliverFirst(
  out: string,
  { comments = 20_000, seed = 1, replace }: SimulateOptions,
): Promise<SimulationSummary> {
  expectInteger("comments", comments, 1_000, 10_000_000);
  expectInteger("seed", seed, 0, 2 ** 32 - 1);
  if (replace)
    for (const name of [...FOLDERS, RECEIPT]) rmSync(join(out, name), { recursive: true, force: true });
  if (existsSync(out) && readdirSync(out).length > 0) {
    throw new Error(
      `${out} is not empty. Choose another folder with --out, or remove an earlier simulation with --replace.`,
    );
  }
  await mkdir(out, { recursive: true });
  const sources = await deliverYear(out, seed, comments);
  const summary = summarise(out, "year", seed, sources);
  writeFileSync(
    join(out, RECEIPT),
    `${JSON.stringify({ seed, comments, sources } satisfies Receipt, null, 2)}\n`,
  );
  return summary;
}

/** What the first delivery leaves in the landing folder for those to come. */
interface Receipt {
  readonly seed: number;
  readonly comments: number;
  readonly sources: Tallies;
}

async function deliverMore(
  out: string,
  deliver: Delivery,
  options: SimulateOptions,
): Promise<SimulationSummary> {
  if (!DELIVERIES.includes(deliver)) {
    throw new RangeError(`deliver is "${deliver}", but can be ${DELIVERIES.join(", ")}.`);
  }
  const receipt = join(out, RECEIPT);
  if (!existsSync(receipt)) {
    throw new Error(
      `${out} holds no simulation (there is no ${RECEIPT}). Write one first, without --deliver.`,
    );
  }
  const { seed, comments, sources: before } = JSON.parse(readFileSync(receipt, "utf8")) as Receipt;
  if (options.replace) throw new RangeError("deliver adds to what lies there: it cannot replace it.");
  expectSame("seed", options.seed, seed);
  expectSame("comments", options.comments, comments);
  const sources =
    deliver === "late"
      ? await deliverLate(out, seed, before)
      : await deliverDayAfter(out, seed, before, deliver === "poisoned");
  return summarise(out, deliver, seed, sources);
}

function summarise(
  out: string,
  delivered: "year" | Delivery,
  seed: number,
  sources: Tallies,
): SimulationSummary {
  const total = (of: "files" | "bytes" | "records" | "comments" | "refused" | "kept") =>
    Object.values(sources).reduce((sum, tally) => sum + tally[of], 0);
  return {
    out,
    delivered,
    seed,
    sources,
    files: total("files"),
    bytes: total("bytes"),
    records: total("records"),
    comments: total("comments"),
    refused: total("refused"),
    kept: total("kept"),
  };
}

/** A later delivery may repeat the options of the first, but not change them. */
function expectSame(name: string, asked: number | undefined, there: number): void {
  if (asked === undefined || asked === there) return;
  throw new RangeError(`${name} is ${asked}, but what lies there was written with ${there}.`);
}

function expectInteger(name: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new RangeError(`${name} is ${value}, but has to be a whole number from ${least} to ${most}.`);
}
