/** Several machines: one is stopped and wakes up too late, one has a wrong clock, two begin at once. */
import { spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type PostgresServer, startPostgres } from "../../src/testing/postgres-server.ts";
import { gated } from "../e2e/gated-project.ts";
import { type ProjectFiles, type ProjectOnDisk, projectOnDisk } from "../e2e/project-on-disk.ts";
import { config, csv } from "../e2e/shop-project.ts";
import { canUnshare } from "./campaign/place.ts";
import { childrenOf } from "./inspect-state.ts";
import { expectGone } from "./ledger.ts";
import type { Machine } from "./machine.ts";

/** The last line that a machine printed. */
interface Last {
  readonly release?: number | null;
  readonly built?: readonly string[];
  readonly error?: { readonly code: string; readonly message: string; readonly hint?: string };
}

let server: PostgresServer | undefined;
let missing: string | undefined;
let schemas = 0;
beforeAll(async () => {
  const started = await startPostgres();
  if ("skipped" in started) missing = started.skipped;
  else server = started;
});
afterAll(() => server?.[Symbol.asyncDispose]());

describe.each(["SQLite", "PostgreSQL"])("with the state in %s", (kind) => {
  let project: ProjectOnDisk;
  beforeEach(async ({ skip }) => {
    skip(kind === "PostgreSQL" && missing !== undefined, missing);
    schemas += 1;
    const files: ProjectFiles = {
      ...gated,
      ...(kind === "PostgreSQL"
        ? { "sluice.config.ts": config(`, state: "${server?.url}?schema=s${schemas}"`) }
        : {}),
    };
    project = await projectOnDisk(files);
  });
  afterEach(() => project?.[Symbol.asyncDispose]());

  /** Run on a machine. `lines` grows while it does. */
  function start(machine: Machine, launcher: readonly string[] = []) {
    const program = join(import.meta.dirname, "machine.ts");
    const [file, ...args] = [...launcher, process.execPath, program, project.root, JSON.stringify(machine)];
    const child = spawn(file, args, {
      cwd: project.root,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const lines: string[] = [];
    let errors = "";
    let rest = "";
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      const whole = (rest + chunk).split("\n");
      rest = whole.pop() ?? "";
      lines.push(...whole);
    });
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => (errors += chunk));
    const ended = new Promise<Last>((resolve, reject) => {
      child.on("close", () => {
        const last = lines.at(-1);
        if (last === undefined || last.startsWith('{"event"')) reject(new Error(errors));
        else resolve(JSON.parse(last) as Last);
      });
    });
    return { child, pid: child.pid ?? 0, lines, ended };
  }

  /** Wait until a machine builds what waits for the gate, and the rest is finished. */
  async function caught({ lines, child }: ReturnType<typeof start>): Promise<void> {
    const finished = (): number => lines.filter((line) => line.includes('"type":"finished"')).length;
    while (finished() < 3 && child.exitCode === null) await sleep(20);
    expect(finished()).toBe(3);
  }

  const orders = async (): Promise<unknown> =>
    (await project.query("select max(orders)::integer as n from shop.slow"))[0]?.["n"];
  const clicks = async (): Promise<unknown> =>
    (await project.query("select count(*)::integer as n from raw.clicks"))[0]?.["n"];
  const stagedBy = (): readonly string[] => {
    const staging = join(project.root, ".sluice/data/.staging");
    return existsSync(staging) ? readdirSync(staging) : [];
  };
  const states = async (): Promise<readonly string[]> => {
    const { stdout } = await project.sluice(["runs", "--json"]);
    const { runs } = JSON.parse(stdout) as { runs: readonly { state: string; who: string }[] };
    return runs.map(({ state, who }) => `${who}: ${state}`);
  };

  test("two containers of one name do not take each other for dead", async ({ skip }) => {
    skip(!canUnshare, "this machine lets nobody make containers");
    const host = hostname();
    const first = start({ host, who: "maria" });
    await caught(first);
    const staged = stagedBy();
    expect(staged).not.toEqual([]);
    const container = ["unshare", "--pid", "--fork", "--mount-proc", "--kill-child"];
    const { error } = await start({ host, who: "paul" }, container).ended;
    expect(error?.code).toBe("environment-busy");
    expect(error?.message).toContain('of "maria"');
    // What starts elsewhere sweeps nothing of those that live here, in an environment of its own either.
    const other = start({ host, who: "paul", environment: "side" }, container);
    await caught(other);
    expect(stagedBy()).toEqual(expect.arrayContaining([...staged]));
    await project.write({ open: "" });
    expect(await first.ended).toMatchObject({ release: 1 });
    expect(await other.ended).toMatchObject({ release: 1 });
  });

  test.for([
    ["when the other has finished", false],
    ["while the other is at work", true],
  ] as const)("a run that wakes up %s publishes nothing and says who took over", async ([, early]) => {
    const zombie = start({ host: "one", who: "maria" });
    await caught(zombie);
    const workers = childrenOf(zombie.pid);
    expect(workers.length).toBeGreaterThan(0);
    zombie.child.kill("SIGSTOP");
    if (!early) await project.write({ open: "" });
    const other = start({ host: "two", who: "paul" });
    if (early) await caught(other);
    else expect(await other.ended).toMatchObject({ release: 1 });
    zombie.child.kill("SIGCONT");
    const { error } = await zombie.ended;
    expect(error?.code).toBe("lease-lost");
    expect(error?.message).toMatch(
      early ? /process \d+ of "paul" on "two" took epoch 2/ : /run [\w-]+ of "paul" took epoch 2/,
    );
    expect(error?.hint).toContain("nothing is lost");
    await expectGone(workers);
    await project.write({ open: "" });
    expect(await other.ended).toMatchObject({ release: 1 });
    expect(await project.releases()).toMatchObject([{ release: 1, who: "paul" }]);
    expect([await orders(), await clicks()]).toEqual([3, 1]);
    expect(await states()).toEqual(["paul: published", "maria: superseded"]);
    expect(stagedBy()).toEqual([]);
    expect(await project.sluice(["gc", "--yes"])).toMatchObject({ code: 0 });
    expect(await project.sluice(["doctor", "--deep"])).toMatchObject({ code: 0 });
    expect(await project.run()).toMatchObject({ code: 0, release: 2 });
  });

  test("clocks that are hours apart change neither the order of releases nor what is built", async () => {
    await project.write({ open: "" });
    const hours = 3_600_000;
    const fast = start({ host: "fast", who: "maria", clock: 2 * hours });
    expect(await fast.ended).toMatchObject({ release: 1 });
    await project.write({ "landing/orders/late.csv": csv("9,2026-03-04,tea,1.00") });
    const slow = start({ host: "slow", who: "paul", clock: -2 * hours });
    expect(await slow.ended).toMatchObject({ release: 2 });
    expect((await project.releases()).map(({ release, who }) => [release, who])).toEqual([
      [2, "paul"],
      [1, "maria"],
    ]);
    expect([await orders(), await clicks()]).toEqual([4, 2]);
    expect(await project.query("from raw.orders", "--at", "1")).toHaveLength(3);
    expect(await states()).toEqual(["paul: published", "maria: published"]);
  });

  test("a machine whose clock is hours ahead does not take over from one that lives", async () => {
    const first = start({ host: "one", who: "maria" });
    await caught(first);
    const second = start({ host: "two", who: "paul", clock: 7_200_000 });
    expect((await second.ended).error?.code).toBe("environment-busy");
    await project.write({ open: "" });
    expect(await first.ended).toMatchObject({ release: 1 });
  });

  test("of two that begin at once one publishes, and the other is told who does", async () => {
    await project.write({ open: "" });
    const ends = await Promise.all(
      ["one", "two", "three"].map((host) => start({ host, who: `${host}'s` }).ended),
    );
    const published = ends.filter(({ release }) => release === 1);
    expect(published).toHaveLength(1);
    for (const { error, built } of ends.filter((end) => !published.includes(end))) {
      if (error) expect(error.code).toBe("environment-busy");
      else expect(built).not.toContain("shop.slow");
    }
    expect(await orders()).toBe(3);
    expect(stagedBy()).toEqual([]);
  });
});
