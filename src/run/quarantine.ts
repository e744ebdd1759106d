import { quarantineColumns } from "../engine/engine.ts";
import { SluiceError } from "../errors.ts";
import type { Drop, RecordCounts } from "../graph/delivery.ts";
import type { DatasetId } from "../graph/graph.ts";
import { didYouMean } from "../graph/nearest-name.ts";
import type { Held, Version } from "../graph/version.ts";
import { quoteText } from "../sql/quote.ts";
import { existing } from "./environment.ts";
import { pointedVersions } from "./pointed-versions.ts";
import type { Ports } from "./ports.ts";

/** Why records of one version were refused, and how many. */
export interface RefusedFor {
  readonly reason: string;
  /** `quarantined`, `rejected`, or `dropped` where somebody accepted their loss. */
  readonly outcome: string;
  /** A record with two reasons counts for both. */
  readonly records: number;
  readonly files: number;
  /** When the first and the last file that has such records was first read; absent where nobody knows. */
  readonly firstSeen?: string;
  readonly lastSeen?: string;
}

/** What is kept of one version that its contract refused. */
export interface Quarantine {
  readonly dataset: DatasetId;
  readonly version: string;
  /** Whether readers have this version, or it was refused itself. */
  readonly standing: "published" | "refused";
  readonly counts: RecordCounts;
  /** Most frequent first. */
  readonly reasons: readonly RefusedFor[];
  readonly drops: readonly Drop[];
}

/** A version with refused records. */
export interface RefusingVersion {
  readonly version: Version;
  readonly standing: Quarantine["standing"];
}

type QuarantinePorts = Pick<Ports, "store" | "storage" | "engine">;

/** Bytes that a look into a quarantine may take. */
const memory = 512 * 2 ** 20;

/** The versions of an environment that have refused records: what is published, and what is refused in its place. */
export async function refusingVersions(
  ports: Ports,
  environment: string,
  dataset?: DatasetId,
): Promise<readonly RefusingVersion[]> {
  const held = await ports.store.held(environment);
  // A first delivery that is refused as a whole leaves an environment without a release, and with a quarantine.
  const isRefused = Object.values(held).some(({ candidate }) => candidate !== undefined);
  const pointers =
    isRefused && !(await hasRelease(ports, environment))
      ? []
      : [...(await ports.store.pointers(environment, (await existing(ports, environment)).release)).values()];
  if (dataset !== undefined)
    refuseUnknown(dataset, [...pointers.map((one) => one.dataset), ...Object.keys(held)]);
  const chosen = pointers.filter((pointer) => dataset === undefined || pointer.dataset === dataset);
  const published = (await pointedVersions(ports.store, chosen)).map((version): RefusingVersion => ({
    version,
    standing: "published",
  }));
  const refused = (await pointedVersions(ports.store, candidates(held, dataset))).map(
    (version): RefusingVersion => ({ version, standing: "refused" }),
  );
  return [...published, ...refused]
    .filter(({ version }) => version.manifest !== undefined && version.quarantine.length > 0)
    .toSorted((a, b) =>
      a.version.dataset < b.version.dataset ? -1 : a.version.dataset > b.version.dataset ? 1 : 0,
    );
}

const hasRelease = async ({ store }: Pick<Ports, "store">, environment: string): Promise<boolean> =>
  ((await store.environment(environment))?.release ?? 0) > 0;

const candidates = (
  held: Readonly<Record<DatasetId, Held>>,
  only: DatasetId | undefined,
): readonly { readonly dataset: DatasetId; readonly version: string }[] =>
  Object.entries(held).flatMap(([dataset, { by, candidate }]) =>
    candidate !== undefined && by === dataset && (only === undefined || only === dataset)
      ? [{ dataset, version: candidate }]
      : [],
  );

/** Errors: `unknown-dataset`. */
function refuseUnknown(dataset: DatasetId, known: readonly DatasetId[]): void {
  if (known.includes(dataset)) return;
  throw new SluiceError("unknown-dataset", `nothing of a dataset "${dataset}" is published here`, {
    hint: didYouMean(dataset, new Set(known)) ?? "sluice ls lists what is published",
  });
}

/** What of a version was refused, by reason. */
export async function quarantineOf(
  ports: QuarantinePorts,
  { version, standing }: RefusingVersion,
): Promise<Quarantine> {
  const since = new Map(version.manifest?.files.map((file) => [file.name, file.since]));
  const rows = await askQuarantine(
    ports,
    version,
    `select reason, outcome, file, count(*)::integer as records
     from (select unnest(reasons) as reason, outcome, file from "this"."quarantine") as each group by all`,
  );
  const groups = Map.groupBy(rows, ([reason, outcome]) => JSON.stringify([reason, outcome]));
  const reasons = [...groups.values()].map((group): RefusedFor => {
    const [reason, outcome] = group[0] as [string, string];
    const seen = group.flatMap(([, , file]) => since.get(String(file)) ?? []).toSorted();
    const [first, last] = [seen[0], seen.at(-1)];
    return {
      reason,
      outcome,
      records: group.reduce((sum, [, , , records]) => sum + Number(records), 0),
      files: group.length,
      ...(first === undefined || last === undefined ? {} : { firstSeen: first, lastSeen: last }),
    };
  });
  const counts = version.counts ?? { received: 0, accepted: 0, quarantined: 0, rejected: 0 };
  return {
    dataset: version.dataset,
    version: version.id,
    standing,
    counts,
    reasons: reasons.toSorted((a, b) => b.records - a.records || (a.reason < b.reason ? -1 : 1)),
    drops: version.manifest?.drops ?? [],
  };
}

/**
 * The condition under which a record was refused for a reason, as SQL. A reason begins with the column that it is
 * about: its name alone means every reason about it.
 */
export const refusedFor = (reason: string | undefined): string =>
  reason === undefined
    ? "true"
    : `exists (select 1 from (select unnest(reasons) as reason) as each
        where reason = ${quoteText(reason)} or starts_with(reason, ${quoteText(`${reason}:`)}))`;

/** Ask the quarantine of a version, as the table `"this"."quarantine"`. Returns rows as lists of values. */
export async function askQuarantine(
  { storage, engine }: Pick<Ports, "storage" | "engine">,
  version: Version,
  sql: string,
): Promise<readonly (readonly unknown[])[]> {
  const table = {
    name: "this.quarantine",
    files: await Promise.all(version.quarantine.map((file) => storage.local(file))),
    columns: quarantineColumns,
  };
  const result = await engine.query(sql, [table], { memory, threads: 1 });
  const rows: (readonly unknown[])[] = [];
  for await (const chunk of result.rows) rows.push(...chunk);
  return rows;
}
