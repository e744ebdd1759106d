import type { LandingStat, Listing, ManifestFile } from "../graph/delivery.ts";
import type { Ports } from "./ports.ts";

/**
 * A listing in which files that were merely touched stand under the time at which they were read: where only
 * the time differs, the content decides. A file that cannot be read counts as changed; reading it will say why.
 */
export async function recogniseFiles(
  ports: Pick<Ports, "hashFile">,
  listing: Listing,
  read: readonly ManifestFile[],
): Promise<Listing> {
  const before = new Map(read.map((file) => [file.name, file]));
  const files: LandingStat[] = [];
  for (const file of listing.files) {
    const old = before.get(file.name);
    const mayBeTouched = old && old.bytes === file.bytes && old.modified !== file.modified;
    const sha256 = mayBeTouched ? await ports.hashFile(file.path).catch(() => undefined) : undefined;
    files.push(old && sha256 === old.sha256 ? { ...file, modified: old.modified } : file);
  }
  return { ...listing, files };
}
