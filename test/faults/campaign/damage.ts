/** What happens to the files between two commands: a torn log, a torn file. */
import { existsSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { environmentsOf } from "../inspect-state.ts";
import { readState } from "../state-reader.ts";
import { clean, refuse, type Story } from "./commands.ts";
import type { Fault } from "./faults.ts";
import { foresee, nothingYet } from "./foresee.ts";
import { check, strict } from "./judge.ts";

export interface Damage {
  readonly name: string;
  /** How often it happens where it can. */
  readonly percent: number;
  fits(story: Story, args: readonly string[], fault: Fault): boolean;
  /** Does it, and sees that it is noticed and mended. Errors: where it is not. */
  inflict(story: Story): Promise<void>;
}

/** A file that a version of `dev` consists of. */
async function keptFile({
  place,
  roll,
}: Story): Promise<{ readonly key: string; readonly path: string } | undefined> {
  await using reader = await readState(place.places.state);
  const rows = await reader.all(
    "select v.files from pointers p join versions v on v.id = p.version where p.environment = 'dev'",
  );
  const keys = rows
    .flatMap(({ files }) => JSON.parse(String(files)) as { readonly key: string }[])
    .map(({ key }) => key)
    .toSorted();
  const key = keys[roll(keys.length)];
  return key === undefined ? undefined : { key, path: join(place.places.data, key) };
}

function hurtFile(path: string, roll: Story["roll"]): void {
  const { size } = statSync(path);
  if (roll(2) === 0) return truncateSync(path, roll(size));
  const bytes = readFileSync(path);
  const at = roll(size);
  bytes[at] = (bytes[at] ?? 0) ^ 0xff;
  writeFileSync(path, bytes);
}

const holdsNobody = ({ world }: Story): boolean => foresee(world, nothingYet).held.length === 0;

/** Add yours here. */
export const damages: readonly Damage[] = [
  {
    name: "the log of the state is torn, as if the power had failed",
    percent: 50,
    fits: ({ place }, [verb], { name }) =>
      place.kind === "sqlite" &&
      verb === "run" &&
      name.startsWith("kill -9 of the command line") &&
      existsSync(`${place.places.state}-wal`),
    async inflict(story) {
      const { place, account, roll, world } = story;
      const log = `${place.places.state}-wal`;
      truncateSync(log, roll(statSync(log).size + 1));
      // What a disk forgot never happened: the releases before it must stand.
      await using reader = await readState(place.places.state);
      for (const { name, release } of await reader.all("select name, release from environments")) {
        const known = account.releases.get(String(name));
        if (known && Number(release) < known.length) known.length = Number(release);
      }
      refuse(await check(place, world, account, strict));
    },
  },
  {
    name: "a kept file is damaged",
    percent: 12,
    fits: (story) => holdsNobody(story),
    async inflict(story) {
      const { place, roll } = story;
      const file = await keptFile(story);
      if (file === undefined) return;
      const { key } = file;
      hurtFile(file.path, roll);
      const found = await place.start(["doctor", "--json", "--deep"]).ended;
      if (found.code !== 2 || !found.stdout.includes(key))
        throw new Error(`doctor did not find ${key}: ${found.stdout}${found.stderr}`);
      const mended = await place.start(["doctor", "--json", "--deep", "--repair"]).ended;
      if (mended.code !== 0)
        throw new Error(`doctor did not give ${key} up: ${mended.stdout}${mended.stderr}`);
      for (const name of await environmentsOf(place.places)) {
        const end = await place.start(["run", "--json", "--env", name]).ended;
        story.lines.push(`run ${name} after the repair → ${end.code}`);
      }
      await clean(story, ["run", "--json", "--env", "dev"]);
    },
  },
];
