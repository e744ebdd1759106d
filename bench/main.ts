/** `npm run bench`: build Sluice, hold the contests that were asked for, write the result and print it. */
import { spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type Canary, startCanary } from "./canary.ts";
import { contestDefaults, holdContest } from "./contest.ts";
import { regressions } from "./gate.ts";
import { machine, versions } from "./machine.ts";
import { expectationsPins, sodaPins } from "./peers/check-peers.ts";
import { dbtPins } from "./peers/dbt.ts";
import { sqlmeshPins } from "./peers/sqlmesh.ts";
import { report } from "./report.ts";
import type { BenchmarkResult, RowResult } from "./result.ts";
import type { Row } from "./row.ts";
import { isSelected, parseSettings, type Settings, usage } from "./settings.ts";
import { goalOutcomes, standingsOf } from "./standing.ts";
import { buildRows } from "./workloads/build.ts";
import { checkRows } from "./workloads/checks.ts";
import { compileRows } from "./workloads/compile.ts";
import { incrementRows } from "./workloads/increments.ts";
import { lateRowsRow } from "./workloads/late-rows.ts";
import { largeRow } from "./workloads/large.ts";
import { lineageRow } from "./workloads/lineage.ts";
import { noOpRows } from "./workloads/no-op.ts";
import { publishRows } from "./workloads/publish.ts";
import { startRows } from "./workloads/start.ts";

const repository = fileURLToPath(new URL("..", import.meta.url));
const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** Every row of the suite, quick ones first. */
const allRows: readonly Row[] = [
  ...startRows,
  lineageRow,
  ...compileRows,
  ...noOpRows,
  ...publishRows,
  ...checkRows,
  ...incrementRows,
  ...buildRows,
  lateRowsRow,
  largeRow,
];

async function buildSluice(): Promise<void> {
  const child = spawn("npm", ["run", "--silent", "build"], { cwd: repository, stdio: ["ignore", 2, 2] });
  const code = await new Promise<number | null>((done, fail) => child.once("error", fail).once("exit", done));
  if (code !== 0) throw new Error("Sluice could not be built, so there is nothing to measure");
}

async function holdRow(row: Row, settings: Settings, shared: string, canary: Canary): Promise<RowResult> {
  say(`${row.id}: ${row.title} (${row.temperature})`);
  const directory = await mkdtemp(join(shared, `${row.id}-`));
  const { id, workload, title, temperature, subject } = row;
  const known = { id, workload, title, temperature, subject };
  try {
    const { scale, peers } = settings;
    const { contenders, facts } = await row.open({ directory, shared, scale, peers, say });
    const rules = { ...contestDefaults, rounds: settings.rounds, warmUps: row.warmUps };
    const { rounds, voids, evidence } = await holdContest(contenders, rules, canary, say);
    const standings = standingsOf(contenders, subject, { rounds, voids }, settings.rounds);
    const shown = Object.entries(evidence).map(
      ([name, { outputs, verdicts }]) => [name, { outputs, verdicts }] as const,
    );
    const shownFacts = { ...facts, evidence: Object.fromEntries(shown) };
    return { ...known, standings, goals: goalOutcomes(row.goals, standings), rounds, facts: shownFacts };
  } catch (error) {
    // The ground could not be prepared: the other rows still can be measured.
    const reason = error instanceof Error ? error.message : String(error);
    say(`  void: ${reason}`);
    const standings = [{ contender: subject, role: "subject", state: "void", reason }] as const;
    return { ...known, standings, goals: goalOutcomes(row.goals, standings), rounds: [], facts: {} };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Hold the rows one after the other; `keep` gets the result so far after each, so that a stopped run is not lost. */
async function measure(
  rows: readonly Row[],
  settings: Settings,
  keep: (result: BenchmarkResult) => Promise<void>,
): Promise<BenchmarkResult> {
  const startedAt = new Date().toISOString();
  const { rounds, scale, peers } = settings;
  const pins: Readonly<Record<string, string>> = peers
    ? { peers: [...new Set([...dbtPins, ...sqlmeshPins, ...expectationsPins, ...sodaPins])].join(" ") }
    : {};
  const known = {
    format: 1,
    startedAt,
    machine: await machine(),
    versions: { ...(await versions()), ...pins },
    settings: { rounds, scale, peers },
  } as const;
  const shared = await mkdtemp(join(tmpdir(), "sluice-bench-"));
  const cleanUp = (): void => rmSync(shared, { recursive: true, force: true });
  process.once("exit", cleanUp);
  try {
    await using canary = await startCanary();
    const results: RowResult[] = [];
    const soFar = (): BenchmarkResult => ({ ...known, finishedAt: new Date().toISOString(), rows: results });
    for (const row of rows) {
      results.push(await holdRow(row, settings, shared, canary));
      await keep(soFar());
    }
    return soFar();
  } finally {
    cleanUp();
    process.off("exit", cleanUp);
  }
}

/** Where the record of a result goes. */
function recordPaths(result: BenchmarkResult, settings: Settings): readonly string[] {
  const own = join(repository, ".bench", `${result.startedAt.replaceAll(/[:.]/g, "-")}.json`);
  return [own, ...(settings.json === undefined ? [] : [resolve(settings.json)])];
}

async function save(result: BenchmarkResult, settings: Settings): Promise<void> {
  for (const path of recordPaths(result, settings)) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, `${JSON.stringify(result, null, 2)}\n`);
  }
}

/** Exit code 1 where the subject of a row has no numbers, 2 where a ratio got worse than the baseline. */
async function main(): Promise<number> {
  const settings = parseSettings(process.argv.slice(2));
  if (settings.help) {
    process.stdout.write(usage);
    return 0;
  }
  const rows = allRows.filter((row) => isSelected(row.id, settings.workloads));
  const unknown = settings.workloads.filter((id) => !allRows.some((row) => isSelected(row.id, [id])));
  if (unknown.length > 0) {
    const ids = allRows.map((row) => row.id).join(", ");
    throw new Error(`no row is called "${unknown.join(", ")}"; there are ${ids}`);
  }
  await buildSluice();
  const result = await measure(rows, settings, (soFar) => save(soFar, settings));
  say(`written to ${recordPaths(result, settings).join(" and ")}`);
  process.stdout.write(report(result));
  const worse =
    settings.baseline === undefined
      ? []
      : regressions(result, JSON.parse(await readFile(settings.baseline, "utf8")) as BenchmarkResult);
  for (const line of worse) say(`worse than the baseline: ${line}`);
  const lost = result.rows.filter((row) =>
    row.standings.some((s) => s.contender === row.subject && s.state !== "measured"),
  );
  if (lost.length > 0) return 1;
  return worse.length > 0 ? 2 : 0;
}

// Whoever is at work is ended, and what lies around removed, on the way out.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));

try {
  process.exitCode = await main();
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
