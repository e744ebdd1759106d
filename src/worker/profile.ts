import type { SampleRequest } from "../engine/engine.ts";
import type { AuditWork, WantedProfile, WorkResult } from "../executor/executor.ts";
import { standingRows } from "../graph/stored-file.ts";
import { profileSample } from "../quality/monitors/profile-sample.ts";
import type { Tools } from "./tools.ts";

/** The profile of files on this machine, where one is wanted. `rows`: how many of them stand. */
export async function profileFiles(
  wanted: WantedProfile | undefined,
  files: SampleRequest["files"],
  rows: number,
  { session }: Pick<Tools, "session">,
): Promise<Pick<WorkResult, "profile">> {
  if (wanted === undefined) return {};
  const sample = await session.sample({ files, columns: wanted.columns });
  return { profile: profileSample(sample, wanted.columns, rows) };
}

/** The profile of files that are kept. */
export async function profileKept(
  { profile, profiled = [] }: AuditWork,
  { session, storage }: Tools,
): Promise<Pick<WorkResult, "profile">> {
  if (profile === undefined) return {};
  const files = await Promise.all(
    profiled.map(async (file) => ({
      path: await storage.local(file),
      rows: file.rows,
      fallen: file.fallen === undefined ? undefined : await storage.local(file.fallen),
      without: file.without && Object.keys(file.without),
    })),
  );
  const rows = profiled.reduce((sum, file) => sum + standingRows(file), 0);
  return profileFiles(profile, files, rows, { session });
}
