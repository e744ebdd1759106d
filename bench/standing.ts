import type { Contender, ContestResult } from "./contest.ts";
import type { Goal, GoalOutcome, Role, Round, Sample, Standing } from "./result.ts";
import { type Estimate, estimate, mean, median } from "./statistics.ts";

/** Fewest kept rounds that say anything. */
export const fewestRounds = 3;

/** What came of each contender: its medians, and the subject against it, round by round. */
export function standingsOf(
  contenders: readonly Pick<Contender, "name" | "role" | "notRun">[],
  subject: string,
  contest: Pick<ContestResult, "rounds" | "voids">,
  wanted: number,
): readonly Standing[] {
  const kept = contest.rounds.filter((round) => round.kept);
  return contenders.map(({ name, role, notRun }) => {
    const base = { contender: name, role };
    if (notRun !== undefined) return { ...base, state: "not run", reason: notRun };
    const voided = contest.voids[name];
    if (voided !== undefined) return { ...base, state: "void", reason: voided };
    if (kept.length < Math.min(wanted, fewestRounds)) {
      return {
        ...base,
        state: "void",
        reason: `the machine was too restless: ${kept.length} of ${contest.rounds.length} rounds could be kept`,
      };
    }
    return { ...base, ...measuredStanding(name, role, subject in contest.voids ? undefined : subject, kept) };
  });
}

function measuredStanding(
  name: string,
  role: Role,
  subject: string | undefined,
  kept: readonly Round[],
): Standing {
  const all = kept.flatMap((round) => round.samples[name] ?? []);
  const per = (
    combine: (mine: readonly Sample[], its: readonly Sample[]) => number,
  ): Estimate | undefined => {
    if (subject === undefined || subject === name) return undefined;
    const values = kept.flatMap((round) => {
      const [mine, its] = [round.samples[subject] ?? [], round.samples[name] ?? []];
      return mine.length > 0 && its.length > 0 ? [combine(mine, its)] : [];
    });
    return values.length > 0 ? estimate(values) : undefined;
  };
  const wall = (samples: readonly Sample[]): number => mean(samples.map((s) => s.wall));
  const cpu = (samples: readonly Sample[]): number => mean(samples.map((s) => s.cpu));
  const wallRatio = per((mine, its) => wall(mine) / wall(its));
  // Without any CPU time on one side (a clock tick is 10 ms) a ratio says nothing.
  const cpuRatio = all.every((s) => s.cpu > 0) ? per((mine, its) => cpu(mine) / cpu(its)) : undefined;
  const wallDifference = per((mine, its) => wall(mine) - wall(its));
  return {
    contender: name,
    role,
    state: "measured",
    wall: median(all.map((s) => s.wall)),
    wallRange: estimate(all.map((s) => s.wall)),
    cpu: median(all.map((s) => s.cpu)),
    peakMemory: Math.max(...all.map((s) => s.peakMemory)),
    ...(wallRatio ? { wallRatio } : {}),
    ...(cpuRatio ? { cpuRatio } : {}),
    ...(wallDifference ? { wallDifference } : {}),
  };
}

/** Judge goals by the whole interval: what straddles a goal is open, not met. */
export function goalOutcomes(goals: readonly Goal[], standings: readonly Standing[]): readonly GoalOutcome[] {
  return goals.map((goal) => {
    const standing = standings.find((s) => s.contender === goal.against);
    const measured = standing && measuredFor(goal.measure, standing);
    if (!measured) return { ...goal, outcome: "not measured" };
    const outcome = measured.high <= goal.atMost ? "met" : measured.low > goal.atMost ? "missed" : "open";
    return { ...goal, outcome, measured };
  });
}

function measuredFor(measure: Goal["measure"], standing: Standing): Estimate | undefined {
  if (measure === "wall ratio") return standing.wallRatio;
  if (measure === "wall difference") return standing.wallDifference;
  if (measure === "wall") return standing.wallRange;
  if (standing.peakMemory === undefined) return undefined;
  const megabytes = standing.peakMemory / 1e6;
  return { median: megabytes, low: megabytes, high: megabytes };
}
