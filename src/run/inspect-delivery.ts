import type { LandingStat, Listing, ManifestFile, RecordCounts } from "../graph/delivery.ts";
import type { SourceNode } from "../graph/graph.ts";
import type { Version } from "../graph/version.ts";
import type { Ports } from "./ports.ts";

/** A manifest entry in the making; counts are known for files that are not read again. */
export interface DeliveredFile extends Omit<ManifestFile, "counts"> {
  readonly counts?: RecordCounts;
}

/** What of a listing must be read, and what of the version before stays. */
export interface Delivery {
  readonly toRead: readonly LandingStat[];
  /** Every file the new version stands for. */
  readonly files: readonly DeliveredFile[];
  /** Files of the version before whose rows do not stay. */
  readonly gone: readonly string[];
  /** Nothing of the version before can be taken over. */
  readonly fromScratch?: boolean;
}

/**
 * Compare a listing with what the current version was read from. Files whose size or time changed are
 * hashed: one that was merely touched is not read again. A changed contract reads everything again; so
 * does a changed or removed file where the contract has a key and another file lost records, because a row it won
 * may now be another's.
 */
export async function inspectDelivery(
  ports: Ports,
  node: SourceNode,
  listing: Listing,
  current: Version | undefined,
): Promise<Delivery> {
  const before = new Map((current?.manifest?.files ?? []).map((file) => [file.name, file]));
  const known: DeliveredFile[] = [];
  const fresh: { readonly stat: LandingStat; readonly file: DeliveredFile }[] = [];
  const gone: string[] = [];
  for (const stat of listing.files) {
    const old = before.get(stat.name);
    before.delete(stat.name);
    const sha256 = old && sameStat(old, stat) ? old.sha256 : await ports.hashFile(stat.path);
    const same = old?.sha256 === sha256;
    const since = same && old.since !== undefined ? { since: old.since } : {};
    const file = { name: stat.name, bytes: stat.bytes, modified: stat.modified, sha256, ...since };
    if (same) known.push({ ...file, counts: old.counts });
    else {
      if (old) gone.push(stat.name);
      fresh.push({ stat, file });
    }
  }
  const removed = [...before.values()];
  const keepsRemoved = node.from.kind === "files" && node.from.onRemoved === "keep";
  if (keepsRemoved) known.push(...removed);
  else gone.push(...removed.map((file) => file.name));

  const newContract = current !== undefined && current.fingerprint !== node.fingerprint;
  const keyed = node.columns.some((column) => column.declared?.key || column.declared?.unique);
  const lost = known.some(({ counts }) => (counts?.quarantined ?? 0) > 0);
  // Rows that are kept of files that are gone are nowhere else: what another row lost its place to is not looked for then.
  const isKeeping = keepsRemoved && removed.length > 0;
  if (current && !newContract && !(keyed && lost && gone.length > 0 && !isKeeping)) {
    return {
      toRead: fresh.map(({ stat }) => stat),
      files: [...known, ...fresh.map(({ file }) => file)],
      gone,
    };
  }
  const lying = new Set(listing.files.map((stat) => stat.name));
  const files = [...known.filter((file) => lying.has(file.name)), ...fresh.map(({ file }) => file)];
  return {
    toRead: listing.files,
    files: files.map(({ counts: _counted, ...file }) => file),
    gone: [],
    fromScratch: true,
  };
}

const sameStat = (
  a: { readonly bytes: number; readonly modified: string },
  b: { readonly bytes: number; readonly modified: string },
): boolean => a.bytes === b.bytes && a.modified === b.modified;
