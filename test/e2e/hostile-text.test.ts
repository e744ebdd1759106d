/** Names, owners, reasons and cells come from anywhere: nothing of them reaches a terminal as something it obeys. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ProjectOnDisk, projectOnDisk } from "./project-on-disk.ts";
import { config } from "./shop-project.ts";

/** Clears the screen, names the window, turns the direction, goes back to the beginning of the line. */
const poison = "a\u001b[2J\u001b]0;mine\u0007\u202e\u009b31m\rb\nc";
const written = JSON.stringify(poison);
// oxlint-disable-next-line no-control-regex
const obeyed = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/;

let project: ProjectOnDisk;
beforeAll(async () => {
  const cell = `"${poison}"`;
  project = await projectOnDisk({
    "sluice.config.ts": config(),
    "sources/raw/evil.ts": `import { files, source, t } from "sluice";
export default source({
  description: ${written}, owner: ${written}, tags: [${written}],
  from: files("landing/evil/*.csv"),
  columns: { id: t.integer(), ${written}: t.text() },
  quarantine: { warn: 0, stop: 0.9 },
});
`,
    "models/evil/m.sql": `/*---
description: ${written}
owner: ${written}
checks:
  - invalid_values: { column: ${written}, values: [ok], name: ${written}, severity: warn }
  - row_count: { min: 10 }
---*/
select * from raw.evil
`,
    "consumers/evil.ts": `import { consumer } from "sluice";
export default consumer({ type: "report", description: ${written}, owner: ${written}, reads: ["evil.m"] });
`,
    "tests/evil.yml": `${written}:
  model: evil.m
  given: { raw.evil: [{ ${written}: ${written} }] }
  expect: [{ ${written}: other }]
`,
    "evil.odcs.yaml": JSON.stringify({
      apiVersion: "v3.1.0",
      kind: "DataContract",
      id: poison,
      version: "1.0.0",
      status: "active",
      schema: [
        {
          name: "evil",
          tags: [poison],
          properties: [
            { name: poison, logicalType: "string", classification: poison },
            { name: "__proto__", logicalType: "string" },
          ],
        },
      ],
    }),
    "landing/evil/a.csv": `id,${cell}\n1,${cell}\n2,${cell}\n${cell},${cell}\n`,
  });
  expect(await project.run()).toMatchObject({ code: 1, release: 1, built: ["raw.evil"], held: ["evil.m"] });
});
afterAll(() => project[Symbol.asyncDispose]());

describe("a terminal obeys nothing of what comes from outside in", () => {
  test.each([
    [["run"]],
    [["plan"]],
    [["test"]],
    [["ls"]],
    [["show", "raw.evil"]],
    [["show", "evil.m"]],
    [["query", "from raw.evil"]],
    [["query", "--candidate", "from evil.m"]],
    [["query", "from raw.evil__quarantine"]],
    [["lineage", "evil.m"]],
    [["suggest", "raw.evil"]],
    [["monitors", "ls"]],
    [["monitors", "show", "raw.evil"]],
    [["monitors", "show", poison]],
    [["monitors", "backtest"]],
    [["quarantine", "ls"]],
    [["quarantine", "show", "raw.evil"]],
    [["quarantine", "replay", "raw.evil"]],
    [["quarantine", "drop", "raw.evil", "--why", poison]],
    [["contract", "diff", "dev", "raw.evil"]],
    [["contract", "diff", "evil.odcs.yaml", "raw.evil"]],
    [["contract", "import", "evil.odcs.yaml", "--as", "taken.over"]],
    [["incidents", "ls"]],
    [["incidents", "assign", "1", poison]],
    [["incidents", "ack", "1", "--why", poison]],
    [["incidents", "show", "1"]],
    [["releases", "--env", "dev"]],
    [["runs"]],
    [["hold", "add", "raw.evil", "--why", poison]],
    [["hold", "ls"]],
    [["doctor"]],
    [["gc"]],
  ])("sluice %j", async (args) => {
    const { stdout, stderr, code } = await project.sluice(args);
    expect(code).toBeDefined();
    expect(`${stdout}${stderr}`).not.toBe("");
    expect(obeyed.exec(`${stdout}${stderr}`)?.input ?? "").toBe("");
  });
});

test("no name of a document becomes code in the definition that is written of it", async () => {
  await project.sluice(["contract", "import", "evil.odcs.yaml", "--as", "taken.over", "--force"]);
  const written = await readFile(join(project.root, "sources/taken/over.ts"), "utf8");
  // As a plain key it would be no column, but what all columns inherit from.
  expect(written).toContain(`["__proto__"]: t.text()`);
  expect(written).toContain(`${JSON.stringify(poison)}: t.text()`);
});

test("a cell of a megabyte makes no message, sample or state of megabytes", async () => {
  const big = "W".repeat(1_000_000);
  await using other = await projectOnDisk({
    "sluice.config.ts": config(),
    "sources/raw/big.ts": `import { check, files, source, t } from "sluice";
export default source({
  from: files("landing/*.csv"), columns: { id: t.integer(), w: t.text() }, quarantine: { stop: 1 },
  checks: [check.invalidValues("w", { values: ["ok"] }, { severity: "warn" }), check.topValue("w", { values: ["ok"], max: 0.5 }, { severity: "warn" })],
});
`,
    "models/a/number.sql": "select cast(w as integer) as n from raw.big\n",
    "landing/a.csv": `id,w\n1,${big}\n2,${big}\nx,${big}\n`,
  });
  const { stdout } = await other.sluice(["run"]);
  expect(stdout).toMatch(/2 of 2 rows with a value of w that is not accepted/);
  expect(stdout).toMatch(/the query failed on a value \(Could not convert string 'W+…\)/);
  expect(stdout.length).toBeLessThan(20_000);
  for (const args of [
    ["incidents", "show", "1", "--json"],
    ["show", "raw.big"],
    ["quarantine", "show", "raw.big"],
  ])
    expect((await other.sluice(args)).stdout.length, args.join(" ")).toBeLessThan(20_000);
});
