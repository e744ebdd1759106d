import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Columns } from "../define/column.ts";
import { quarantineColumns, sourceFileColumn } from "../engine/engine.ts";
import type {
  Engine,
  EngineSession,
  IngestRequest,
  IngestResult,
  InputTable,
  SessionOptions,
} from "../engine/engine.ts";
import type { LandingFile } from "../graph/delivery.ts";
import { engineTypeOf } from "../sql/engine-type.ts";

/** An engine with an open session to try, and a directory of its own. Disposing of it removes both. */
export interface EngineSubject extends AsyncDisposable {
  readonly engine: Engine;
  readonly session: EngineSession;
  /** Absolute, empty. */
  readonly directory: string;
}

/** A session of an engine, in a directory whose name is as odd as a project's may be. */
export async function openSubject(
  engine: Engine,
  options: Partial<SessionOptions> = {},
): Promise<EngineSubject> {
  const root = await mkdtemp(join(tmpdir(), "sluice-engine-"));
  const directory = join(root, "it's a [dir]*");
  await mkdir(directory);
  const temporary = join(root, "spill");
  const session = await engine.open({ memory: 400_000_000, threads: 2, temporary, ...options });
  return {
    engine,
    session,
    directory,
    async [Symbol.asyncDispose]() {
      await session[Symbol.asyncDispose]();
      await rm(root, { recursive: true, force: true });
    },
  };
}

/** One demand on every engine. `run` raises an `AssertionError` where the engine fails it. */
export interface EngineCase {
  readonly name: string;
  run(make: () => Promise<EngineSubject>): Promise<void>;
}

/** A case on a fresh session. */
export function engineCase(name: string, check: (subject: EngineSubject) => Promise<void>): EngineCase {
  return {
    name,
    async run(make) {
      await using subject = await make();
      await check(subject);
    },
  };
}

/** Columns of a contract as the engine is given them. */
export const contract = (columns: Columns): IngestRequest["columns"] =>
  Object.entries(columns).map(([name, { spec }]) => ({ name, engineType: engineTypeOf(spec), spec }));

/** Put a file into the landing directory. */
export async function land(
  { directory }: EngineSubject,
  name: string,
  content: string | Uint8Array,
): Promise<LandingFile> {
  const path = join(directory, "project", "landing", name);
  await mkdir(join(path, ".."), { recursive: true });
  await writeFile(path, content);
  return { path, name: `landing/${name}`, bytes: Buffer.byteLength(content) };
}

/** A record that was refused. */
export interface Refused {
  readonly file: string;
  readonly position: number;
  readonly outcome: "quarantined" | "rejected";
  readonly reasons: readonly string[];
  readonly raw: string;
}

/** What came of a delivery, with all rows. */
export interface Delivered extends IngestResult {
  /** Accepted rows in the order of delivery, with their landing file as `sluice_file`. */
  readonly rows: readonly Record<string, unknown>[];
  readonly refused: readonly Refused[];
}

let deliveries = 0;

/** Send files through a contract. */
export async function deliver(
  subject: EngineSubject,
  columns: Columns,
  files: readonly LandingFile[],
  more: Partial<Pick<IngestRequest, "options" | "existing">> = {},
): Promise<Delivered> {
  deliveries += 1;
  const directory = join(subject.directory, "project", `staged-${deliveries}`);
  const compiled = contract(columns);
  const request = { files, options: {}, existing: { files: [] }, ...more, columns: compiled, directory };
  const result = await subject.session.ingest(request);
  const withFile = [...compiled, { name: sourceFileColumn, engineType: "VARCHAR" }];
  const paths = (parts: IngestResult["accepted"]): string[] => parts.map(({ path }) => path);
  const accepted = { name: "accepted", files: paths(result.accepted), columns: withFile };
  const quarantine = { name: "quarantine", files: paths(result.quarantine), columns: quarantineColumns };
  return {
    ...result,
    rows: await allRows(subject, accepted),
    refused: (await allRows(subject, quarantine)) as unknown as Refused[],
  };
}

/** All rows of a table. */
export async function allRows(
  { session }: EngineSubject,
  table: InputTable,
): Promise<Record<string, unknown>[]> {
  const rows: Record<string, unknown>[] = [];
  for await (const row of session.rows(table)) rows.push(row);
  return rows;
}

/** A table of rows written by the engine itself. */
export async function tableOf(
  { session, directory }: EngineSubject,
  name: string,
  types: Readonly<Record<string, string>>,
  rows: Iterable<Record<string, unknown>>,
): Promise<InputTable> {
  deliveries += 1;
  const columns = Object.entries(types).map(([column, engineType]) => ({ name: column, engineType }));
  const { path } = await session.write(rows, columns, join(directory, `table-${deliveries}.parquet`));
  return { name, files: [path], columns };
}
