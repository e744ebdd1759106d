/**
 * The campaign: from each seed a story of days, commands and faults, over both stores. It says what the seed was,
 * what had happened and how to see it again. SLUICE_FAULT_SEED is the first seed, SLUICE_FAULT_RUNS the number of
 * stories.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { beginning } from "./campaign/world.ts";
import { makeTemplates, type Templates } from "./campaign/place.ts";
import { play } from "./campaign/story.ts";
import { dice, seed } from "./chance.ts";

/** Few in a usual run: the seeds change from day to day. */
const stories = Number(process.env["SLUICE_FAULT_RUNS"] ?? 12);

/** All stories begin with the same days: they are made once. */
const days = beginning(dice("first days", 1));

let templates: Templates;
beforeAll(async () => {
  templates = await makeTemplates(days);
});
afterAll(() => templates[Symbol.asyncDispose]());

describe("a story", () => {
  test.for(Array.from({ length: stories }, (_, index) => seed + index))(
    "of seed %i",
    async (own, { skip }) => {
      const kind = own % 2 === 0 ? "sqlite" : "postgres";
      skip(kind === "postgres" && templates.missing !== undefined, templates.missing);
      await using place = await templates.place(kind, `story-${own}`);
      expect(await play(own, place, days)).toBeGreaterThan(3);
    },
  );
});
