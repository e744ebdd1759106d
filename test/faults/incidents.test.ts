/** kill -9 at every word of a run that finds something: its incident is there exactly when what it tells of is. */
import { cp } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ProjectOnDisk, projectOnDisk } from "../e2e/project-on-disk.ts";
import { csv, shop } from "../e2e/shop-project.ts";

interface Incident {
  readonly id: number;
  readonly dataset: string;
  readonly state: string;
  readonly occurrences: number;
}

const poisoned = csv(...Array.from({ length: 9 }, (_, n) => `x${n},2026-03-04,tea,1.00`));

let template: ProjectOnDisk;
beforeAll(async () => {
  template = await projectOnDisk(shop);
  expect(await template.run()).toMatchObject({ code: 0, release: 1 });
  await template.write({ "landing/orders/poisoned.csv": poisoned });
});
afterAll(() => template[Symbol.asyncDispose]());

async function copy(): Promise<ProjectOnDisk> {
  const project = await projectOnDisk({});
  await cp(template.root, project.root, { recursive: true, preserveTimestamps: true });
  return project;
}

async function incidents(project: ProjectOnDisk): Promise<readonly Incident[]> {
  const { stdout } = await project.sluice(["incidents", "ls", "--all", "--json"]);
  return (JSON.parse(stdout) as { readonly incidents: readonly Incident[] }).incidents;
}

/** Kill a run when it has said so many lines. */
async function killedAfter(project: ProjectOnDisk, lines: number): Promise<void> {
  let heard = 0;
  const { ended } = project.start(["run", "--json"], {
    onLine: (_, child) => {
      heard += 1;
      if (heard === lines) child.kill("SIGKILL");
    },
  });
  await ended;
}

test("of a run that is killed at any word, no incident is lost, doubled or seen twice", async () => {
  await using undisturbed = await copy();
  const lines = (await undisturbed.sluice(["run", "--json"])).stdout.trimEnd().split("\n").length;
  expect(lines).toBeGreaterThan(5);
  for (let at = 1; at <= lines; at += 1) {
    await using project = await copy();
    await killedAfter(project, at);
    const before = await incidents(project);
    const seen = before[0]?.occurrences ?? 0;
    expect(before.length, `killed after ${at} of ${lines} lines`).toBe(seen);
    expect(await project.run()).toMatchObject({ code: 1, failed: ["raw.orders"] });
    expect(await incidents(project)).toMatchObject([{ id: 1, dataset: "raw.orders", occurrences: seen + 1 }]);
    await project.write({ "landing/orders/poisoned.csv": null });
    expect(await project.run()).toMatchObject({ code: 0 });
    expect(await incidents(project)).toMatchObject([{ id: 1, state: "resolved", occurrences: seen + 1 }]);
  }
});
