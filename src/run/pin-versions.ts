import { SluiceError } from "../errors.ts";
import type { PinnedTable } from "../executor/executor.ts";
import { keptFile } from "../graph/stored-file.ts";
import type { Version } from "../graph/version.ts";
import type { StoreReader } from "../store/store.ts";

/**
 * Versions as tables, in their order: their files, or, for views, their queries over the versions that those pin, all
 * the way down. The store is asked only where there are views. Errors: `version-gone`.
 */
export async function pinVersions(
  store: Pick<StoreReader, "versions">,
  versions: readonly Version[],
): Promise<readonly PinnedTable[]> {
  const known = new Map(versions.map((version) => [version.id, version]));
  for (let missing = unknownIn(versions, known); missing.length > 0;) {
    const found = await store.versions(missing);
    for (const version of found) known.set(version.id, version);
    missing = unknownIn(found, known);
  }
  const tables = new Map<string, PinnedTable>();
  const tableOf = (version: Version, readBy?: string): PinnedTable => {
    refuseGone(version, readBy);
    const made = tables.get(version.id) ?? pin(version, (id) => tableOf(found(known, id), version.dataset));
    tables.set(version.id, made);
    return made;
  };
  return versions.map((version) => ({ ...tableOf(version), name: version.dataset }));
}

export async function pinVersion(
  store: Pick<StoreReader, "versions">,
  version: Version,
): Promise<PinnedTable> {
  const [table] = await pinVersions(store, [version]);
  if (table === undefined) throw new Error(`version ${version.id} was not pinned`);
  return table;
}

function pin(version: Version, tableOf: (id: string) => PinnedTable): PinnedTable {
  const { id, dataset, query, inputs } = version;
  const files = version.files.map(keptFile);
  const columns = version.columns.map(({ name, engineType }) => ({ name, engineType }));
  const table = { name: dataset, files, columns };
  if (query === undefined) return table;
  const read = Object.entries(inputs).map(([name, input]) => ({ ...tableOf(input), name }));
  return { ...table, view: { id, sql: query, inputs: read } };
}

function unknownIn(versions: readonly Version[], known: ReadonlyMap<string, Version>): string[] {
  const read = versions.flatMap(({ query, inputs }) => (query === undefined ? [] : Object.values(inputs)));
  return [...new Set(read)].filter((id) => !known.has(id));
}

function found(known: ReadonlyMap<string, Version>, id: string): Version {
  const version = known.get(id);
  if (version === undefined) throw new Error(`the store answered nothing about version ${id}`);
  return version;
}

/** What a view reads is kept as long as the view is; only what was lost and given up can be gone. */
function refuseGone({ dataset, gone }: Version, readBy: string | undefined): void {
  if (gone === undefined || readBy === undefined) return;
  throw new SluiceError(
    "version-gone",
    `the view "${readBy}" cannot be read: data of "${dataset}" that it reads was let go at ${gone}`,
    { hint: "sluice doctor says what is lost; sluice run makes the view anew" },
  );
}
