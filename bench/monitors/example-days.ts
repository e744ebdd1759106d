import { execFile } from "node:child_process";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { simulate } from "../../examples/community-comments/simulate.ts";

/** One row of `community.comments`. */
export type Comment = Record<string, string | number | null>;

const repository = join(import.meta.dirname, "../..");
const run = promisify(execFile);

/**
 * The comments of the example, day by day, as its models make them of what its simulator writes. Days are those on
 * which they were posted.
 */
export async function exampleDays(comments: number, seed: number): Promise<readonly (readonly Comment[])[]> {
  const directory = await mkdtemp(join(tmpdir(), "sluice-monitors-"));
  const project = join(directory, "project");
  const sluice = (...args: readonly string[]) =>
    run(process.execPath, [join(repository, "bin/sluice.js"), ...args], {
      cwd: project,
      maxBuffer: 1e9,
    });
  try {
    await cp(join(repository, "examples/community-comments"), project, {
      recursive: true,
      filter: (path) => !/[\\/](\.sluice|landing)$/.test(path),
    });
    await simulate({ comments, seed, out: join(project, "landing") });
    await sluice("run").catch((error: { readonly stdout?: string }) => {
      // The example's deliveries are not all clean; what is published is.
      if (!error.stdout?.includes("published")) throw error;
    });
    const query = "select * from community.comments order by posted_at, network, id";
    const { stdout } = await sluice("query", query, "--format", "ndjson");
    const rows = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Comment);
    const days = Map.groupBy(rows, ({ posted_at: posted }) => String(posted).slice(0, 10));
    return [...days.values()];
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
