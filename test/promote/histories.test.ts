/**
 * Promoting over made-up histories: after every step each environment publishes exactly what its project makes of its
 * sources, and a promotion never takes a source back to what was found earlier. `SLUICE_HISTORIES` plays more of them,
 * `SLUICE_SEED` others.
 */
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import fc from "fast-check";
import { expect, test } from "vitest";
import { promote } from "../../src/run/promote.ts";
import { rollback } from "../../src/run/rollback.ts";
import { run } from "../../src/run/run.ts";
import { quoteDataset, quoteName, quoteText } from "../../src/sql/quote.ts";
import { openWorkspace, type Workspace } from "../../src/wiring.ts";
import { type ProjectOnDisk, projectOnDisk } from "../e2e/project-on-disk.ts";
import { Expected, type Step } from "./expected.ts";
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

async function carryOut(taken: Step, project: ProjectOnDisk, workspace: Workspace): Promise<void> {
  const { ports } = workspace;
  const asked = { who: "tester", why: "", signal: new AbortController().signal };
  switch (taken.do) {
    case "deliver":
      return project.write({ [`landing/${taken.source}/${taken.file}.csv`]: csv(taken.content) });
    case "remove":
      return project.write({ [`landing/${taken.source}/${taken.file}.csv`]: null });
    case "define":
      return project.write(definitions(taken.variant));
    case "run": {
      const compiled = await workspace.project();
      const request = { ...asked, environment: taken.in, publish: "good", signature: undefined } as const;
      await run(ports, compiled, request, () => undefined);
      return;
    }
    case "rollback":
      return void (await rollback(ports, { ...asked, environment: taken.in }));
    case "promote": {
      const { from, to } = taken;
      const workingTree = async () => (await workspace.project()).graph;
      await promote(ports, { ...asked, from, to, workingTree, allOrNothing: false }, () => undefined);
    }
  }
}

/** What the bare engine finds in the files that an environment points to. */
async function published(workspace: Workspace, root: string, name: string): Promise<Record<string, unknown>> {
  const { store } = workspace.ports;
  const pointers = [...(await store.pointers(name)).values()];
  const versions = await store.versions(pointers.map(({ version }) => version));
  const found: Record<string, unknown> = {};
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  try {
    for (const { dataset, files } of versions) {
      if (files.length === 0) {
        found[dataset] = [];
        continue;
      }
      const paths = files.map(({ key }) => quoteText(join(root, ".sluice/data", key))).join(", ");
      const [schema = ""] = dataset.split(".");
      await connection.run(`create schema if not exists ${quoteName(schema)}`);
      await connection.run(`create view ${quoteDataset(dataset)} as from read_parquet([${paths}])`);
      const sql = queries[dataset];
      if (sql !== undefined) found[dataset] = (await connection.runAndReadAll(sql)).getRowObjectsJson();
    }
    return found;
  } finally {
    connection.closeSync();
  }
}

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
      await carryOut(one, project, workspace);
      if (one.do === "deliver" || one.do === "remove" || one.do === "define") continue;
      for (const name of ["dev", "prod"]) {
        const release = (await workspace.ports.store.environment(name))?.release ?? 0;
        const state = expected.confirm(name, release);
        if (state === undefined) continue;
        const found = await published(workspace, project.root, name);
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
