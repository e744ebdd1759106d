import type { Listing, ManifestFile } from "../graph/delivery.ts";

/** How a listing differs from what a version was read from, by file name. */
export interface FileChanges {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
}

/** Compare by name, size and modification time; content is only looked at when one of them differs. */
export function compareFiles(
  listing: Listing,
  manifest: readonly ManifestFile[],
  onRemoved: "remove" | "keep",
): FileChanges {
  const before = new Map(manifest.map((file) => [file.name, file]));
  const added: string[] = [];
  const changed: string[] = [];
  for (const file of listing.files) {
    const known = before.get(file.name);
    if (!known) added.push(file.name);
    else if (known.bytes !== file.bytes || known.modified !== file.modified) changed.push(file.name);
    before.delete(file.name);
  }
  return { added, changed, removed: onRemoved === "keep" ? [] : [...before.keys()] };
}
