import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import { type Ended, sluice, startSluice, type Started } from "../e2e/command-line.ts";
import { projectOnDisk, type Ran, type RunResult } from "../e2e/project-on-disk.ts";
import { inspect, type Inspection, runs, staged } from "./inspect-state.ts";
import { agreement, delivery, ledger } from "./ledger-project.ts";

/** A ledger at release 1 with a second delivery before it, and what an undisturbed run makes of that. */
export interface Template extends AsyncDisposable {
  /** A copy of it in a directory of its own. */
  copy(parent?: string): Ledger;
  readonly before: Inspection;
  readonly after: Inspection;
  /** The undisturbed run. */
  readonly ran: Ran;
  /** Milliseconds that run took, with the start of its process. */
  readonly elapsed: number;
}

/** One copy, to be hurt. */
export interface Ledger extends Disposable {
  readonly root: string;
  start(args: readonly string[], onLine?: (line: string, started: Started["child"]) => void): Started;
  sluice(...args: readonly string[]): Promise<Ended>;
  inspect(environment?: string): Promise<Inspection>;
  staged(): readonly string[];
}

export async function templateLedger(workers = 2): Promise<Template> {
  const project = await projectOnDisk(ledger(workers));
  expect(await project.run()).toMatchObject({ code: 0, release: 1, failed: [] });
  await project.write(delivery(2));
  const before = await ledgerAt(project.root).inspect();
  const copy = (parent = tmpdir()): Ledger => {
    const root = mkdtempSync(join(parent, "sluice-fault-"));
    execFileSync("cp", ["-a", `${project.root}/.`, root]);
    return ledgerAt(root);
  };
  using undisturbed = copy();
  const started = performance.now();
  const ran = summaryOf(await undisturbed.sluice("run", "--json"));
  const elapsed = performance.now() - started;
  expect(ran).toMatchObject({ code: 0, release: 2, failed: [] });
  const after = await undisturbed.inspect();
  expect(before.problems).toEqual([]);
  expect(after.problems).toEqual([]);
  expect(after.content).not.toEqual(before.content);
  return { copy, before, after, ran, elapsed, [Symbol.asyncDispose]: () => project[Symbol.asyncDispose]() };
}

function ledgerAt(root: string): Ledger {
  const data = join(root, ".sluice", "data");
  return {
    root,
    start: (args, onLine) => startSluice(args, { cwd: root, ...(onLine ? { onLine } : {}) }),
    sluice: (...args) => sluice(args, { cwd: root }),
    inspect: (environment) => inspect({ state: join(root, "state", "state.db"), data }, environment),
    staged: () => staged(data),
    [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true, maxRetries: 3 }),
  };
}

/** The events and the summary of a `run --json` that came to its end. */
export function summaryOf({ code, stdout, stderr }: Ended): Ran {
  const documents = stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as { event?: Ran["events"][number] } & RunResult);
  const summary = documents.pop();
  if (!summary || summary.event || !("built" in summary))
    throw new Error(`the run ended with ${code}\n${stdout.slice(-2000)}\n${stderr}`);
  return { ...summary, code, events: documents.flatMap(({ event }) => event ?? []) };
}

/** What readers see is release 1 or release 2, whole, to the last row. Returns which. */
export async function expectWhole(hurt: Ledger, { before, after }: Template): Promise<number> {
  const now = await hurt.inspect();
  expect(now.problems).toEqual([]);
  expect([before.release, after.release]).toContain(now.release);
  expect(now.content).toEqual(now.release === before.release ? before.content : after.content);
  const answer = await hurt.sluice("query", "--json", agreement);
  expect(answer).toMatchObject({ code: 0, stderr: "" });
  const batch = now.release;
  expect(JSON.parse(answer.stdout)).toEqual([
    { ticks: batch, pages: batch, a: batch, b: batch, computed: batch, both_of_them: batch },
  ]);
  return now.release;
}

/** The next run works, and leaves exactly what an undisturbed one would have left. Returns the release. */
export async function expectRecovery(hurt: Ledger, { after, ran }: Template): Promise<number> {
  const next = summaryOf(await hurt.sluice("run", "--json"));
  expect(next).toMatchObject({ code: 0, current: after.release, failed: [], held: [] });
  expect(next.rows).toEqual(ran.rows);
  const now = await hurt.inspect();
  expect(now.problems).toEqual([]);
  expect(now.content).toEqual(after.content);
  expect(now.release).toBe(after.release);
  expect(hurt.staged()).toEqual([]);
  return now.release;
}

/** All of these processes have ended, or end within so many milliseconds. */
export async function expectGone(pids: readonly number[], within = 10_000): Promise<void> {
  const deadline = performance.now() + within;
  while (pids.some(runs) && performance.now() < deadline) await sleep(20);
  expect(pids.filter(runs)).toEqual([]);
}
