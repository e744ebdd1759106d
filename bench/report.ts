/** The result as Markdown: one table for each row of the suite, and what became of its goals. */
import { growthOf } from "./growth.ts";
import type { BenchmarkResult, GoalOutcome, RowResult, Standing } from "./result.ts";
import type { Estimate } from "./statistics.ts";

/** The whole result, for people. */
export function report(result: BenchmarkResult): string {
  const { machine, versions, settings } = result;
  const pairs = (record: Readonly<Record<string, unknown>>): string =>
    Object.entries(record)
      .map(([name, value]) => `${name} ${Array.isArray(value) ? value.join("/") : String(value)}`)
      .join(", ");
  return [
    "# Benchmark",
    "",
    `Machine: ${pairs(machine)}`,
    `Versions: ${pairs(versions)}`,
    `Settings: ${pairs(settings)}`,
    "",
    ...result.rows.flatMap((row) => [rowReport(row), ""]),
    ...growthReport(result.rows),
    "Columns: medians over the kept rounds; the subject against each contender is the median of the ratios of",
    "each round with its 95 % bootstrap interval. Below 1 the subject is faster. More in bench/README.md.",
    "",
  ].join("\n");
}

/** How cost grows, where rows were measured at three sizes or more. */
function growthReport(rows: readonly RowResult[]): readonly string[] {
  const growth = growthOf(rows);
  if (growth.length === 0) return [];
  return [
    "## Growth",
    "",
    tableLine(["rows", "sizes", "exponent of CPU time"]),
    tableLine(["---", "---", "---:"]),
    ...growth.map(({ rows: kind, sizes, exponent }) =>
      tableLine([kind, sizes.join(", "), exponent.toFixed(2)]),
    ),
    "",
    `- goal exponent ≤ 1.05: **${growth.every(({ exponent }) => exponent <= 1.05) ? "met" : "missed"}**`,
    "",
  ];
}

function rowReport(row: RowResult): string {
  const kept = row.rounds.filter((round) => round.kept).length;
  const short = row.standings.some((s) => s.contender === row.subject && (s.wall ?? 1) < 1.5);
  const heading = [
    "contender",
    "wall s",
    "CPU s",
    "peak MB",
    `${row.subject} ÷ it (wall)`,
    `${row.subject} ÷ it (CPU)`,
  ];
  const columns = short ? [...heading, `${row.subject} − it (ms)`] : heading;
  return [
    `## ${row.id}: ${row.title}`,
    "",
    `${row.temperature}; ${kept} rounds kept of ${row.rounds.length}${factsLine(row.facts)}`,
    "",
    tableLine(columns),
    tableLine(columns.map((_, index) => (index === 0 ? "---" : "---:"))),
    ...row.standings.map((standing) => tableLine(standingCells(standing, short, columns.length))),
    "",
    ...row.goals.map((goal) => `- ${goalLine(row.subject, goal)}`),
  ].join("\n");
}

function standingCells(standing: Standing, short: boolean, columns: number): readonly string[] {
  const name = `${standing.contender} (${standing.role})`;
  if (standing.state !== "measured") {
    return [
      name,
      `${standing.state}: ${(standing.reason ?? "").replaceAll(/[|\s]+/g, " ").slice(0, 200)}`,
      ...Array<string>(columns - 2).fill(""),
    ];
  }
  const cells = [
    name,
    seconds(standing.wall),
    seconds(standing.cpu),
    standing.peakMemory ? (standing.peakMemory / 1e6).toFixed(0) : "",
    interval(standing.wallRatio),
    interval(standing.cpuRatio),
  ];
  return short ? [...cells, interval(standing.wallDifference, 1000, 0)] : cells;
}

function goalLine(subject: string, goal: GoalOutcome): string {
  const what = {
    wall: `${goal.against} ≤ ${goal.atMost} s`,
    "wall ratio": `${subject} ≤ ${Number(goal.atMost.toPrecision(2))} × ${goal.against}`,
    "wall difference": `${subject} ≤ ${goal.against} + ${goal.atMost} s`,
    "peak memory": `${goal.against} ≤ ${goal.atMost} MB at its peak`,
  }[goal.measure];
  const digits = { wall: 4, "wall ratio": 2, "wall difference": 3, "peak memory": 0 }[goal.measure];
  const found = goal.measured ? ` (${interval(goal.measured, 1, digits)})` : "";
  return `goal ${what}: **${goal.outcome}**${found}`;
}

function factsLine(facts: Readonly<Record<string, unknown>>): string {
  const plain = Object.entries(facts).filter(([, value]) => ["string", "number"].includes(typeof value));
  return plain.map(([name, value]) => `; ${name} ${String(value)}`).join("");
}

const tableLine = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;

const seconds = (value: number | undefined): string =>
  value === undefined ? "" : value.toFixed(value < 10 ? 3 : 1);

function interval(value: Estimate | undefined, factor = 1, digits = 2): string {
  if (!value) return "";
  const [middle, low, high] = [value.median, value.low, value.high].map((number) =>
    (number * factor).toFixed(digits),
  );
  return `${middle} [${low}, ${high}]`;
}
