import type { InputTable, SampleRequest } from "../engine/engine.ts";
import type { AuditWork, WantedProfile, WorkResult } from "../executor/executor.ts";
import { standingRows } from "../graph/stored-file.ts";
import { readAccuracy } from "../quality/monitors/accuracy.ts";
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
  const profile = profileSample(sample, wanted.columns, rows);
  if (wanted.models.length === 0) return { profile };
  const table = tableOf(files, wanted.columns);
  const accuracy: Record<string, Readonly<Record<string, number>>> = {};
  for (const { consumer, questions } of wanted.models)
    accuracy[consumer] = readAccuracy(await session.ask(table, questions, []));
  return { profile: { ...profile, accuracy } };
}

function tableOf(files: SampleRequest["files"], columns: InputTable["columns"]): InputTable {
  const fallen = files.flatMap((file) => (file.fallen === undefined ? [] : [[file.path, file.fallen]]));
  const without = files.flatMap((file) => (file.without === undefined ? [] : [[file.path, file.without]]));
  return {
    name: "predictions",
    files: files.map(({ path }) => path),
    ...(fallen.length === 0 ? {} : { fallen: Object.fromEntries(fallen) as Record<string, string> }),
    ...(without.length === 0 ? {} : { without: Object.fromEntries(without) as Record<string, string[]> }),
    columns,
  };
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
