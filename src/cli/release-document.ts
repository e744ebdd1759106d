import type { Release } from "../store/store.ts";

/** A release as `--json` prints it; `release` is its number, as in the summary of a run. */
export type ReleaseDocument = Omit<Release, "number"> & { readonly release: number };

/** A release as a document. */
export function releaseDocument({ number, ...rest }: Release): ReleaseDocument {
  return { release: number, ...rest };
}
