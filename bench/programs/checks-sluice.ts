/**
 * The checks of workload (d) as Sluice asks them when it audits a candidate: what the statistics of its write prove, then
 * the rest in the engine, with samples of what failed. Usage: node checks-sluice.ts <table.json> <times>
 */
import { readFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { openSession } from "../../src/engine/duckdb/session.ts";
import type { ModelNode } from "../../src/graph/graph.ts";
import { ask } from "../../src/quality/ask.ts";
import { judge } from "../../src/quality/judge.ts";
import { prove } from "../../src/quality/prove.ts";
import { tableChecks, type WrittenTable } from "../generate/check-table.ts";
import { tell, timed } from "./stopwatch.ts";

const [file = "", times = ""] = process.argv.slice(2);
const written = JSON.parse(readFileSync(file, "utf8")) as WrittenTable;
const node: ModelNode = {
  id: "shop.lines",
  path: "models/shop/lines.sql",
  kind: "model",
  inputs: [],
  by: { kind: "sql", sql: "", ordered: false },
  parameters: [],
  tags: [],
  columns: written.columns.map(({ name, engineType }) => ({ name, engineType })),
  checks: tableChecks.map(({ id, spec }) => ({ ...spec, name: id, severity: "warn" })),
  fingerprint: "",
  auditFingerprint: "",
};
await using session = await openSession({
  memory: 4e9,
  threads: availableParallelism(),
  temporary: tmpdir(),
});
const table = { name: node.id, files: [written.path], columns: written.columns };
const milliseconds: number[] = [];
let facts: Readonly<Record<string, number>> = {};
for (let time = 0; time < Number(times); time++) {
  milliseconds.push(
    await timed(async () => {
      const asked = ask(node);
      const { answers, open } = prove(
        asked.map(({ question }) => question),
        written,
      );
      const rest = await session.ask(table, open, [], undefined, written);
      const { results } = judge(asked, [...answers, ...rest]);
      if (process.env["ANSWERS"])
        for (const { name, answered, value } of results) console.error(name, value, answered);
      facts = Object.fromEntries(results.map(({ name, value }) => [name, value]));
    }),
  );
}
tell({ milliseconds, facts });
