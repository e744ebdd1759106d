import { availableParallelism, totalmem } from "node:os";
import { exitCode, SluiceError } from "../errors.ts";
import type { PinnedTable } from "../executor/executor.ts";
import { didYouMean } from "../graph/nearest-name.ts";
import type { Ports } from "../run/ports.ts";
import type { Published } from "../run/read.ts";
import { environmentOf, withWorkspace, type VerbOptions } from "./open-workspace.ts";
import { age, counted, duration } from "./quantity.ts";
import { type QueryFormat, writeResult } from "./query-output.ts";
import { showFetching } from "./show-fetching.ts";
import type { Shell } from "./shell.ts";

interface QueryOptions extends VerbOptions {
  readonly env?: string;
  readonly at?: string;
  readonly candidate?: boolean;
  readonly format: QueryFormat;
  readonly limit?: number;
}

/** A query may use half of the machine's memory before it spills or gives up. */
const memoryShare = 0.5;

/** `sluice query`: rows of one release as a table, CSV or JSON. */
export async function query(shell: Shell, argument: string, options: QueryOptions): Promise<number> {
  const sql = (argument === "-" ? await shell.input.text() : argument).trim();
  if (sql === "") {
    throw new SluiceError("bad-usage", "There is no query", {
      hint: 'sluice query "from raw.orders", or pass one to sluice query -',
    });
  }
  return withWorkspace(shell, options, async ({ ports }) => {
    const [{ releaseFor }, { whileReading }] = await Promise.all([
      import("../run/read.ts"),
      import("../run/while-reading.ts"),
    ]);
    const environment = environmentOf(shell, options);
    const { number } = await releaseFor(ports, { environment, at: options.at });
    const reading = { targets: [{ environment, release: number }], old: options.at !== undefined };
    return whileReading(ports, reading, () => answer(shell, ports, sql, { environment, number }, options));
  });
}

/** Ask one release, and print what it answers. */
async function answer(
  shell: Shell,
  ports: Ports,
  sql: string,
  { environment, number }: { readonly environment: string; readonly number: number },
  options: QueryOptions,
): Promise<number> {
  const started = shell.now().getTime();
  const { locate, publishedTables } = await import("../run/read.ts");
  const [published, referred] = await Promise.all([
    publishedTables(ports, { environment, at: String(number), candidates: options.candidate }),
    ports.engine.references(sql),
  ]);
  const stop = new AbortController();
  using _interrupts = shell.interrupts(() => {
    if (stop.signal.aborted) shell.leave(exitCode.interrupted);
    stop.abort();
    void ports.storage.letGo();
  });
  const limits = {
    memory: Math.floor(totalmem() * memoryShare),
    threads: availableParallelism(),
    signal: stop.signal,
  };
  const tables = await showFetching(shell, (onFile) =>
    locate(ports, referredTables(published.tables, referred), onFile),
  );
  const result = await ports.engine.query(sql, tables, limits).catch((error: unknown) => {
    throw explainMissing(error, published, referred);
  });
  const rows = await writeResult(shell.out, result, options.json ? "json" : options.format, options.limit);
  if (shell.err.isTerminal) {
    const elapsed = duration(shell.now().getTime() - started);
    const from = `release ${number} of ${environment}, ${age(published.release.at, shell.now())}`;
    await shell.err.write(`${shell.err.style.dim(`${counted(rows, "row")} from ${from}, in ${elapsed}`)}\n`);
  }
  return exitCode.ok;
}

/** Only what a query refers to is opened. A bare name may mean any dataset of that name; the engine decides. */
function referredTables(tables: readonly PinnedTable[], referred: readonly string[]): PinnedTable[] {
  const wanted = new Set(referred.map((name) => name.toLowerCase()));
  return tables.filter(({ name }) => {
    const full = name.toLowerCase();
    return wanted.has(full) || wanted.has(full.slice(full.indexOf(".") + 1));
  });
}

/** The engine knows only the tables it was given; what was meant instead, and why something is missing, is known here. */
function explainMissing(
  error: unknown,
  { release, tables }: Published,
  referred: readonly string[],
): unknown {
  if (!(error instanceof SluiceError) || error.code !== "bad-query") return error;
  const names = tables.map(({ name }) => name);
  const present = new Set(names.map((name) => name.toLowerCase()));
  const missing = referred.find((name) => name.includes(".") && !present.has(name.toLowerCase()));
  if (missing === undefined) return error;
  const held = release.held[missing];
  const hint = held
    ? `it is held: ${held.reason}; sluice show ${missing} says more`
    : (didYouMean(missing, names) ?? "sluice ls shows what is published");
  const message = `release ${release.number} of ${release.environment} has no dataset "${missing}"`;
  return new SluiceError("bad-query", message, { hint, details: error.details, cause: error });
}
