/** Several at once: two runs, a run and a rollback, runs in two environments. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Ended } from "../e2e/command-line.ts";
import { expectRecovery, expectWhole, summaryOf, type Template, templateLedger } from "./ledger.ts";

let template: Template;
beforeAll(async () => {
  template = await templateLedger(1);
});
afterAll(() => template[Symbol.asyncDispose]());

/** The code of the error that a command line ended with, undefined where it did not. */
function errorOf({ code, stdout }: Ended): string | undefined {
  if (code === 0) return undefined;
  return (JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "") as { error: { code: string } }).error.code;
}

describe("in one environment", () => {
  test.for([2, 4])("%i runs: one works, the others are told or find nothing to do", async (count) => {
    using hurt = template.copy();
    const ends = await Promise.all(Array.from({ length: count }, () => hurt.sluice("run", "--json")));
    const published = ends.filter((end) => end.code === 0 && summaryOf(end).release === 2);
    expect(published).toHaveLength(1);
    for (const end of ends) {
      if (published.includes(end)) continue;
      if (end.code === 0) expect(summaryOf(end)).toMatchObject({ release: null, built: [] });
      else expect(errorOf(end)).toBe("environment-busy");
    }
    expect(await expectWhole(hurt, template)).toBe(2);
    await expectRecovery(hurt, template);
  });

  test("a run that is busy says who holds the environment, and what to do", async () => {
    using hurt = template.copy();
    const other: { end?: Promise<Ended> } = {};
    const { child, ended } = hurt.start(["run", "--json"], (line) => {
      if (line.includes('"type":"started"')) other.end ??= hurt.sluice("run");
    });
    await ended;
    const told = await other.end;
    if (told?.code === 1) {
      expect(told.stderr).toContain(`is being written to by process ${child.pid}`);
      expect(told.stderr).toContain("hint:");
    } else expect(told?.code).toBe(0);
    await expectRecovery(hurt, template);
  });

  test("a run and rollbacks: every release is whole, and none is lost", async () => {
    using hurt = template.copy();
    expect(await hurt.sluice("run", "--json")).toMatchObject({ code: 0 });
    const ends = await Promise.all([
      hurt.sluice("rollback", "--to", "1", "--json"),
      hurt.sluice("run", "--json"),
      hurt.sluice("rollback", "--to", "1", "--json"),
      hurt.sluice("run", "--json"),
    ]);
    for (const end of ends) {
      if (end.code !== 0) expect(["environment-busy", "base-moved"]).toContain(errorOf(end));
    }
    const now = await hurt.inspect();
    expect(now.problems).toEqual([]);
    expect([template.before.content, template.after.content]).toContainEqual(now.content);
    expect(summaryOf(await hurt.sluice("run", "--json"))).toMatchObject({ code: 0, failed: [], held: [] });
    const end = await hurt.inspect();
    expect(end.problems).toEqual([]);
    expect(end.content).toEqual(template.after.content);
  });
});

describe("in several environments", () => {
  test("each gets the same content, whoever builds it first", async () => {
    using hurt = template.copy();
    const names = ["dev", "one", "two"];
    const ends = await Promise.all(names.map((name) => hurt.sluice("run", "--json", "--env", name)));
    for (const end of ends) expect(summaryOf(end)).toMatchObject({ code: 0, failed: [], held: [] });
    for (const name of names) {
      const now = await hurt.inspect(name);
      expect(now.problems).toEqual([]);
      expect(now.content, name).toEqual(template.after.content);
    }
  });
});
