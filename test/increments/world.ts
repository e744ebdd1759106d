/** A project whose landing changes and whose runs happen in this process, with real workers and a real store. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { StoredFile } from "../../src/graph/stored-file.ts";
import type { Version } from "../../src/graph/version.ts";
import type { RunEvent, RunSummary } from "../../src/run/events.ts";
import { pointedVersions } from "../../src/run/pointed-versions.ts";
import { locate, publishedTables } from "../../src/run/read.ts";
import { run } from "../../src/run/run.ts";
import { openWorkspace, type Workspace } from "../../src/wiring.ts";

export type Files = Readonly<Record<string, string | null>>;

export interface World extends AsyncDisposable {
  readonly workspace: Workspace;
  readonly root: string;
  write(files: Files): Promise<void>;
  /** Run once, all or a selection; `stopAfter`: stop it when so many events of work have come. */
  run(stopAfter?: number, select?: string): Promise<RunSummary | "stopped">;
  /** Rows of a query over what is published, as sorted text. */
  rows(sql: string): Promise<readonly string[]>;
  version(dataset: string): Promise<Version | undefined>;
  files(dataset: string): Promise<readonly StoredFile[]>;
}

const config = `import { project } from "sluice";
export default project({ name: "shop", engine: { workers: 2, memory: "600MB" } });
`;

export async function openWorld(files: Files): Promise<World> {
  const root = await mkdtemp(join(tmpdir(), "sluice-increments-"));
  const write = async (more: Files): Promise<void> => {
    for (const [path, text] of Object.entries(more)) {
      const place = join(root, path);
      if (text === null) {
        await rm(place, { force: true });
        continue;
      }
      await mkdir(dirname(place), { recursive: true });
      await writeFile(place, text);
    }
  };
  await write({ "sluice.config.ts": config, ...files });
  const workspace = await openWorkspace(root);
  const { ports } = workspace;
  const version = async (dataset: string): Promise<Version | undefined> => {
    const pointer = (await ports.store.pointers("dev")).get(dataset);
    return pointer && (await pointedVersions(ports.store, [pointer]))[0];
  };
  return {
    workspace,
    root,
    write,
    run: (stopAfter, select) => runOnce(workspace, stopAfter, select),
    async rows(sql) {
      const { tables } = await publishedTables(ports, { environment: "dev" });
      const limits = { memory: 400 << 20, threads: 1 };
      const result = await ports.engine.query(sql, await locate(ports, tables), limits);
      const all: string[] = [];
      for await (const batch of result.rows) all.push(...batch.map((row) => JSON.stringify(row)));
      return all.toSorted();
    },
    version,
    files: async (dataset) => (await version(dataset))?.files ?? [],
    async [Symbol.asyncDispose]() {
      await workspace.close();
      await rm(root, { recursive: true, force: true });
    },
  };
}

async function runOnce(
  workspace: Workspace,
  stopAfter: number | undefined,
  select: string | undefined,
): Promise<RunSummary | "stopped"> {
  const project = await workspace.project();
  const stop = new AbortController();
  let seen = 0;
  const onEvent = (event: RunEvent): void => {
    if (event.type !== "progress" && event.type !== "started") return;
    seen += 1;
    if (seen === stopAfter) stop.abort();
  };
  const request = {
    environment: "dev",
    ...(select === undefined ? {} : { select }),
    who: "tester",
    why: "a test",
    publish: "good" as const,
    signal: stop.signal,
    signature: project.scan.signature,
  };
  try {
    return await run(workspace.ports, project, request, onEvent);
  } catch (error) {
    if (stop.signal.aborted) return "stopped";
    throw error;
  }
}
