import { called, type Pointer, type Version } from "../graph/version.ts";
import type { StoreReader } from "../store/store.ts";

/**
 * The versions that pointers point to, in their order, each under the name of its pointer: the store knows versions
 * by the name with which their dataset began.
 */
export async function pointedVersions(
  store: Pick<StoreReader, "versions">,
  pointers: Iterable<Pick<Pointer, "dataset" | "version">>,
): Promise<readonly Version[]> {
  const list = [...pointers];
  const found = await store.versions(list.map(({ version }) => version));
  return found.map((version, at) => called(version, list[at]?.dataset ?? version.dataset));
}
