/**
 * Workload (f): what moving the pointers of a thousand datasets costs, forwards and back; what readers notice of it;
 * and what a long history costs, in a file of SQLite and on a PostgreSQL server that the row starts itself.
 */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { programContender } from "../program-contender.ts";
import { parseTimes, quantile } from "../programs/stopwatch.ts";
import type { Contender } from "../contest.ts";
import type { Goal, Role } from "../result.ts";
import type { Row, RowContext } from "../row.ts";
import { noEvidence } from "../same-work.ts";

const datasets = 1000;
const publications = 100;

/** Names of contenders are told by their goals. */
const transaction = "one SQLite transaction";
const views = "1,000 views replaced in DuckDB";
const idle = "readers while nobody writes";

/** A program of `programs/` that tells its times; the turn's wall time is one of their quantiles. */
interface Stopwatch {
  readonly name: string;
  readonly role: Role;
  readonly program: string;
  readonly args: (place: string) => readonly string[];
  readonly share: number;
  readonly judge?: (facts: Readonly<Record<string, number>>) => void;
}

function stopwatch({ directory }: RowContext, watch: Stopwatch): Contender {
  const place = join(directory, watch.name.replaceAll(/\W+/g, "-"));
  return programContender({
    name: watch.name,
    role: watch.role,
    directory,
    settle: true,
    prepare: async () => {
      for (const end of ["", "-wal", "-shm", ".wal"]) await rm(`${place}${end}`, { force: true });
    },
    command: () => ({
      program: process.execPath,
      args: [
        fileURLToPath(new URL(`../programs/${watch.program}.ts`, import.meta.url)),
        ...watch.args(place),
      ],
      directory,
    }),
    wall: ({ stdout }) => quantile(parseTimes(stdout).milliseconds, watch.share) / 1000,
    evidence: async ({ stdout }) => {
      watch.judge?.(parseTimes(stdout).facts ?? {});
      return noEvidence;
    },
  });
}

interface RowShape {
  readonly id: string;
  readonly title: string;
  readonly subject: string;
  readonly goals: readonly Goal[];
  readonly watches: readonly Stopwatch[];
  readonly facts?: Readonly<Record<string, unknown>>;
}

const row = ({ id, title, subject, goals, watches, facts = {} }: RowShape): Row => ({
  id,
  workload: "f",
  title,
  temperature: "warm",
  subject,
  goals,
  warmUps: 0,
  open: async (context) => ({ contenders: watches.map((watch) => stopwatch(context, watch)), facts }),
});

const sluice = (program: string, args: readonly unknown[], share: number): Stopwatch => ({
  name: "sluice",
  role: "subject",
  program,
  args: (place) => [place, ...args.map(String)],
  share,
});

const onPostgres = (program: string, args: readonly unknown[], share: number): Stopwatch => ({
  ...sluice(program, args, share),
  name: "sluice on PostgreSQL",
  args: () => ["postgres", ...args.map(String)],
});

const publishRow = row({
  id: "f-publish",
  title: `publish ${datasets} datasets (the 99th percentile of ${publications} times)`,
  subject: "sluice",
  goals: [
    { against: "sluice", measure: "wall", atMost: 0.015 },
    { against: views, measure: "wall ratio", atMost: 1 / 20 },
  ],
  watches: [
    {
      ...sluice("publish-sqlite", [datasets, publications], 0.99),
      name: transaction,
      role: "floor",
    },
    { ...sluice("publish-views", [datasets, 20], 0.99), name: views, role: "floor" },
    sluice("publish-sluice", [datasets, publications, "publish"], 0.99),
    onPostgres("publish-sluice", [datasets, publications, "publish"], 0.99),
  ],
});

const rollbackRow = row({
  id: "f-rollback",
  title: `roll ${datasets} datasets back (the median of ${publications} times)`,
  subject: "sluice",
  goals: [{ against: "sluice", measure: "wall", atMost: 0.005 }],
  watches: [
    {
      ...sluice("publish-sqlite", [datasets, publications], 0.5),
      name: transaction,
      role: "floor",
    },
    sluice("publish-sluice", [datasets, publications, "rollback"], 0.5),
  ],
});

const refuseMixed = ({ mixed = 1, reads = 0 }: Readonly<Record<string, number>>): void => {
  if (mixed > 0) throw new Error(`${mixed} of ${reads} reads saw two releases at once`);
};

const readersRow = row({
  id: "f-readers",
  title:
    "16 readers of 20 datasets, each a hundred times a second, ten releases a second (the 99th percentile of a read)",
  subject: "sluice",
  goals: [{ against: idle, measure: "wall ratio", atMost: 1.1 }],
  watches: [
    {
      ...sluice("read-pointers", [16, 20, 5, "idle"], 1),
      name: idle,
      role: "floor",
      judge: refuseMixed,
    },
    { ...sluice("read-pointers", [16, 20, 5, "publishing"], 1), judge: refuseMixed },
  ],
});

const history = [10_000, 10_000, 10, 200] as const;

const historyRow = row({
  id: "f-history",
  title: "the pointers at any of 10,000 releases of 10,000 datasets (the 99th percentile of 200 reads)",
  subject: "sluice",
  goals: [
    { against: "sluice", measure: "wall", atMost: 0.05 },
    { against: "sluice on PostgreSQL", measure: "wall", atMost: 0.05 },
  ],
  watches: [
    {
      ...sluice("long-history", [history[0], 100, history[2], 200], 0.99),
      name: "100 releases",
      role: "floor",
    },
    sluice("long-history", history, 0.99),
    onPostgres("long-history", history, 0.99),
  ],
});

/** Every row of workload (f). */
export const publishRows: readonly Row[] = [publishRow, rollbackRow, readersRow, historyRow];
