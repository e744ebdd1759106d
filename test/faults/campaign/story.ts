/**
 * One story: a project lives for some days, its people run, promote, roll back and clean up, and something
 * happens to them at it. After everything that happens an independent look must find the state whole.
 */
import { dice } from "../chance.ts";
import { leftovers } from "../inspect-state.ts";
import { clean, hurt, refuse, type Story } from "./commands.ts";
import { damages } from "./damage.ts";
import { accountOf, check, strict } from "./judge.ts";
import type { Place } from "./place.ts";
import { quiet } from "./quiet.ts";
import { type Beginning, filesBetween, nextDay } from "./world.ts";

/** Play the story of a seed. Returns how much happened. Errors: what must not be, with the story so far. */
export async function play(seed: number, place: Place, beginning: Beginning): Promise<number> {
  const story: Story = {
    place,
    roll: dice("story", seed),
    account: accountOf(beginning),
    world: beginning.second,
    lines: [`state in ${place.kind}`],
  };
  try {
    refuse(await check(place, story.world, story.account, strict));
    for (let days = story.roll(4) === 0 ? 3 : 1; days > 0; days -= 1) await day(story);
    await finale(story);
    return story.lines.length;
  } catch (error) {
    throw new StoryError(seed, story.lines, error);
  }
}

/** What must not be, after what had happened, and how to see it again. */
class StoryError extends Error {
  constructor(seed: number, lines: readonly string[], cause: unknown) {
    const happened = lines.map((line, index) => `${index + 1}. ${line}`).join("\n");
    super(
      `story ${seed}:\n${happened}\n${cause instanceof Error ? cause.message : String(cause)}\n` +
        `again: SLUICE_FAULT_SEED=${seed} SLUICE_FAULT_RUNS=1 npm run test:slow -- test/faults/campaign`,
    );
    // Where in the story's code it was noticed tells nobody anything.
    this.stack = this.message;
  }
}

async function day(story: Story): Promise<void> {
  const { place, roll, lines } = story;
  const before = story.world;
  const { world, did } = nextDay(before, roll);
  story.world = world;
  await place.write(filesBetween(before, world));
  lines.push(`day ${world.day}: ${did.join(", ") || "nothing changes"}`);
  const { args, fault } = await hurt(story);
  const damage = damages.find(
    (candidate) => candidate.fits(story, args, fault) && roll(100) < candidate.percent,
  );
  if (damage !== undefined) {
    lines.push(damage.name);
    await damage.inflict(story);
  }
  // Half of the time the next command finds what this one left; else the same must work now.
  if (roll(2) === 0) await clean(story, args);
}

/** All's well that ends well: a run catches up, what is not needed goes, everything needed stays readable. */
async function finale(story: Story): Promise<void> {
  const { place, roll } = story;
  const catchUp = ["run", "--json", "--env", "dev"];
  // Where the last command was just that, it has been seen to work.
  if (!story.lines.at(-1)?.startsWith(`${catchUp.join(" ")} →`)) await clean(story, catchUp);
  await clean(story, ["gc", "--json", "--yes", "--keep", String(1 + roll(3))]);
  refuse(await leftovers(place.places));
  await quiet(place);
  if (roll(4) > 0) return;
  const query = ["query", "--json", "select count(*)::integer as rows from raw.pages"];
  const { code, stdout, stderr } = await place.start(query).ended;
  const rows = story.account.releases.get("dev")?.at(-1)?.rows["raw.pages"]?.length;
  if (code !== 0 || stdout.replaceAll(/\s/g, "") !== `[{"rows":${rows}}]`)
    refuse([`the query said ${stdout}${stderr}, not ${rows} rows`]);
}
