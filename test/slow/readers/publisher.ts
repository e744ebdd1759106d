/** Publishes releases one after the other: new data, back to some earlier release, forward again. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { rollback } from "../../../src/run/rollback.ts";
import { run } from "../../../src/run/run.ts";
import { openWorkspace } from "../../../src/wiring.ts";
import { ticks } from "./project.ts";

const [root = "", until = "2"] = process.argv.slice(2);
const workspace = await openWorkspace(root);
const { ports } = workspace;
const project = await workspace.project();
const who = { who: "publisher", why: "" };

/** By release, from 1: the batch that it publishes. */
const batches = [0, 1];
let newest = 1;

async function forward(): Promise<number> {
  const summary = await run(
    ports,
    project,
    {
      environment: "dev",
      select: undefined,
      ...who,
      publish: "good",
      signature: project.scan.signature,
      signal: new AbortController().signal,
    },
    () => undefined,
  );
  if (summary.release === null || summary.held.length > 0) throw new Error(JSON.stringify(summary));
  return newest;
}

async function back(current: number): Promise<number> {
  // Not to one that publishes the same: nothing would move.
  const to = batches.findLastIndex(
    (batch, release) => release < current - (current % 3) && batch !== batches[current],
  );
  await rollback(ports, { environment: "dev", to: Math.max(1, to), ...who });
  return batches[Math.max(1, to)] ?? 0;
}

for (let release = 2; release <= Number(until); release += 1) {
  const isNew = release % 8 === 2;
  if (isNew) {
    newest = release;
    writeFileSync(join(root, "landing/ticks.csv"), ticks(release));
  }
  batches[release] = isNew || batches[release - 1] !== newest ? await forward() : await back(release - 1);
}
await workspace.close();
process.send?.(batches, () => process.disconnect());
