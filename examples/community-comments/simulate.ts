/**
 * Simulates a community: writes what its socials export, clean and dirty, into a landing folder.
 * The same options give the same bytes. `node simulate.ts --help` says how.
 */
import { once } from "node:events";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import type { Delivery, SimulateOptions, SimulationSummary } from "./simulator/simulation.ts";

export { simulate } from "./simulator/simulation.ts";
export type { Delivery, SimulateOptions, SimulationSummary } from "./simulator/simulation.ts";

const HELP = `Usage: node simulate.ts [options]

Writes a year of comments from six networks into a landing folder.

  --comments <n>    how many different comments, 1,000 to 10,000,000 (default 20000)
  --seed <n>        a whole number; the same seed writes the same bytes (default 1)
  --out <folder>    the landing folder (default: landing, beside this file)
  --replace         remove what an earlier simulation wrote there
  --deliver <what>  one more delivery on top of an existing landing folder:
                      poisoned  a new day of Slack, 70 % of it broken
                      repaired  the same day as it should have been
                      late      1 % more comments on past days, and edited ones again
  --json            print the summary as JSON
  --help            this
`;

/**
 * The same as `simulate`, but within 200 MB for the whole process, whatever the size: the engine would
 * otherwise let the short-lived strings of ten million comments take three times 32 MB before it clears them.
 */
async function simulateInThread(options: SimulateOptions): Promise<SimulationSummary> {
  const thread = new Worker(new URL("simulator/thread.ts", import.meta.url), {
    workerData: options,
    resourceLimits: { maxYoungGenerationSizeMb: 6, maxOldGenerationSizeMb: 80 },
  });
  const [summary] = (await once(thread, "message")) as [SimulationSummary];
  return summary;
}

/** Run the command line; returns the exit code: 0, 1 if the world said no, 64 for a wrong command line. */
async function main(words: readonly string[]): Promise<number> {
  try {
    const { values } = parseArgs({
      args: [...words],
      options: {
        comments: { type: "string" },
        seed: { type: "string" },
        out: { type: "string" },
        deliver: { type: "string" },
        replace: { type: "boolean" },
        json: { type: "boolean" },
        help: { type: "boolean" },
      },
    });
    const { comments, seed, deliver, json, help, ...rest } = values;
    if (help) {
      process.stdout.write(HELP);
      return 0;
    }
    const summary = await simulateInThread({
      ...rest,
      ...(comments !== undefined && { comments: wholeNumber("comments", comments) }),
      ...(seed !== undefined && { seed: wholeNumber("seed", seed) }),
      ...(deliver !== undefined && { deliver: deliver as Delivery }),
    });
    process.stdout.write(json ? `${JSON.stringify(summary, null, 2)}\n` : inWords(summary));
    return 0;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const usage =
      error instanceof RangeError || (error as NodeJS.ErrnoException).code?.startsWith("ERR_PARSE_ARGS");
    process.stderr.write(`simulate: ${error.message}\n${usage ? "Try --help.\n" : ""}`);
    return usage ? 64 : 1;
  }
}

/** `20000`, `20_000` and `20,000` are the same number. */
function wholeNumber(name: string, text: string): number {
  if (!/^\d[\d_,]*$/.test(text))
    throw new RangeError(`--${name} is "${text}", but has to be a whole number.`);
  return Number(text.replaceAll(/[_,]/g, ""));
}

type Counts = Pick<SimulationSummary, "files" | "records" | "comments" | "refused" | "bytes">;

function inWords(summary: SimulationSummary): string {
  const row = (name: string, cells: readonly string[]) =>
    name.padEnd(17) + cells.map((cell) => cell.padStart(12)).join("");
  const line = (name: string, { files, records, comments, refused, bytes }: Counts) =>
    row(name, [...[files, records, comments, refused].map(grouped), `${(bytes / 1e6).toFixed(1)} MB`]);
  return [
    row("", ["files", "records", "comments", "refused", "on disk"]),
    ...Object.entries(summary.sources).map(([name, tally]) => line(name, tally)),
    line("all", summary),
    `\nin ${summary.out}\n`,
  ].join("\n");
}

const grouped = (value: number): string => value.toLocaleString("en");

if (import.meta.main) process.exitCode = await main(process.argv.slice(2));
