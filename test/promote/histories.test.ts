/**
 * Promoting over made-up histories: after every step each environment publishes exactly what its project makes of its
 * sources, and a promotion never takes a source back to what was found earlier. `SLUICE_HISTORIES` plays more of them,
 * `SLUICE_SEED` others.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { openWorkspace } from "../../src/wiring.ts";
import { projectOnDisk } from "../e2e/project-on-disk.ts";
import { Expected, type Step } from "./expected.ts";
import { carryOut, published } from "./play.ts";
import { config, contentOf, csv, definitions, queries } from "./world.ts";

const histories = Number(process.env["SLUICE_HISTORIES"] ?? 3);
const seed = Number(process.env["SLUICE_SEED"] ?? 7);

const environment = fc.constantFrom("dev", "prod");
const source = fc.constantFrom("a", "b");
const file = fc.constantFrom("one", "two", "three");
const row = fc.record({ id: fc.integer({ min: 1, max: 4 }), v: fc.integer({ min: -2, max: 3 }) });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("deliver"),
      source,
      file,
      content: fc.array(row, { minLength: 1, maxLength: 3 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("remove"), source, file }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("define"),
      variant: fc.record({ strict: fc.boolean(), factor: fc.integer({ min: 1, max: 3 }) }),
    }),
  },
  { weight: 5, arbitrary: fc.record({ do: fc.constant("run"), in: environment }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("rollback"), in: environment }) },
  {
    weight: 4,
    arbitrary: fc.oneof(
      { weight: 3, arbitrary: fc.constant({ do: "promote", from: "dev", to: "prod" } as const) },
      { weight: 1, arbitrary: fc.constant({ do: "promote", from: "prod", to: "dev" } as const) },
    ),
  },
);

async function play(steps: readonly Step[]): Promise<void> {
  const expected = new Expected();
  await using project = await projectOnDisk({
    "sluice.config.ts": config,
    ...definitions(expected.variant),
  });
  const workspace = await openWorkspace(project.root);
  try {
    for (const [at, one] of steps.entries()) {
      if (!expected.take(one)) continue;
      if (one.do === "deliver" || one.do === "remove") {
        const content = one.do === "deliver" ? csv(one.content) : null;
        await project.write({ [`landing/${one.source}/${one.file}.csv`]: content });
        continue;
      }
      if (one.do === "define") {
        await project.write(definitions(one.variant));
        continue;
      }
      await carryOut(one, workspace);
      for (const name of ["dev", "prod"]) {
        const release = (await workspace.ports.store.environment(name))?.release ?? 0;
        const state = expected.confirm(name, release);
        if (state === undefined) continue;
        const found = await published(workspace, name, queries);
        expect(found, `${name} after step ${at}, ${one.do}`).toEqual(contentOf(state));
      }
    }
  } finally {
    await workspace.close();
  }
}

test(
  "every environment publishes what its project makes of its sources, and none goes back",
  { timeout: 600_000 },
  async () => {
    await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 8, maxLength: 24 }), play), {
      numRuns: histories,
      seed,
      endOnFailure: true,
    });
  },
);
