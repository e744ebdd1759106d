/** A store that goes away in the middle of a run, and stays away for longer than anybody waits. */
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, test } from "vitest";
import { differences } from "./campaign/judge.ts";
import { foresee, nothingYet } from "./campaign/foresee.ts";
import { errorOf, makeTemplates, type Place, type StoreKind, type Templates } from "./campaign/place.ts";
import { beginning, filesBetween, nextDay, type World } from "./campaign/world.ts";
import { dice } from "./chance.ts";
import { inspect } from "./inspect-state.ts";

const days = beginning(dice("first days", 1));
/** A day that brings nothing bad, so that whatever is held afterwards is held because of the store. */
const world = goodDay();

function goodDay(seed = 2): World {
  const { world: made } = nextDay(days.second, dice("a day", seed));
  return foresee(made, nothingYet).held.length === 0 ? made : goodDay(seed + 1);
}

let templates: Templates;
beforeAll(async () => {
  templates = await makeTemplates(days);
});
afterAll(() => templates[Symbol.asyncDispose]());

/** The store waits half a minute for its server, or for others that write; the run has to get that far first. */
const longer = 45_000;

/** Takes the store away; what it returns brings it back. */
type Away = (place: Place) => Promise<() => Promise<void>>;

const shot: Away = async ({ server }) => {
  await server?.crash();
  return async () => server?.start();
};

const locked: Away = async ({ places }) => {
  const db = new DatabaseSync(places.state, { timeout: 5000 });
  db.exec("begin immediate");
  return async () => db.close();
};

test.concurrent.for<[StoreKind, string, Away, code: string]>([
  ["postgres", "a server that is shot", shot, "state-unreachable"],
  ["sqlite", "a file that is locked", locked, "environment-busy"],
])(
  "%s, %s: the run says so and ends, no dataset is blamed for it, and the next run works",
  async ([kind, , takeAway, code], { expect, skip }) => {
    skip(kind === "postgres" && templates.missing !== undefined, templates.missing);
    await using place = await templates.place(kind, "away");
    await place.write(filesBetween(days.second, world));
    const started = Promise.withResolvers<void>();
    const { ended } = place.start(["run", "--json"], (line) => {
      if (line.includes('"type":"started"')) started.resolve();
    });
    await started.promise;
    const bringBack = await takeAway(place);
    await sleep(longer);
    await bringBack();
    const end = await ended;
    const lines = end.stdout.trimEnd().split("\n");
    expect({ code: end.code, error: errorOf(lines.at(-1) ?? "") }).toEqual({ code: 1, error: code });
    expect(lines.filter((line) => line.includes('"type":"incident"'))).toEqual([]);
    expect(await inspect(place.places)).toMatchObject({ release: 2, held: [], problems: [] });

    expect(await place.start(["run", "--json"]).ended).toMatchObject({ code: 0, stderr: "" });
    const now = await inspect(place.places);
    expect(now.problems).toEqual([]);
    expect(differences(foresee(world, nothingYet).foreseen, now)).toEqual([]);
  },
);
