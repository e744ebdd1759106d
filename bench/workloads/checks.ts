/**
 * Workload (d): 120 checks of one table, by Sluice as it audits a candidate and by hand. What is timed is the asking,
 * within a process that has its engine open; the program's own times are the turn's wall time.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { tableChecks, type TableShape, writeCheckTable } from "../generate/check-table.ts";
import { verdictOf } from "../generate/check-sql.ts";
import type { Contender } from "../contest.ts";
import { absentContender, peersNotAsked, programContender } from "../program-contender.ts";
import { parseTimes, quantile } from "../programs/stopwatch.ts";
import { checkPeerNames, checkPeers } from "../peers/check-peers.ts";
import type { Goal } from "../result.ts";
import type { Row } from "../row.ts";
import type { Evidence } from "../same-work.ts";

const queries = "one query per check";
const statement = "the queries in one statement";
const scan = "one scan by hand";

interface CheckRow {
  readonly id: string;
  readonly title: string;
  readonly shape: TableShape;
  readonly rows: (scale: number) => number;
  /** Times that each program asks everything; the median counts. */
  readonly times: number;
  readonly goals: readonly Goal[];
}

const against = (contender: string, atMost: number): Goal => ({
  against: contender,
  measure: "wall ratio",
  atMost,
});

const row = ({ id, title, shape, rows, times, goals }: CheckRow): Row => ({
  id,
  workload: "d",
  title,
  temperature: "warm",
  subject: "sluice",
  goals,
  warmUps: 0,
  async open({ directory, scale, peers, say }) {
    const count = rows(scale);
    say(`  writing ${count} rows`);
    const written = await writeCheckTable(join(directory, "table.parquet"), shape, count);
    const description = join(directory, "table.json");
    await writeFile(description, JSON.stringify(written));
    const contender = (name: string, program: string, ...more: readonly string[]): Contender =>
      programContender({
        name,
        role: name === "sluice" ? "subject" : "floor",
        directory,
        command: () => ({
          program: process.execPath,
          args: [
            fileURLToPath(new URL(`../programs/${program}.ts`, import.meta.url)),
            description,
            String(times),
            ...more,
          ],
          directory,
        }),
        wall: ({ stdout }) => quantile(parseTimes(stdout).milliseconds, 0.5) / 1000,
        evidence: async ({ stdout }) => evidenceOf(parseTimes(stdout).facts ?? {}),
      });
    return {
      contenders: [
        contender(queries, "checks-by-hand", "queries"),
        contender(statement, "checks-by-hand", "statement"),
        contender(scan, "checks-by-hand", "scan"),
        contender("sluice", "checks-sluice"),
        ...(peers
          ? await checkPeers({ directory, table: written })
          : checkPeerNames.map((name) => absentContender(name, "peer", peersNotAsked))),
      ],
      facts: { rows: count, checks: tableChecks.length },
    };
  },
});

/** The same verdicts and the same numbers of offending rows, or nothing counts. */
function evidenceOf(values: Readonly<Record<string, number>>): Evidence {
  const checks = tableChecks.map(({ id }) => id);
  const missing = checks.filter((id) => !(id in values));
  if (missing.length > 0) throw new Error(`no answer to ${missing.slice(0, 5).join(", ")}`);
  const verdicts = Object.fromEntries(
    tableChecks.map((check) => [check.id, verdictOf(check, values[check.id] ?? -1)]),
  );
  const failing = checks.filter((id) => verdicts[id]?.passed === false);
  return { outputs: {}, verdicts, expected: { outputs: [], checks, failing } };
}

const full = (scale: number): number => Math.max(10_000, Math.round(10_000_000 * scale));

/** Every row of workload (d). */
export const checkRows: readonly Row[] = [
  row({
    id: "d-small",
    title: "120 checks of 10,000 rows, all hold",
    shape: "clean",
    rows: () => 10_000,
    times: 15,
    goals: [against(queries, 0.3), against(statement, 1.05), against(scan, 1.05)],
  }),
  row({
    id: "d-clean",
    title: "120 checks of 20 columns (10 million rows at scale 1), all hold",
    shape: "clean",
    rows: full,
    times: 1,
    goals: [against(queries, 0.5), against(statement, 1.05), against(scan, 1.05)],
  }),
  row({
    id: "d-bad",
    title: "the same with 0.1 % of wrong values in most columns",
    shape: "bad",
    rows: full,
    times: 1,
    goals: [against(queries, 1.05), against(statement, 1.05), against(scan, 1.05)],
  }),
  row({
    id: "d-unsorted",
    title: "the same in no order",
    shape: "unsorted",
    rows: full,
    times: 1,
    goals: [against(queries, 1.05), against(statement, 1.05), against(scan, 1.05)],
  }),
];
