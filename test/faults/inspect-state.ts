/**
 * Looks at what a project left on the disk without any of Sluice's code: the state with SQLite, the files
 * with SHA-256 and the bare engine. Believes nothing that it can count itself.
 */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { gunzipSync } from "node:zlib";
import { DuckDBInstance } from "@duckdb/node-api";
import { type VersionContent, withFilesOf } from "./view-file.ts";

/** What is published in one environment, as the disk has it. */
export interface Inspection {
  readonly release: number;
  /** Rows of each dataset as text, sorted; quarantines as `name__quarantine`. */
  readonly content: Readonly<Record<string, readonly string[]>>;
  /** Datasets marked as held at the newest release. */
  readonly held: readonly string[];
  /** Everything that must not be; empty when all is well. */
  readonly problems: readonly string[];
}

interface FileRecord {
  readonly key: string;
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
}

type Row = Readonly<Record<string, string | number | null | Uint8Array>>;

export interface Places {
  readonly state: string;
  readonly data: string;
}

/** Look at one environment. An environment that is not there is at release 0 and empty. */
export async function inspect({ state, data }: Places, environment = "dev"): Promise<Inspection> {
  if (!existsSync(state)) return { release: 0, content: {}, held: [], problems: [] };
  const db = new DatabaseSync(state);
  const all = (sql: string, ...parameters: string[]): Row[] => db.prepare(sql).all(...parameters) as Row[];
  try {
    const problems = soundness(all);
    const [place] = all("select release, held from environments where name = ?", environment);
    if (!place) return { release: 0, content: {}, held: [], problems };
    problems.push(...history(all, environment, Number(place["release"])));
    const versions = all(
      `select v.*, m.document as manifest from pointers p join versions v on v.id = p.version and v.dataset = p.dataset
       left join manifests m on m.version = v.id where p.environment = ? order by p.dataset`,
      environment,
    );
    const [pointers] = all("select count(*) as n from pointers where environment = ?", environment);
    if (Number(pointers?.["n"]) !== versions.length)
      problems.push("a pointer leads to no version of its dataset");
    const byId = new Map(all("select * from versions").map((row) => [String(row["id"]), row]));
    const read = versionsRead(versions, byId);
    for (const version of [...versions, ...read]) problems.push(...versionProblems(version, data));
    const content = problems.length > 0 ? {} : await contentOf(versions, byId, data);
    problems.push(...versions.flatMap((version) => countProblems(version, content)));
    return {
      release: Number(place["release"]),
      content,
      held: Object.keys(JSON.parse(String(place["held"])) as object),
      problems,
    };
  } finally {
    db.close();
  }
}

function soundness(all: (sql: string) => Row[]): string[] {
  const integrity = all("pragma integrity_check").map((row) => String(Object.values(row)[0]));
  const broken = all("pragma foreign_key_check").map(
    (row) => `${String(row["table"])} refers to what is not there`,
  );
  return [...integrity.filter((line) => line !== "ok"), ...broken];
}

/** The pointers must be those that the whole history of releases leads to, and releases must have no gaps. */
function history(
  all: (sql: string, ...parameters: string[]) => Row[],
  environment: string,
  release: number,
): string[] {
  const numbers = all("select number from releases where environment = ? order by number", environment).map(
    (row) => Number(row["number"]),
  );
  const problems =
    numbers.every((number, index) => number === index + 1) && numbers.length === release
      ? []
      : [`releases ${numbers.join()} at ${release}`];
  const led = new Map<string, string>();
  for (const row of all(
    "select * from release_pointers where environment = ? order by number, moved",
    environment,
  )) {
    if (row["version"] === null) led.delete(String(row["dataset"]));
    else led.set(String(row["dataset"]), String(row["version"]));
  }
  const stands = all("select dataset, version from pointers where environment = ?", environment);
  const differs = stands.filter((row) => led.get(String(row["dataset"])) !== row["version"]);
  if (differs.length > 0 || stands.length !== led.size)
    problems.push("the pointers are not what the releases say");
  return problems;
}

const filesOf = (version: Row, column: "files" | "quarantine"): readonly FileRecord[] =>
  JSON.parse(String(version[column])) as FileRecord[];

function manifestOf(version: Row):
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

/** What views read, all the way down. */
function versionsRead(versions: readonly Row[], byId: ReadonlyMap<string, Row>): readonly Row[] {
  const found = new Map<string, Row>();
  const walk = (version: Row): void => {
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

const inputsOf = (version: Row): Record<string, string> =>
  JSON.parse(String(version["inputs"])) as Record<string, string>;

/** Every file of a version is there, with the length and the content that was recorded. */
function versionProblems(version: Row, data: string): string[] {
  const files = [
    ...filesOf(version, "files"),
    ...filesOf(version, "quarantine"),
    ...(manifestOf(version)?.raw ?? []),
  ];
  const gone = version["gone"] === null ? [] : [`version ${String(version["id"])} was let go`];
  return gone.concat(
    files.flatMap(({ key, bytes, sha256 }) => {
      const path = join(data, key);
      if (!existsSync(path)) return [`${key} is not there`];
      const content = readFileSync(path);
      if (content.length !== bytes) return [`${key} has ${content.length} bytes, not ${bytes}`];
      return createHash("sha256").update(content).digest("hex") === sha256
        ? []
        : [`${key} has another content than recorded`];
    }),
  );
}

/** Rows are as many as recorded, and every record of a source is accounted for. */
function countProblems(version: Row, content: Inspection["content"]): string[] {
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
  versions: readonly Row[],
  byId: ReadonlyMap<string, Row>,
  data: string,
): Promise<Record<string, readonly string[]>> {
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
  const find = (id: string): VersionContent => {
    const row = byId.get(id);
    if (!row) throw new Error(`there is no version ${id}`);
    const query = row["query"] === null ? null : String(row["query"]);
    return { paths: pathsOf(filesOf(row, "files")), query, inputs: inputsOf(row) };
  };
  try {
    const content: Record<string, readonly string[]> = {};
    for (const version of versions) {
      const dataset = String(version["dataset"]);
      // What a generator delivered lies in files named after its run: which record is where is not content.
      const without = manifestOf(version)?.raw ? ["sluice_file", "file", "position"] : [];
      content[dataset] = await withFilesOf(String(version["id"]), find, (files) => rowsOf(files, without));
      if (version["counts"] === null) continue;
      content[`${dataset}__quarantine`] = await rowsOf(pathsOf(filesOf(version, "quarantine")), without);
    }
    return content;
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** What is left in the staging directory. */
export function staged(data: string): readonly string[] {
  const staging = join(data, ".staging");
  if (!existsSync(staging)) return [];
  return readdirSync(staging, { recursive: true, encoding: "utf8" }).filter((path) =>
    statSync(join(staging, path)).isFile(),
  );
}

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
