import { quarantineColumns, type InputTable } from "../engine/engine.ts";
import { SluiceError } from "../errors.ts";
import type { PinnedTable } from "../executor/executor.ts";
import { instantOf } from "../graph/instant.ts";
import { type KeptFile, localFiles } from "../graph/stored-file.ts";
import type { Held, Pointer, Version } from "../graph/version.ts";
import type { Release } from "../store/store.ts";
import type { Ports } from "./ports.ts";
import { existing } from "./environment.ts";
import { pinVersions } from "./pin-versions.ts";
import { pointedVersions } from "./pointed-versions.ts";

export interface ReadRequest {
  readonly environment: string;
  /** A release number, or a time (ISO 8601, or a date); without it the current release. */
  readonly at?: string | undefined;
  /** Read refused candidates where datasets are held. */
  readonly candidates?: boolean | undefined;
}

/** The tables readers see, all of one release. */
export interface Published {
  readonly release: Release;
  readonly tables: readonly PinnedTable[];
}

/** The suffix under which a source's quarantine is read: `raw.slack__quarantine`. */
export const quarantineSuffix = "__quarantine";

/**
 * Everything published in an environment at one moment: pointers are read in one transaction, files never
 * change, so a reader sees all of a release or all of another. Errors: `unknown-environment`,
 * `unknown-release`.
 */
export async function publishedTables(ports: Ports, request: ReadRequest): Promise<Published> {
  const release = await releaseFor(ports, request);
  const pointers = [...(await ports.store.pointers(request.environment, release.number)).values()];
  const chosen = pointers.map(({ dataset, version, held }) => ({
    dataset,
    version: (request.candidates && held?.candidate) || version,
  }));
  const versions = await pointedVersions(ports.store, chosen);
  await refuseGone(ports, versions, request.environment, release);
  const unpublished = request.candidates
    ? await ports.store.versions(candidatesWithout(pointers, await ports.store.held(request.environment)))
    : [];
  const readable = [...versions, ...unpublished];
  const tables = await pinVersions(ports.store, readable);
  return { release, tables: [...tables, ...readable.flatMap(quarantineOf)] };
}

/** Errors: `version-gone`. */
async function refuseGone(
  { store }: Ports,
  versions: readonly Version[],
  environment: string,
  { number }: Release,
): Promise<void> {
  const gone = versions.find((version) => version.gone !== undefined);
  if (gone === undefined) return;
  // Only a repair takes away what is current: gc never does.
  const isCurrent = (await store.environments()).some(
    ({ name, release }) => name === environment && release === number,
  );
  throw new SluiceError(
    "version-gone",
    `release ${number} of "${environment}" can no longer be read: data of "${gone.dataset}" was let go at ${gone.gone}`,
    {
      hint: isCurrent
        ? `sluice run --env ${environment} builds it anew`
        : "sluice gc --keep says how many releases stay readable",
    },
  );
}

function candidatesWithout(pointers: readonly Pointer[], held: Readonly<Record<string, Held>>): string[] {
  const published = new Set(pointers.map((pointer) => pointer.dataset));
  return Object.entries(held).flatMap(([dataset, { candidate }]) =>
    candidate !== undefined && !published.has(dataset) ? [candidate] : [],
  );
}

/**
 * Tables with the paths of their files on this machine: those that are read, as others need not be here. `onFile` is
 * told of how many it is known.
 */
export function locate(
  { storage }: Ports,
  tables: readonly PinnedTable[],
  onFile: (located: number) => void = () => undefined,
): Promise<InputTable[]> {
  let known = 0;
  const pathOf = async (file: KeptFile): Promise<string> => {
    const path = await storage.local(file);
    onFile((known += 1));
    return path;
  };
  const locateOne = async ({ name, files, columns, view }: PinnedTable): Promise<InputTable> => ({
    name,
    ...(await localFiles(files, pathOf)),
    columns,
    ...(view && { view: { ...view, inputs: await Promise.all(view.inputs.map(locateOne)) } }),
  });
  return Promise.all(tables.map(locateOne));
}

/** What a source's contract refused, as a table beside it. */
function quarantineOf({ dataset, manifest, quarantine: files }: Version): PinnedTable[] {
  if (!manifest) return [];
  return [{ name: `${dataset}${quarantineSuffix}`, files, columns: quarantineColumns }];
}

/** The release that a reader means. Errors: `unknown-environment`, `unknown-release`, `bad-usage`. */
export async function releaseFor(ports: Ports, { environment, at }: ReadRequest): Promise<Release> {
  const current = await existing(ports, environment);
  const found =
    at === undefined
      ? await ports.store.release(environment, current.release)
      : /^\d+$/.test(at)
        ? await ports.store.release(environment, Number(at))
        : await ports.store.releaseAt(environment, moment(at));
  if (found) return found;
  throw new SluiceError("unknown-release", `${environment} has no release at ${at ?? current.release}`, {
    hint: `sluice releases --env ${environment} lists them`,
  });
}

/** A time people write, as an instant. A date alone means its end: what readers saw last that day. */
function moment(text: string): string {
  const instant = instantOf(/^[\d-]+$/.test(text) ? `${text}T23:59:59.999Z` : text);
  if (instant === undefined) {
    throw new SluiceError("bad-usage", `"${text}" is neither a release number nor a time`, {
      hint: 'write a number such as 12, or a time such as 2026-03-01 or "2026-03-01T10:00:00Z"',
    });
  }
  return new Date(instant).toISOString();
}
