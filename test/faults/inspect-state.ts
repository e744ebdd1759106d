/**
 * Looks at what a project left behind without any of Sluice's code: the state with SQLite or PostgreSQL, the
 * files with SHA-256 and the bare engine. Believes nothing that it can count itself.
 */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { DuckDBInstance } from "@duckdb/node-api";
import { readState, type StateReader, type StateRow } from "./state-reader.ts";
import { type VersionContent, withFilesOf } from "./view-file.ts";

/** A release as the state has it. */
export interface ReleaseSeen {
  readonly number: number;
  readonly kind: string;
  /** Where its pointers came from, such as `dev@3`. */
  readonly origin: string | null;
  /** Datasets marked as held at it. */
  readonly held: readonly string[];
}

/** What is published in one environment, as the disk has it. */
export interface Inspection {
  readonly release: number;
  /** Rows of each dataset as text, sorted; quarantines as `name__quarantine`. */
  readonly content: Readonly<Record<string, readonly string[]>>;
  /** Datasets marked as held at the newest release. */
  readonly held: readonly string[];
  /** Oldest first. */
  readonly releases: readonly ReleaseSeen[];
  /** Everything that must not be; empty when all is well. */
  readonly problems: readonly string[];
}

interface FileRecord {
  readonly key: string;
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
  /** Positions of rows that nobody reads. */
  readonly fallen?: FileRecord;
  /** Landing files whose rows nobody reads. */
  readonly without?: Readonly<Record<string, number>>;
  readonly tombstones?: true;
}

export interface Places {
  /** Path of a SQLite file, or address of a PostgreSQL database. */
  readonly state: string;
  readonly data: string;
}

/** Rows that were read before, by version: a file whose checksum holds is not read again. */
export type ContentCache = Map<string, Readonly<Record<string, readonly string[]>>>;

const nothing: Inspection = { release: 0, content: {}, held: [], releases: [], problems: [] };

const isFile = (state: string): boolean => !/^postgres(?:ql)?:/.test(state);

/** Look at one environment. An environment that is not there is at release 0 and empty. */
export async function inspect(
  { state, data }: Places,
  environment = "dev",
  cache: ContentCache = new Map(),
): Promise<Inspection> {
  if (isFile(state) && !existsSync(state)) return nothing;
  await using reader = await readState(state);
  const problems = [...reader.problems];
  const [place] = await reader.all("select release, held from environments where name = $1", environment);
  if (!place) return { ...nothing, problems };
  const release = Number(place["release"]);
  const releases = await releasesOf(reader, environment);
  problems.push(...(await history(reader, environment, release, releases)));
  const versions = await reader.all(
    `select v.*, m.document as manifest from pointers p join versions v on v.id = p.version and v.dataset = p.dataset
     left join manifests m on m.version = v.id where p.environment = $1 order by p.dataset`,
    environment,
  );
  const [pointers] = await reader.all(
    "select count(*) as n from pointers where environment = $1",
    environment,
  );
  if (Number(pointers?.["n"]) !== versions.length)
    problems.push("a pointer leads to no version of its dataset");
  const byId = new Map((await reader.all("select * from versions")).map((row) => [String(row["id"]), row]));
  const read = versionsRead(versions, byId);
  for (const version of [...versions, ...read]) problems.push(...versionProblems(version, data));
  const content = problems.length > 0 ? {} : await contentOf(versions, byId, data, cache);
  if (problems.length === 0) problems.push(...versions.flatMap((version) => countProblems(version, content)));
  return {
    release,
    content,
    held: Object.keys(JSON.parse(String(place["held"])) as object),
    releases,
    problems,
  };
}

/** The environments that have a release. */
export async function environmentsOf({ state }: Places): Promise<readonly string[]> {
  if (isFile(state) && !existsSync(state)) return [];
  await using reader = await readState(state);
  const rows = await reader.all("select name from environments where release > 0 order by name");
  return rows.map((row) => String(row["name"]));
}

/** Files that belong to no version that is still there and to no part in the ledger, files of those that are missing, and what goes on though nobody runs. */
export async function leftovers({ state, data }: Places, environment = "dev"): Promise<readonly string[]> {
  await using reader = await readState(state);
  const versions = await reader.all(
    "select v.*, m.document as manifest from versions v left join manifests m on m.version = v.id where v.gone is null",
  );
  // Parts that the ledger keeps for the next version, as of a run that another was faster than.
  const parts = await reader.all("select file from parts");
  const keys = new Set([
    ...versions.flatMap((version) => recordsOf(version).map(({ key }) => key)),
    ...parts.map(({ file }) => (JSON.parse(String(file)) as FileRecord).key),
  ]);
  const lying = new Set(filesBelow(data).filter((path) => !path.startsWith(".staging")));
  const events = (await reader.all("select sequence from events order by sequence")).map((row) =>
    Number(row["sequence"]),
  );
  // Where nobody has worked since a holder died, its name still stands there.
  const holders = await reader.all(
    "select name from environments where holder is not null and name = $1",
    environment,
  );
  return [
    ...[...lying].flatMap((path) => (keys.has(path) ? [] : [`${path} belongs to nobody`])),
    ...[...keys].flatMap((key) => (lying.has(key) ? [] : [`${key} is recorded and not there`])),
    ...staged(data).map((path) => `${path} is still staged`),
    ...(events.every((sequence, index) => sequence === index + 1) ? [] : [`events ${events.join()}`]),
    ...holders.map((row) => `environment ${String(row["name"])} is still held`),
  ];
}

async function releasesOf(reader: StateReader, environment: string): Promise<ReleaseSeen[]> {
  const rows = await reader.all(
    "select number, kind, origin, held from releases where environment = $1 order by number",
    environment,
  );
  return rows.map((row) => ({
    number: Number(row["number"]),
    kind: String(row["kind"]),
    origin: row["origin"] === null ? null : String(row["origin"]),
    held: Object.keys(JSON.parse(String(row["held"])) as object).toSorted(),
  }));
}

/** The pointers must be those that the whole history of releases leads to, and releases must have no gaps. */
async function history(
  reader: StateReader,
  environment: string,
  release: number,
  releases: readonly ReleaseSeen[],
): Promise<string[]> {
  const problems =
    releases.every(({ number }, index) => number === index + 1) && releases.length === release
      ? []
      : [`releases ${releases.map(({ number }) => number).join()} at ${release}`];
  const led = new Map<string, string>();
  for (const row of await reader.all(
    "select * from release_pointers where environment = $1 order by number, moved",
    environment,
  )) {
    if (row["version"] === null) led.delete(String(row["dataset"]));
    else led.set(String(row["dataset"]), String(row["version"]));
  }
  const stands = await reader.all(
    "select dataset, version from pointers where environment = $1",
    environment,
  );
  const differs = stands.filter((row) => led.get(String(row["dataset"])) !== row["version"]);
  if (differs.length > 0 || stands.length !== led.size)
    problems.push("the pointers are not what the releases say");
  return problems;
}

const filesOf = (version: StateRow, column: "files" | "quarantine"): readonly FileRecord[] =>
  JSON.parse(String(version[column])) as FileRecord[];

function manifestOf(version: StateRow):
  | {
      readonly files: readonly { readonly counts: Record<string, number> }[];
      readonly raw?: readonly FileRecord[];
    }
  | undefined {
  const { manifest } = version;
  return manifest instanceof Uint8Array
    ? (JSON.parse(gunzipSync(manifest).toString()) as ReturnType<typeof manifestOf>)
    : undefined;
}

const recordsOf = (version: StateRow): readonly FileRecord[] => [
  ...filesOf(version, "files").flatMap((file) => [file, ...(file.fallen ? [file.fallen] : [])]),
  ...filesOf(version, "quarantine"),
  ...(manifestOf(version)?.raw ?? []),
];

/** What views read, all the way down. */
function versionsRead(
  versions: readonly StateRow[],
  byId: ReadonlyMap<string, StateRow>,
): readonly StateRow[] {
  const found = new Map<string, StateRow>();
  const walk = (version: StateRow): void => {
    if (version["query"] === null) return;
    for (const id of Object.values(inputsOf(version))) {
      const input = byId.get(id);
      if (found.has(id)) continue;
      found.set(id, input ?? { id, files: "[]", quarantine: "[]", gone: "never there", query: null });
      if (input) walk(input);
    }
  };
  for (const version of versions) walk(version);
  return [...found.values()];
}

const inputsOf = (version: StateRow): Record<string, string> =>
  JSON.parse(String(version["inputs"])) as Record<string, string>;

/** Every file of a version is there, with the length and the content that was recorded. */
function versionProblems(version: StateRow, data: string): string[] {
  if (version["gone"] !== null) return [`version ${String(version["id"])} was let go`];
  return recordsOf(version).flatMap(({ key, bytes, sha256 }) => {
    const path = join(data, key);
    if (!existsSync(path)) return [`${key} is not there`];
    const content = readFileSync(path);
    if (content.length !== bytes) return [`${key} has ${content.length} bytes, not ${bytes}`];
    return createHash("sha256").update(content).digest("hex") === sha256
      ? []
      : [`${key} has another content than recorded`];
  });
}

/** Rows are as many as recorded, and every record of a source is accounted for. */
function countProblems(version: StateRow, content: Inspection["content"]): string[] {
  const dataset = String(version["dataset"]);
  const rows = content[dataset]?.length;
  const problems =
    rows === Number(version["row_count"])
      ? []
      : [`${dataset} has ${rows} rows, not ${String(version["row_count"])}`];
  if (version["counts"] === null) return problems;
  const counts = JSON.parse(String(version["counts"])) as Record<
    "received" | "accepted" | "quarantined" | "rejected",
    number
  >;
  const refused = content[`${dataset}__quarantine`]?.length;
  if (counts.received !== counts.accepted + counts.quarantined + counts.rejected)
    problems.push(`${dataset}: ${JSON.stringify(counts)} does not add up`);
  if (counts.accepted !== rows) problems.push(`${dataset}: ${counts.accepted} accepted, ${rows} rows`);
  if (counts.quarantined + counts.rejected !== refused)
    problems.push(`${dataset}: ${refused} rows in quarantine for ${JSON.stringify(counts)}`);
  return problems;
}

async function contentOf(
  versions: readonly StateRow[],
  byId: ReadonlyMap<string, StateRow>,
  data: string,
  cache: ContentCache,
): Promise<Record<string, readonly string[]>> {
  const unread = versions.filter((version) => !cache.has(String(version["id"])));
  if (unread.length > 0) await readInto(cache, unread, byId, data);
  return Object.assign({}, ...versions.map((version) => cache.get(String(version["id"])))) as Record<
    string,
    readonly string[]
  >;
}

async function readInto(
  cache: ContentCache,
  versions: readonly StateRow[],
  byId: ReadonlyMap<string, StateRow>,
  data: string,
): Promise<void> {
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  const connection = await instance.connect();
  const pathsOf = (files: readonly FileRecord[]): string[] => files.map(({ key }) => join(data, key));
  const rowsOf = async (files: readonly string[], without: readonly string[]): Promise<string[]> => {
    if (files.length === 0) return [];
    const paths = files.map((path) => `'${path.replaceAll("'", "''")}'`).join(", ");
    const others = `c -> c not in (${["", ...without].map((name) => `'${name}'`).join(", ")})`;
    const sql = `select to_json(r)::varchar from (select columns(${others}) from read_parquet([${paths}], union_by_name = true)) r order by 1`;
    return (await connection.runAndReadAll(sql)).getRows().map(([row]) => String(row));
  };
  const partsOf = (files: readonly FileRecord[]): VersionContent["parts"] =>
    files
      .filter(({ tombstones }) => tombstones === undefined)
      .map(({ key, fallen, without }) => ({
        path: join(data, key),
        ...(without ? { without: Object.keys(without) } : {}),
        ...(fallen ? { fallen: join(data, fallen.key) } : {}),
      }));
  const find = (id: string): VersionContent => {
    const row = byId.get(id);
    if (!row) throw new Error(`there is no version ${id}`);
    const query = row["query"] === null ? null : String(row["query"]);
    return { parts: partsOf(filesOf(row, "files")), query, inputs: inputsOf(row) };
  };
  try {
    for (const version of versions) {
      const dataset = String(version["dataset"]);
      // What a generator delivered lies in files named after its run: which record is where is not content.
      const without = manifestOf(version)?.raw ? ["sluice_file", "file", "position"] : [];
      const own: Record<string, readonly string[]> = {
        [dataset]: await withFilesOf(String(version["id"]), find, (files) => rowsOf(files, without)),
      };
      if (version["counts"] !== null)
        own[`${dataset}__quarantine`] = await rowsOf(pathsOf(filesOf(version, "quarantine")), without);
      cache.set(String(version["id"]), own);
    }
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

function filesBelow(directory: string): string[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory, { recursive: true, encoding: "utf8" }).filter((path) =>
    statSync(join(directory, path)).isFile(),
  );
}

/** What is left in the staging directory. */
export const staged = (data: string): readonly string[] => filesBelow(join(data, ".staging"));

/** Processes that a process started and that still run, by the system's own account. */
export function childrenOf(parent: number): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => statusOf(pid)?.parent === parent);
}

/** Whether a process runs; one that is dead and waits to be fetched does not. */
export const runs = (pid: number): boolean => statusOf(pid) !== undefined;

function statusOf(pid: number): { readonly parent: number } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const [state, parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return state === "Z" || state === "X" ? undefined : { parent: Number(parent) };
  } catch {
    return undefined;
  }
}
