/** What a version's rows look like: asked of the work that makes it, or put together of what is known of its parts. */
import type { WantedProfile, WorkResult } from "../executor/executor.ts";
import type { DatasetNode } from "../graph/graph.ts";
import { accuracyQuestions } from "../quality/monitors/accuracy.ts";
import { mergeProfiles, type Profile } from "../graph/profile.ts";
import { readFiles, standingRows, type StoredFile } from "../graph/stored-file.ts";
import type { Version } from "../graph/version.ts";
import type { Context } from "./context.ts";
import { personalIn } from "./shown-verdict.ts";

/** Rows that went since they were looked at, as a share of all, above which everything is looked at again. */
const mostGone = 0.1;

/** What to find out of a dataset's rows; nothing where its monitors are off. */
export function wantedProfile(
  { graph }: Pick<Context, "graph">,
  { id, columns, monitors }: DatasetNode,
  of: WantedProfile["of"] = "all",
): { readonly profile?: WantedProfile } {
  if (monitors === "off") return {};
  const hidden = personalIn(graph).get(id);
  return {
    profile: {
      columns: columns.map(({ name, engineType }) => ({
        name,
        engineType,
        personal: hidden?.has(name) === true,
      })),
      of,
      models: graph.consumers.flatMap(({ name, accuracy }) =>
        accuracy?.dataset === id ? [{ consumer: name, questions: accuracyQuestions(accuracy) }] : [],
      ),
    },
  };
}

/** The profile of a version that others may go on from; undefined where there is none, or it is worn. */
export async function profileToGoOnFrom(
  { ports }: Pick<Context, "ports">,
  { fingerprint, monitors }: DatasetNode,
  current: Version | undefined,
): Promise<Profile | undefined> {
  if (current === undefined || monitors === "off" || current.fingerprint !== fingerprint) return undefined;
  const profile = (await ports.store.profiles([current.id])).get(current.id);
  return profile === undefined || (profile.gone ?? 0) > mostGone * profile.rows ? undefined : profile;
}

/** The profile of a version of `rows` rows: what the work found, beside what was known of the rows that it did not look at. */
export function profileOf(
  { profile }: Pick<WorkResult, "profile">,
  known: Profile | undefined,
  rows: number,
): { readonly profile?: Profile } {
  if (known === undefined) return profile === undefined ? {} : { profile };
  const kept = Math.max(0, rows - (profile?.rows ?? 0));
  const merged = mergeProfiles([
    { profile: known, rows: kept },
    ...(profile === undefined ? [] : [{ profile, rows: profile.rows }]),
  ]);
  const gone = (known.gone ?? 0) + Math.max(0, known.rows - kept);
  return merged === undefined ? {} : { profile: gone === 0 ? merged : { ...merged, gone } };
}

/** Of a version's files, those to look at: what the version before does not have, where its profile is known. */
export function filesToProfile(
  files: readonly StoredFile[],
  known: Profile | undefined,
  current: Version | undefined,
): readonly StoredFile[] {
  const had = new Set(known === undefined ? [] : current?.files.map(({ key }) => key));
  return readFiles(files).filter((file) => !had.has(file.key) && standingRows(file) > 0);
}
