import type { Pointer } from "../graph/version.ts";
import type { StoredFile } from "../graph/stored-file.ts";
import type { Storage } from "../storage/storage.ts";
import type { Stored } from "../store/store.ts";
import type { Ports } from "./ports.ts";

/** A file that is not as it was recorded, or a view that cannot be read because of one. */
export interface Damage {
  readonly kind: "missing" | "changed" | "unreadable";
  readonly dataset: string;
  readonly version: string;
  /** The file. For a view whose input was given up: the id of that version. */
  readonly key: string;
  /** Environments that publish the version now. */
  readonly environments: readonly string[];
}

export interface Examination {
  readonly versions: number;
  readonly files: number;
  readonly bytes: number;
  readonly damage: readonly Damage[];
  /** Files that nobody recorded. */
  readonly orphans: { readonly files: number; readonly bytes: number };
  /** Versions that were given up, so that the next run builds them anew. */
  readonly lost: readonly string[];
}

export interface ExamineRequest {
  /** Read every file and compare its checksum; without it, only names and lengths are compared. */
  readonly deep: boolean;
  /** Give up versions whose files are not what was recorded. */
  readonly repair: boolean;
  readonly onProgress: (progress: { readonly files: number; readonly of: number }) => void;
}

/** How many files are looked at at a time. */
const atOnce = 8;

/** Compare what the store says with what lies in storage. Errors: `environment-busy` where it repairs. */
export async function examine(ports: Ports, request: ExamineRequest): Promise<Examination> {
  const { store, storage } = ports;
  const stored = await store.stored();
  const files = new Map(stored.flatMap((version) => version.files.map((file) => [file.key, file] as const)));
  const bad = new Map<string, Damage["kind"]>();
  let seen = 0;
  const there = new Map<string, number>();
  for await (const { key, bytes } of storage.list("")) there.set(key, bytes);
  const look = async (file: StoredFile): Promise<void> => {
    const kind = await damageOf(storage, file, there.get(file.key), request.deep);
    if (kind !== undefined) bad.set(file.key, kind);
    seen += 1;
    request.onProgress({ files: seen, of: files.size });
  };
  const left = files.values();
  // Each takes the next file: while one answer is on its way, others are too.
  const lookers = Array.from({ length: atOnce }, async () => {
    for (const file of left) await look(file);
  });
  await Promise.all(lookers);
  const orphans = { files: 0, bytes: 0 };
  for (const [key, bytes] of there) {
    if (files.has(key)) continue;
    orphans.files += 1;
    orphans.bytes += bytes;
  }
  const versions = stored.filter(({ part }) => part === undefined);
  const damage = await placesOf(ports.store, damagedIn(versions, bad));
  const lost = request.repair ? [...new Set(damage.map(({ version }) => version))] : [];
  // What is finished and in no version yet is found again only while its file is whole.
  const parts = stored.filter(({ part, files: [file] }) => part && file && bad.has(file.key));
  const given = request.repair ? [...lost, ...parts.map(({ id }) => id)] : [];
  if (given.length > 0) await store.lose(given, { at: ports.now().toISOString(), isAlive: ports.isAlive });
  const bytes = [...files.values()].reduce((sum, file) => sum + file.bytes, 0);
  return { versions: versions.length, files: files.size, bytes, damage, orphans, lost };
}

async function damageOf(
  storage: Storage,
  file: StoredFile,
  bytes: number | undefined,
  deep: boolean,
): Promise<Damage["kind"] | undefined> {
  if (bytes === undefined) return "missing";
  if (bytes !== file.bytes) return "changed";
  if (!deep) return undefined;
  const sha256 = await storage.checksum(file.key);
  if (sha256 === undefined) return "missing";
  return sha256 === file.sha256 ? undefined : "changed";
}

type Found = Omit<Damage, "environments">;

/** The versions with damaged files, then the views that cannot be read because of them, or of what was given up. */
function damagedIn(stored: readonly Stored[], bad: ReadonlyMap<string, Damage["kind"]>): readonly Found[] {
  const damaged = stored.flatMap(({ id, dataset, files }) =>
    files.flatMap(({ key }): Found[] => {
      const kind = bad.get(key);
      return kind === undefined ? [] : [{ kind, dataset, version: id, key }];
    }),
  );
  const versions = new Map(stored.map((version) => [version.id, version]));
  /** Of a version: what keeps it from being read. */
  const obstacles = new Map<string, string | undefined>(
    damaged.toReversed().map(({ version, key }) => [version, key]),
  );
  const obstacleOf = (id: string): string | undefined => {
    if (obstacles.has(id)) return obstacles.get(id);
    const version = versions.get(id);
    const found =
      version === undefined ? id : version.reads?.map(obstacleOf).find((key) => key !== undefined);
    obstacles.set(id, found);
    return found;
  };
  const views = stored.flatMap(({ id, dataset, reads }): Found[] => {
    const key = reads && obstacleOf(id);
    return key === undefined ? [] : [{ kind: "unreadable", dataset, version: id, key }];
  });
  return [...damaged, ...views];
}

async function placesOf(store: Ports["store"], found: readonly Found[]): Promise<Damage[]> {
  if (found.length === 0) return [];
  const pointers: [string, ReadonlyMap<string, Pointer>][] = [];
  for (const { name } of await store.environments()) pointers.push([name, await store.pointers(name)]);
  return found.map(({ dataset, version, ...damage }) => {
    const environments = pointers.flatMap(([name, all]) =>
      all.get(dataset)?.version === version ? [name] : [],
    );
    return { ...damage, dataset, version, environments };
  });
}
