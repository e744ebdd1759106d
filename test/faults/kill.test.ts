/**
 * kill -9 at every boundary between stages and at random instants, of the command line and of its workers.
 * Whatever dies whenever: readers see a whole release, the next run works, nothing is lost or doubled.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Ended } from "../e2e/command-line.ts";
import { type ProjectOnDisk, projectOnDisk } from "../e2e/project-on-disk.ts";
import { shop } from "../e2e/shop-project.ts";
import { chances, faultRuns, seed } from "./chance.ts";
import { childrenOf } from "./inspect-state.ts";
import {
  expectGone,
  expectRecovery,
  expectWhole,
  summaryOf,
  type Template,
  templateLedger,
} from "./ledger.ts";

let template: Template;
beforeAll(async () => {
  template = await templateLedger();
});
afterAll(() => template[Symbol.asyncDispose]());

/** Events between which the run's stages lie. */
const isBoundary = (line: string): boolean =>
  /^\{"event":\{"type":"(planned|started|finished|published)"/.test(line);

/** The boundaries of a run of the ledger: planned, six started, six finished, published. */
const boundaries = 14;

/** Kill at one boundary, look, and run again. Returns the release that readers saw in between. */
async function hurtAt(boundary: number): Promise<number> {
  using hurt = template.copy();
  let seen = 0;
  let workers: number[] = [];
  const { ended } = hurt.start(["run", "--json"], (line, child) => {
    if (!isBoundary(line)) return;
    seen += 1;
    if (seen !== boundary || child.pid === undefined) return;
    workers = childrenOf(child.pid);
    child.kill("SIGKILL");
  });
  await ended;
  await expectGone(workers);
  const release = await expectWhole(hurt, template);
  await expectRecovery(hurt, template);
  return release;
}

describe("the command line is killed", () => {
  test("the undisturbed run has as many boundaries as are tried", () => {
    const count = template.ran.events.filter((event) => isBoundary(JSON.stringify({ event }))).length;
    expect(count).toBe(boundaries);
  });

  test.concurrent.for(Array.from({ length: boundaries }, (_, index) => index + 1))(
    "at boundary %i",
    async (boundary) => {
      // The word of a release comes after the release; before that it depends on how fast the signal is.
      expect(boundary === boundaries ? [2] : [1, 2]).toContain(await hurtAt(boundary));
    },
  );

  test.for(chances("command line", faultRuns))(
    `at a random instant (${seed}): %f of the run`,
    async (share) => {
      using hurt = template.copy();
      const { child, ended } = hurt.start(["run", "--json"]);
      await sleep(share * template.elapsed);
      const workers = child.pid === undefined ? [] : childrenOf(child.pid);
      child.kill("SIGKILL");
      await ended;
      await expectGone(workers);
      expect([1, 2]).toContain(await expectWhole(hurt, template));
      expect(await expectRecovery(hurt, template)).toBe(2);
    },
  );

  test("again and again: every run is killed a little later, and the last one ends", async () => {
    using hurt = template.copy();
    let released = 1;
    for (const later of chances("again and again", faultRuns)) {
      if (released > 1) break;
      const { child, ended } = hurt.start(["run", "--json"]);
      await sleep((0.3 + 0.6 * later) * template.elapsed);
      child.kill("SIGKILL");
      await ended;
      released = await expectWhole(hurt, template);
    }
    expect(await expectRecovery(hurt, template)).toBe(2);
  });
});

describe("a rollback or a promotion is killed", () => {
  test(`at random instants (${seed}): either it happened, whole, or it did not`, async () => {
    using hurt = template.copy();
    expect(await expectRecovery(hurt, template)).toBe(2);
    const whole = [{}, template.before.content, template.after.content];
    for (const [round, share] of chances("pointers", faultRuns).entries()) {
      const args =
        round % 2 === 0 ? ["rollback", "--to", String(1 + (round % 4) / 2)] : ["promote", "dev", "prod"];
      const started = performance.now();
      const { child, ended } = hurt.start(args);
      await sleep(share * 300);
      child.kill("SIGKILL");
      await ended;
      for (const environment of ["dev", "prod"]) {
        const { problems, content } = await hurt.inspect(environment);
        expect(problems, `${args.join(" ")} killed after ${performance.now() - started} ms`).toEqual([]);
        expect(whole).toContainEqual(content);
      }
    }
    const forward = summaryOf(await hurt.sluice("run", "--json"));
    expect(forward).toMatchObject({ code: 0, failed: [], held: [] });
    expect((await hurt.inspect()).content).toEqual(template.after.content);
  });
});

describe("a worker is killed", () => {
  test.for(chances("worker", faultRuns))(`at a random instant (${seed}): %f of the run`, async (share) => {
    using hurt = template.copy();
    const { child, ended } = hurt.start(["run", "--json"]);
    await sleep(share * template.elapsed);
    const workers = child.pid === undefined ? [] : childrenOf(child.pid);
    const victim = workers[Math.floor(share * 1000) % Math.max(1, workers.length)];
    if (victim !== undefined) process.kill(victim, "SIGKILL");
    const ran = summaryOf(await ended);
    // One death is made good within the run.
    expect(ran).toMatchObject({ code: 0, release: 2, failed: [], held: [] });
    await expectWhole(hurt, template);
    await expectRecovery(hurt, template);
  });

  test("all of them, as often as they come back: what they built is held, readers keep what is good", async () => {
    using hurt = template.copy();
    const { child, ended } = hurt.start(["run", "--json"]);
    let going = true;
    const end = ended.finally(() => (going = false));
    while (going) {
      for (const worker of child.pid === undefined ? [] : childrenOf(child.pid)) {
        try {
          process.kill(worker, "SIGKILL");
        } catch {
          // It was faster.
        }
      }
      await sleep(20);
    }
    const ran = summaryOf(await end);
    expect(ran).toMatchObject({ code: 1, release: null });
    expect(ran.failed).toContain("raw.ticks");
    const incident = ran.events.find(({ type, dataset }) => type === "incident" && dataset === "raw.ticks");
    expect(incident?.["message"]).toContain("died");
    await expectWhole(hurt, template);
    await expectRecovery(hurt, template);
  });
});

describe("a worker that never returns from the user's code", () => {
  const endless = `import { model, t } from "sluice";
export default model({ columns: { n: t.integer() }, *rows() { for (;;); } });
`;
  /** Start a run, send signals a moment apart once the worker is stuck, and wait for the end of all. */
  async function stopped(project: ProjectOnDisk, ...signals: readonly NodeJS.Signals[]): Promise<Ended> {
    let workers: number[] = [];
    const { ended } = project.start(["run", "--json"], {
      onLine: (line, child) => {
        if (!line.includes('"phase":"building"') || child.pid === undefined) return;
        workers = childrenOf(child.pid);
        for (const [index, signal] of signals.entries()) setTimeout(() => child.kill(signal), index * 300);
      },
    });
    const end = await ended;
    expect(workers).toHaveLength(1);
    await expectGone(workers);
    return end;
  }

  test("ends with the command line, however that ends", async () => {
    await using project = await projectOnDisk({ ...shop, "models/shop/endless.ts": endless });
    expect(await stopped(project, "SIGKILL")).toMatchObject({ signal: "SIGKILL" });
    expect(await stopped(project, "SIGINT", "SIGINT")).toMatchObject({ code: 130 });
    const patient = await stopped(project, "SIGTERM");
    expect(patient.code).toBe(130);
    expect(patient.stdout).toContain('"code":"interrupted"');
    await project.write({ "models/shop/endless.ts": endless.replace("for (;;);", "yield { n: 1 };") });
    expect(await project.run()).toMatchObject({ code: 0, release: 1, failed: [] });
  });
});
