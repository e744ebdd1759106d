import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { duckdbEngine } from "../../src/engine/duckdb.ts";
import type { Executor } from "../../src/executor/executor.ts";
import { compileProject } from "../../src/project/compile-project.ts";
import { listLanding } from "../../src/project/landing.ts";
import { collect } from "../../src/run/collect.ts";
import { type Examination, examine } from "../../src/run/examine.ts";
import type { RunSummary } from "../../src/run/events.ts";
import type { Ports } from "../../src/run/ports.ts";
import { locate, publishedTables } from "../../src/run/read.ts";
import { run } from "../../src/run/run.ts";
import { localStorage } from "../../src/storage/local.ts";
import { openSqliteStore } from "../../src/store/sqlite.ts";
import { perform } from "../../src/worker/perform.ts";

/** Rows of each dataset as text, sorted. */
export type Content = ReadonlyMap<string, readonly string[]>;

/** A project on the disk that is run in this process, by everything real but workers of their own. */
export interface MadeLine extends AsyncDisposable {
  /** Files by path; null removes one. */
  write(files: Readonly<Record<string, string | null>>): Promise<void>;
  run(select?: string): Promise<RunSummary>;
  read(at?: number): Promise<Content>;
  gc(keep: number): Promise<void>;
  examine(): Promise<Examination>;
}

const memory = 300_000_000;

export async function madeLine(files: Readonly<Record<string, string>>): Promise<MadeLine> {
  const root = await mkdtemp(join(tmpdir(), "sluice-line-"));
  const storage = localStorage(join(root, "data"));
  const store = await openSqliteStore(join(root, "state.db"));
  const engine = duckdbEngine();
  const session = await engine.open({ memory, threads: 1, temporary: join(root, "spill") });
  let ids = 0;
  let last: Promise<unknown> = Promise.resolve();
  const executor: Executor = {
    slots: 1,
    warm: () => undefined,
    cool: () => undefined,
    // A session is asked one thing at a time.
    run: (work, options) => {
      const result = last.then(() => perform(work, { session, storage, root, ...options }));
      last = result.catch(() => undefined);
      return result;
    },
    close: async () => undefined,
  };
  const ports: Ports = {
    store,
    storage,
    engine,
    executor: async () => executor,
    root,
    list: (patterns) => listLanding(root, patterns),
    hashFile: async (path) =>
      createHash("sha256")
        .update(await readFile(path))
        .digest("hex"),
    now: () => new Date(),
    newId: () => `v${(ids += 1)}`,
    holder: { host: "here", pid: process.pid, started: "0", who: "test" },
    isAlive: () => false,
    signsOfLife: { every: 60_000, silence: 60_000 },
    owner: "owner",
    isOwnerAlive: () => true,
  };
  const write: MadeLine["write"] = async (more) => {
    for (const [path, text] of Object.entries(more)) {
      const place = join(root, path);
      if (text === null) await rm(place, { force: true });
      else {
        await mkdir(dirname(place), { recursive: true });
        await writeFile(place, text);
      }
    }
  };
  await write(files);
  return {
    write,
    run: (select) => runOnce(ports, root, select),
    read: (at) => contentAt(ports, at),
    gc: async (keep) => void (await collect(ports, { keep, apply: true })),
    examine: () => examine(ports, { deep: true, repair: false, onProgress: () => undefined }),
    async [Symbol.asyncDispose]() {
      await session[Symbol.asyncDispose]();
      await store.close();
      await rm(root, { recursive: true, force: true });
    },
  };
}

async function runOnce(ports: Ports, root: string, select: string | undefined): Promise<RunSummary> {
  const { graph, graphHash, diagnostics } = await compileProject(root);
  if (!graph || graphHash === undefined) throw new Error(JSON.stringify(diagnostics));
  const request = {
    environment: "dev",
    select,
    who: "test",
    why: "",
    publish: "good",
    signal: new AbortController().signal,
    signature: "",
  } as const;
  return run(ports, { graph, graphHash }, request, () => undefined);
}

async function contentAt(ports: Ports, at: number | undefined): Promise<Content> {
  const request = { environment: "dev", ...(at === undefined ? {} : { at: String(at) }) };
  const { tables } = await publishedTables(ports, request);
  const content = new Map<string, string[]>(tables.map(({ name }) => [name, []]));
  // All at once: each view has to find its own, whatever else is there.
  const all = tables.filter(({ name }) => !name.includes("__"));
  const each = all.map(
    ({ name }) => `select '${name}' as dataset, cast(id as bigint) as id, a, b from ${name}`,
  );
  if (all.length === 0) return content;
  const located = await locate(ports, all);
  const { rows } = await ports.engine.query(each.join("\nunion all\n"), located, { memory, threads: 1 });
  for await (const chunk of rows)
    for (const [name, ...row] of chunk) content.get(String(name))?.push(row.map(String).join());
  for (const lines of content.values()) lines.sort();
  return content;
}
