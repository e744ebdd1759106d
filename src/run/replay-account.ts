import type { ManifestFile } from "../graph/delivery.ts";
import type { DatasetId } from "../graph/graph.ts";
import { refusedRecords } from "../graph/record-counts.ts";
import type { Version } from "../graph/version.ts";
import type { StoreReader } from "../store/store.ts";

/** What became of refused records that were read again. `refused` = `accepted` + `still` + `gone`. */
export interface ReplayAccount {
  readonly dataset: DatasetId;
  readonly environment: string;
  /** Whether they were read again at all: neither the contract nor a file changed otherwise. */
  readonly isRead: boolean;
  /** Records that were refused before, without those whose loss had been accepted. */
  readonly refused: number;
  readonly accepted: number;
  readonly still: number;
  /** Records of files that are no longer there. */
  readonly gone: number;
  /** Records that are refused now and were not before. */
  readonly more: number;
}

/** The version whose refused records are in question: what was refused as a whole, else what is published. */
export async function replayedVersion(
  store: Pick<StoreReader, "held" | "pointers" | "versions">,
  environment: string,
  dataset: DatasetId,
): Promise<Version | undefined> {
  const held = (await store.held(environment))[dataset];
  const refused = held?.by === dataset ? held.candidate : undefined;
  const id = refused ?? (await store.pointers(environment)).get(dataset)?.version;
  return id === undefined ? undefined : (await store.versions([id]))[0];
}

/** Compare what two versions refused, file by file. */
export function replayAccount(
  environment: string,
  dataset: DatasetId,
  before: Version | undefined,
  after: Version | undefined,
): ReplayAccount {
  const now = new Map(after?.manifest?.files.map((file) => [file.name, file]));
  const refusedBy = ({ counts }: ManifestFile): number => refusedRecords(counts);
  let [refused, still, gone] = [0, 0, 0];
  for (const file of before?.manifest?.files ?? []) {
    const count = refusedBy(file);
    const again = now.get(file.name);
    refused += count;
    if (again === undefined) gone += count;
    else still += Math.min(count, refusedBy(again));
  }
  const all = (after?.manifest?.files ?? []).reduce((sum, file) => sum + refusedBy(file), 0);
  return {
    dataset,
    environment,
    isRead: before?.id !== after?.id,
    refused,
    accepted: refused - still - gone,
    still,
    gone,
    more: all - still,
  };
}
