/** Commands of a story: with something happening to them, and without. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Ended } from "../../e2e/command-line.ts";
import { pick, type Roll } from "../chance.ts";
import { inspect } from "../inspect-state.ts";
import { type Attempt, environmentOf, type Fault, faults } from "./faults.ts";
import { foresee, nothingYet } from "./foresee.ts";
import {
  type Account,
  check,
  differences,
  endProblem,
  type Leniency,
  strict,
  toldReleases,
} from "./judge.ts";
import { inShort, type Place } from "./place.ts";
import { quiet } from "./quiet.ts";
import type { World } from "./world.ts";

/** Milliseconds that a command with something to do takes here and now, learnt from those that nothing happened to. */
const pace = { run: 400, other: 90 };

/** What people ask for. Add yours here. */
const commands: readonly { readonly weight: number; args(roll: Roll): readonly string[] }[] = [
  { weight: 16, args: () => ["run", "--json", "--env", "dev"] },
  { weight: 2, args: () => ["run", "--json", "--env", "prod"] },
  { weight: 4, args: () => ["promote", "--json", "dev", "prod"] },
  { weight: 3, args: () => ["rollback", "--json", "--env", "dev"] },
  { weight: 2, args: (roll) => ["rollback", "--json", "--env", "dev", "--to", String(1 + roll(4))] },
  { weight: 1, args: () => ["rollback", "--json", "--env", "prod"] },
  { weight: 3, args: (roll) => ["gc", "--json", "--yes", "--keep", String(1 + roll(3))] },
  { weight: 2, args: () => ["resume", "--json", "--env", "dev"] },
  { weight: 1, args: () => ["runs", "--json"] },
  {
    weight: 1,
    args: (roll) => [
      "hold",
      "add",
      "--json",
      "--why",
      "case 1",
      ["raw.ticks", "dev@2", "prod@1"][roll(3)] ?? "",
    ],
  },
  { weight: 1, args: () => ["state", "export", "--json", "state-copy.ndjson.gz"] },
  { weight: 1, args: () => ["doctor", "--json", "--deep"] },
];

/** A story under way. */
export interface Story {
  readonly place: Place;
  readonly roll: Roll;
  readonly account: Account;
  world: World;
  /** What happened so far, a line each. */
  readonly lines: string[];
}

/** Errors: what is wrong, if anything is. */
export function refuse(problems: readonly string[]): void {
  if (problems.length > 0) throw new Error(problems.join("\n"));
}

/** A command to which something happens. */
export async function hurt(
  story: Story,
): Promise<{ readonly args: readonly string[]; readonly fault: Fault }> {
  const { place, roll, lines } = story;
  const args = pick(roll, commands).args(roll);
  const fault = pick(
    roll,
    faults.filter((candidate) => candidate.fits(args, place)),
  );
  const line = lines.push(`${args.join(" ")} | ${fault.name}`) - 1;
  const others: Promise<void>[] = [];
  const leniency: Leniency = fault;
  const attempt = begin(story, args, (text) => (lines[line] += `, ${text}`), others, leniency);
  try {
    await fault.inflict(attempt);
  } finally {
    const end = await attempt.ended;
    await Promise.all(others);
    fault.undo?.(place);
    lines[line] += ` → ${inShort(end)}`;
  }
  await quiet(place);
  await judge(story, args, await attempt.ended, leniency);
  return { args, fault };
}

function begin(
  story: Story,
  args: readonly string[],
  note: (text: string) => void,
  others: Promise<void>[],
  leniency: Leniency,
): Attempt {
  const { place, roll } = story;
  let seen = 0;
  let ended = false;
  let onLine = (): void => undefined;
  const started = place.start(args, () => {
    seen += 1;
    onLine();
  });
  const end = started.ended.finally(() => {
    ended = true;
    onLine();
  });
  const moment = async (): Promise<void> => {
    const isRun = args[0] === "run";
    if (!isRun || roll(2) === 0) {
      const milliseconds = (roll(1000) / 1000) * (isRun ? pace.run : pace.other);
      note(`after ${milliseconds.toFixed()} ms`);
      await Promise.race([sleep(milliseconds), end]);
      return;
    }
    const line = seen + 1 + roll(30);
    note(`at line ${line}`);
    await new Promise<void>((resolve) => {
      onLine = () => (ended || seen >= line) && resolve();
      onLine();
    });
  };
  return {
    ...started,
    args,
    place,
    roll,
    moment,
    note,
    over: () => ended,
    async meanwhile(otherArgs, elsewhere = false) {
      const other = elsewhere ? place.runElsewhere(environmentOf(otherArgs)) : place.start(otherArgs);
      const told = other.ended.then((otherEnd) => {
        note(`meanwhile ${otherArgs.filter((part) => part !== "--json").join(" ")} → ${inShort(otherEnd)}`);
        const problem = endProblem(otherArgs, otherEnd, { ...leniency, kills: false });
        if (problem !== undefined) throw new Error(problem);
      });
      // Judged when the story waits for all of them.
      told.catch(() => undefined);
      others.push(told);
      return other.ended;
    },
  };
}

async function judge(story: Story, args: readonly string[], end: Ended, leniency: Leniency): Promise<void> {
  const problem = endProblem(args, end, leniency);
  const found = await check(story.place, story.world, story.account, leniency);
  const known = story.account.releases.get(environmentOf(args))?.length ?? 0;
  const lost = toldReleases(end).filter((release) => release > known);
  refuse([
    ...(problem === undefined ? [] : [problem]),
    ...found,
    ...lost.map((release) => `release ${release} was told of and is not there`),
  ]);
}

/** The same command with nothing happening to it: it must work, and a run must catch up with the world. */
export async function clean(story: Story, args: readonly string[]): Promise<void> {
  const { place, account, world, lines } = story;
  const started = performance.now();
  const end = await place.start(args).ended;
  const isRun = args[0] === "run";
  const kind = isRun ? "run" : "other";
  pace[kind] = 0.7 * pace[kind] + 0.3 * (performance.now() - started);
  lines.push(`${args.join(" ")} → ${inShort(end)}`);
  await judge(story, args, end, strict);
  if (!isRun) return;
  const environment = environmentOf(args);
  const { foreseen, held } = foresee(world, account.releases.get(environment)?.at(-1) ?? nothingYet);
  const now = await inspect(place.places, environment, account.cache);
  refuse(differences(foreseen, now));
  if (now.held.toSorted().join() !== held.join())
    refuse([`${environment} holds ${now.held.join()} instead of ${held.join()}`]);
  if (end.code !== (held.length > 0 ? 1 : 0))
    refuse([`the run ended with ${end.code}, holding ${held.join()}`]);
}
