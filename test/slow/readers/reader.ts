/**
 * Several readers in one process: each asks what `sluice query` asks, again and again, until the process is told
 * to stop.
 */
import { setPriority } from "node:os";
import { locate, publishedTables } from "../../../src/run/read.ts";
import { openWorkspace } from "../../../src/wiring.ts";
import { agreement } from "./project.ts";

/** What the readers of one process saw. */
export interface Sight {
  readonly reads: number;
  /** How often each answer came, by the release that it is from and the row. */
  readonly seen: Readonly<Record<string, number>>;
  readonly errors: readonly string[];
}

const [root = "", count = "1"] = process.argv.slice(2);
const limits = { memory: 2e8, threads: 1 };
const seen: Record<string, number> = {};
const errors: string[] = [];
let reads = 0;
let going = true;
process.on("message", () => (going = false));
process.on("disconnect", () => process.exit(1));
// Whoever publishes goes first: else the readers would mostly see the same release.
setPriority(5);

const workspace = await openWorkspace(root);
const { ports } = workspace;

async function reader(): Promise<void> {
  while (going) {
    try {
      const [published, referred] = await Promise.all([
        publishedTables(ports, { environment: "dev" }),
        ports.engine.references(agreement),
      ]);
      const tables = published.tables.filter(({ name }) => referred.includes(name));
      const result = await ports.engine.query(agreement, await locate(ports, tables), limits);
      const rows: unknown[] = [];
      for await (const chunk of result.rows) rows.push(...chunk);
      const answer = `${published.release.number} ${JSON.stringify(rows)}`;
      seen[answer] = (seen[answer] ?? 0) + 1;
      reads += 1;
      if (reads === Number(count)) process.send?.("reading");
    } catch (error) {
      errors.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
    }
  }
}

await Promise.all(Array.from({ length: Number(count) }, reader));
await workspace.close();
process.send?.({ reads, seen, errors } satisfies Sight, () => process.disconnect());
