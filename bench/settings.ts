import { parseArgs } from "node:util";

/** What a benchmark run was asked to do. */
export interface Settings {
  /** Rows to run: a row's id or the beginning of it, such as `a`, `b-30` or `l-help`. Empty means all. */
  readonly workloads: readonly string[];
  /** Rounds to keep for each row. */
  readonly rounds: number;
  /** Share of the full data of workload (a): 1 is 10 million raw rows. */
  readonly scale: number;
  readonly peers: boolean;
  /** Another place for the JSON document, beside `.bench/`. */
  readonly json: string | undefined;
  /** An earlier result to hold this one against. */
  readonly baseline: string | undefined;
  readonly help: boolean;
}

export const usage = `npm run bench -- [options]

  --workload a,b,l   rows to run, by id or the beginning of it (a, a-csv, b-30, b-30-noop, c-1000, l; default: all)
  --rounds 7         rounds to keep for each row
  --scale 1          share of workload (a)'s data; 1 is 10 million raw rows, at least 0.002
  --peers            dbt-duckdb and SQLMesh too (pip installs them into the cache on the first use)
  --json <file>      write the result there too; it always goes to .bench/
  --baseline <file>  exit with 2 where a ratio is worse than in an earlier result: lower bound over 1.1 times its median

Results and their rules: bench/README.md
`;

/** Read the command line. Errors: an option that does not exist, or a value that makes no sense. */
export function parseSettings(args: readonly string[]): Settings {
  const { values } = parseArgs({
    args: [...args],
    options: {
      workload: { type: "string" },
      rounds: { type: "string", default: "7" },
      scale: { type: "string", default: "1" },
      json: { type: "string" },
      baseline: { type: "string" },
      peers: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const rounds = Number(values.rounds);
  const scale = Number(values.scale);
  if (!Number.isInteger(rounds) || rounds < 1)
    throw new Error(`--rounds must be a whole number from 1, not "${values.rounds}"`);
  if (!(scale >= 0.002 && scale <= 100))
    throw new Error(`--scale must be a number from 0.002 to 100, not "${values.scale}"`);
  return {
    workloads: (values.workload ?? "")
      .split(",")
      .map((id) => id.trim())
      .filter((id) => id !== ""),
    rounds,
    scale,
    peers: values.peers,
    json: values.json,
    baseline: values.baseline,
    help: values.help,
  };
}

/** Whether a row was asked for. */
export function isSelected(row: string, workloads: readonly string[]): boolean {
  return workloads.length === 0 || workloads.some((id) => row === id || row.startsWith(`${id}-`));
}
