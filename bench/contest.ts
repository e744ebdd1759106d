/**
 * Contenders take turns (A-B-C-C-B-A), so that a machine that slows down slows all of them. A canary
 * brackets each round; a round in which it drifted is kept in the record and left out of the numbers.
 */
import type { Canary } from "./canary.ts";
import type { Evidence } from "./same-work.ts";
import { whyVoid } from "./same-work.ts";
import type { Role, Round, Sample } from "./result.ts";
import { drift } from "./statistics.ts";

/** One way of doing the work of a row. */
export interface Contender {
  readonly name: string;
  readonly role: Role;
  /** Set where it cannot take part at all. */
  readonly notRun?: string;
  /** Do the work once: prepare (not measured), run, and show what came of it (not measured). */
  take(): Promise<{ readonly sample: Sample; readonly evidence: Evidence }>;
}

export interface ContestSettings {
  /** Rounds to keep. */
  readonly rounds: number;
  /** Turns of each contender before the first round, not counted. */
  readonly warmUps: number;
  /** Largest drift of the canary in a round that is kept, as a share. */
  readonly largestDrift: number;
  /** After how many rounds to give up, as a multiple of the rounds to keep; but not before `leastTime`. */
  readonly patience: number;
  /** Seconds to wait at least for quiet moments: short rounds find them. */
  readonly leastTime: number;
}

export const contestDefaults: ContestSettings = {
  rounds: 7,
  warmUps: 0,
  largestDrift: 0.1,
  patience: 3,
  leastTime: 90,
};

export interface ContestResult {
  readonly rounds: readonly Round[];
  /** By contender: why its numbers must not be used. */
  readonly voids: Readonly<Record<string, string>>;
  /** By contender: what its last turn showed. */
  readonly evidence: Readonly<Record<string, Evidence>>;
}

/**
 * Hold the contest. A contender that fails, or does other work than the first contender, is void with the
 * reason and takes no further turn; the others go on.
 */
export async function holdContest(
  contenders: readonly Contender[],
  settings: ContestSettings,
  canary: Pick<Canary, "sing">,
  say: (line: string) => void,
): Promise<ContestResult> {
  const voids: Record<string, string> = {};
  const evidence: Record<string, Evidence> = {};
  const standing = (): readonly Contender[] => contenders.filter((c) => !c.notRun && !(c.name in voids));
  const turn = async (contender: Contender): Promise<Sample | undefined> => {
    try {
      const { sample, evidence: shown } = await contender.take();
      const reason = whyVoid(shown, Object.values(evidence));
      if (reason === undefined) {
        evidence[contender.name] = shown;
        return sample;
      }
      voids[contender.name] = reason;
    } catch (error) {
      voids[contender.name] = error instanceof Error ? error.message : String(error);
    }
    say(`  ${contender.name} is void: ${voids[contender.name]}`);
    return undefined;
  };

  for (let warmUp = 0; warmUp < settings.warmUps; warmUp++) for (const c of standing()) await turn(c);

  const rounds: Round[] = [];
  const kept = (): number => rounds.filter((round) => round.kept).length;
  const started = performance.now();
  const patient = (): boolean =>
    rounds.length < settings.rounds * settings.patience ||
    performance.now() - started < settings.leastTime * 1000;
  while (kept() < settings.rounds && patient() && standing().length > 1) {
    const samples: Record<string, Sample[]> = {};
    const before = await canary.sing();
    const order = standing();
    for (const contender of [...order, ...order.toReversed()]) {
      if (contender.name in voids) continue;
      const sample = await turn(contender);
      if (sample) (samples[contender.name] ??= []).push(sample);
    }
    const after = await canary.sing();
    const round = {
      kept: drift(before, after) <= settings.largestDrift,
      canary: { before, after, drift: drift(before, after) },
      samples,
    };
    rounds.push(round);
    say(`  round ${rounds.length}: ${roundLine(round)}`);
  }
  return { rounds, voids, evidence };
}

function roundLine(round: Round): string {
  const walls = Object.entries(round.samples).map(
    ([name, samples]) => `${name} ${samples.map((s) => s.wall.toFixed(3)).join("/")} s`,
  );
  const verdict = round.kept
    ? ""
    : ` (discarded: the canary drifted by ${(round.canary.drift * 100).toFixed(0)} %)`;
  return `${walls.join(", ")}${verdict}`;
}
