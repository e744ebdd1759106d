import { describe, expect, test } from "vitest";
import { type Contender, contestDefaults, type ContestSettings, holdContest } from "./contest.ts";
import { type Evidence, noEvidence } from "./same-work.ts";
import { goalOutcomes, standingsOf } from "./standing.ts";

const silent = (): void => {};
const rules = (settings: Partial<ContestSettings>): ContestSettings => ({ ...contestDefaults, ...settings });
const steady = { sing: () => Promise.resolve(0.1) };

/** A contender with set times, one for each turn; the last one repeats. It writes its name down at each turn. */
function contender(
  name: string,
  walls: readonly number[],
  turns: string[] = [],
  show: () => Evidence = () => noEvidence,
): Contender {
  let turn = 0;
  return {
    name,
    role: name === "subject" ? "subject" : "floor",
    take() {
      turns.push(name);
      const wall = walls[Math.min(turn++, walls.length - 1)] ?? 1;
      return Promise.resolve({ sample: { wall, cpu: wall / 2, peakMemory: 1000 }, evidence: show() });
    },
  };
}

const outputs = (hash: string): Evidence => ({
  outputs: { "marts.orders": { rows: 2, hash } },
  expected: { outputs: ["marts.orders"], checks: [], failing: [] },
});

describe("holdContest", () => {
  test("lets contenders take turns forwards, then backwards, in every round", async () => {
    const turns: string[] = [];
    const all = ["a", "b", "c"].map((name) => contender(name, [1], turns));
    await holdContest(all, rules({ rounds: 2 }), steady, silent);
    expect(turns.join("")).toBe("abccbaabccba");
  });

  test("takes warm-ups that are not counted", async () => {
    const turns: string[] = [];
    const all = [contender("a", [9, 1], turns), contender("b", [9, 1], turns)];
    const { rounds } = await holdContest(all, rules({ rounds: 1, warmUps: 1 }), steady, silent);
    expect(turns.join("")).toBe("ababba");
    expect(rounds[0]?.samples["a"]?.map((sample) => sample.wall)).toEqual([1, 1]);
  });

  test("discards a round in which the canary drifted by more than a tenth, and holds another", async () => {
    const songs = [0.1, 0.105, 0.1, 0.12, 0.12, 0.1, 0.1, 0.1];
    const canary = { sing: () => Promise.resolve(songs.shift() ?? 0.1) };
    const floor = contender("floor", [1, 1, 50, 50, 60, 60, 1, 1]);
    const { rounds, voids } = await holdContest(
      [floor, contender("subject", [2])],
      rules({ rounds: 2 }),
      canary,
      silent,
    );
    expect(rounds.map((round) => round.kept)).toEqual([true, false, false, true]);
    const [standing] = standingsOf([floor], "subject", { rounds, voids }, 2);
    expect(standing).toMatchObject({ state: "measured", wall: 1, wallRatio: { median: 2, low: 2, high: 2 } });
  });

  test("gives up on a restless machine and says so", async () => {
    let song = 0;
    const canary = { sing: () => Promise.resolve(song++ % 2 === 0 ? 0.1 : 0.2) };
    const all = [contender("floor", [1]), contender("subject", [1])];
    const { rounds, voids } = await holdContest(
      all,
      rules({ rounds: 3, patience: 2, leastTime: 0 }),
      canary,
      silent,
    );
    expect(rounds).toHaveLength(6);
    expect(standingsOf(all, "subject", { rounds, voids }, 3)[0]).toMatchObject({
      state: "void",
      reason: expect.stringContaining("0 of 6 rounds"),
    });
  });

  test("voids a contender whose output differs, and goes on without it", async () => {
    const turns: string[] = [];
    const all = [
      contender("floor", [1], turns, () => outputs("1")),
      contender("subject", [1], turns, () => outputs("1")),
      contender("cheat", [0.1], turns, () => outputs("2")),
    ];
    const { rounds, voids } = await holdContest(all, rules({ rounds: 1 }), steady, silent);
    expect(Object.keys(voids)).toEqual(["cheat"]);
    expect(turns).toEqual(["floor", "subject", "cheat", "subject", "floor"]);
    expect(standingsOf(all, "subject", { rounds, voids }, 1)[2]).toMatchObject({
      state: "void",
      reason: expect.stringContaining("marts.orders holds other rows"),
    });
  });

  test("voids a contender that fails, with its words", async () => {
    const broken: Contender = {
      name: "broken",
      role: "peer",
      take: () => Promise.reject(new Error("no disk")),
    };
    const all = [contender("floor", [1]), contender("subject", [1]), broken];
    const { voids } = await holdContest(all, rules({ rounds: 1 }), steady, silent);
    expect(voids).toEqual({ broken: "no disk" });
  });

  test("does not run absent contenders", async () => {
    const absent: Contender = {
      name: "absent",
      role: "peer",
      notRun: "no registry",
      take: () => Promise.reject(new Error("must not run")),
    };
    const all = [contender("floor", [1]), contender("subject", [1]), absent];
    const { rounds, voids } = await holdContest(all, rules({ rounds: 1 }), steady, silent);
    expect(voids).toEqual({});
    expect(standingsOf(all, "subject", { rounds, voids }, 1)[2]).toEqual({
      contender: "absent",
      role: "peer",
      state: "not run",
      reason: "no registry",
    });
  });
});

describe("goalOutcomes", () => {
  const against = (low: number, high: number) => ({
    contender: "floor",
    role: "floor" as const,
    state: "measured" as const,
    wallRatio: { median: (low + high) / 2, low, high },
  });
  const goal = { against: "floor", measure: "wall ratio" as const, atMost: 1.1 };

  test("calls a goal met or missed only by the whole interval", () => {
    const outcome = (low: number, high: number) => goalOutcomes([goal], [against(low, high)])[0]?.outcome;
    expect([outcome(1, 1.1), outcome(1.05, 1.2), outcome(1.11, 1.2)]).toEqual(["met", "open", "missed"]);
  });

  test("never calls a goal met that was not measured", () => {
    expect(
      goalOutcomes([goal], [{ contender: "floor", role: "floor", state: "void", reason: "x" }])[0]?.outcome,
    ).toBe("not measured");
  });
});
