import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";

/** What a version is, as the state has it: files, or a query over other versions. */
export interface VersionContent {
  /** Files, and beside some of them the positions of rows that nobody reads. */
  readonly parts: readonly {
    readonly path: string;
    readonly fallen?: string;
    readonly without?: readonly string[];
  }[];
  readonly query: string | null;
  /** Versions by the name that the query has for them. */
  readonly inputs: Readonly<Record<string, string>>;
}

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;
const named = (id: string): string =>
  id
    .split(".")
    .map((part) => `"${part}"`)
    .join(".");

/**
 * The files in which the rows of a version lie, and no others. What a view is made of is written to files first, each view
 * in an engine of its own that knows nothing but its inputs, and so is what is left of a file of which rows fell: slow, and
 * simple enough to be believed.
 */
export async function withFilesOf<T>(
  version: string,
  find: (id: string) => VersionContent,
  work: (paths: readonly string[]) => Promise<T>,
): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), "sluice-views-"));
  const made = new Map<string, string>();
  const pathsOf = async (id: string): Promise<readonly string[]> => {
    const { parts, query, inputs } = find(id);
    if (query === null)
      return Promise.all(parts.map((part, index) => left(part, join(directory, `${id}-${index}`))));
    const known = made.get(id);
    if (known !== undefined) return [known];
    const output = join(directory, `${made.size}.parquet`);
    made.set(id, output);
    const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
    const connection = await instance.connect();
    try {
      for (const [name, input] of Object.entries(inputs)) {
        const files = (await pathsOf(input)).map(quoted).join(", ");
        await connection.run(`create schema if not exists ${named(name.split(".")[0] ?? "")}`);
        await connection.run(`create table ${named(name)} as from read_parquet([${files}])`);
      }
      await connection.run(`copy (${query.replace(/;\s*$/, "")}\n) to ${quoted(output)} (format parquet)`);
    } finally {
      connection.closeSync();
      instance.closeSync();
    }
    return [output];
  };
  const left = async (
    { path, fallen, without }: VersionContent["parts"][number],
    output: string,
  ): Promise<string> => {
    if (fallen === undefined && without === undefined) return path;
    const gone =
      without === undefined
        ? `file_row_number in (select "row" from read_parquet(${quoted(fallen ?? "")}))`
        : `sluice_file in (${without.map(quoted).join(", ")})`;
    const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
    const connection = await instance.connect();
    try {
      await connection.run(
        `copy (select * exclude (file_row_number) from read_parquet(${quoted(path)}, file_row_number = true)
          where not (${gone})) to ${quoted(output)} (format parquet)`,
      );
    } finally {
      connection.closeSync();
      instance.closeSync();
    }
    return output;
  };
  try {
    return await work(await pathsOf(version));
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
