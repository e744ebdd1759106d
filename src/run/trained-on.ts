/** What ML models were trained on: the versions that releases name, and how far data has moved from them. */
import { SluiceError } from "../errors.ts";
import type { IncidentFinding } from "../flow/incident.ts";
import { type MisledModel, misledModels } from "../flow/trained-models.ts";
import type { ConsumerNode, DatasetId, Graph } from "../graph/graph.ts";
import type { Profile } from "../graph/profile.ts";
import { type Distances, driftBetween } from "../quality/monitors/measures.ts";
import type { CheckResult } from "../quality/verdict.ts";
import type { Store } from "../store/store.ts";

/** From here on the stability index is usually called a shift. */
const shift = 0.25;

/** The id of the version of a dataset that `trainedOn` names; undefined where there is none. */
async function versionNamed(
  store: Pick<Store, "pointers">,
  dataset: DatasetId,
  named: string,
): Promise<string | undefined> {
  const [, environment, release] = /^(.+)@(\d+)$/.exec(named) ?? [];
  if (environment === undefined) return named;
  try {
    return (await store.pointers(environment, Number(release))).get(dataset)?.version;
  } catch (error) {
    if (error instanceof SluiceError && error.code === "unknown-release") return undefined;
    throw error;
  }
}

/** How far versions that are about to be published have moved from those that ML models were trained on. */
export async function trainingFindings(
  store: Pick<Store, "pointers" | "profiles">,
  consumers: readonly ConsumerNode[],
  moving: readonly { readonly dataset: DatasetId; readonly profile: Profile | undefined }[],
): Promise<ReadonlyMap<DatasetId, readonly CheckResult[]>> {
  const trained = consumers.flatMap((consumer) =>
    Object.entries(consumer.trainedOn ?? {}).flatMap(([dataset, named]) => {
      const profile = moving.find((one) => one.dataset === dataset)?.profile;
      return profile === undefined ? [] : [{ consumer, dataset, named, profile }];
    }),
  );
  const found: { readonly dataset: DatasetId; readonly results: readonly CheckResult[] }[] = [];
  for (const { consumer, dataset, named, profile } of trained) {
    const version = await versionNamed(store, dataset, named);
    const reference = version === undefined ? undefined : (await store.profiles([version])).get(version);
    const results =
      reference === undefined
        ? [unknownReference(consumer.name, dataset, named)]
        : driftFrom(consumer, dataset, named, reference, profile);
    found.push({ dataset, results });
  }
  const byDataset = Map.groupBy(found, ({ dataset }) => dataset);
  return new Map([...byDataset].map(([id, all]) => [id, all.flatMap(({ results }) => results)]));
}

function driftFrom(
  { name, columns }: ConsumerNode,
  dataset: DatasetId,
  named: string,
  reference: Profile,
  current: Profile,
): readonly CheckResult[] {
  const read = columns?.[dataset];
  return reference.columns.flatMap((before) => {
    const now = current.columns.find((column) => column.name === before.name);
    if (now === undefined || (read !== undefined && !read.includes(before.name))) return [];
    const distances = driftBetween(before, now);
    if (distances === undefined || distances.stability < shift) return [];
    const message = `${inWords(distances)} from what it was trained on, ${named}`;
    return [finding(`drift of ${before.name} for ${name}`, message, distances.stability)];
  });
}

function inWords({ stability, kolmogorovSmirnov, wasserstein }: Distances): string {
  const digits = (value: number): string => String(Number(value.toPrecision(3)));
  return [
    `stability index ${digits(stability)} (${shift} is a shift)`,
    ...(kolmogorovSmirnov === undefined ? [] : [`Kolmogorov-Smirnov ${digits(kolmogorovSmirnov)}`]),
    ...(wasserstein === undefined ? [] : [`Wasserstein ${digits(wasserstein)}`]),
  ].join(", ");
}

const unknownReference = (consumer: string, dataset: DatasetId, named: string): CheckResult =>
  finding(
    `training of ${consumer}`,
    `nothing is known of ${dataset} in ${named}, which it was trained on: a release such as prod@12, or the id of a version that is still there`,
    0,
  );

const finding = (name: string, message: string, value: number): CheckResult => ({
  name: `monitor ${name}`,
  check: "monitor",
  severity: "warn",
  passed: false,
  value,
  message,
  sample: [],
});

/** What has to be known of versions to find out what was made of them. */
type Lineage = Pick<Store, "pointers" | "versions" | "versionsOfDataset">;

/** The ML models that were trained on versions that turned out to be bad, or on what was made of them, by the bad version. */
export async function misledBy(
  store: Lineage,
  { consumers }: Pick<Graph, "consumers">,
  bad: ReadonlySet<string>,
): Promise<ReadonlyMap<string, readonly MisledModel[]>> {
  if (bad.size === 0) return new Map();
  const named = new Map<string, string>();
  const trained: { readonly dataset: DatasetId; readonly version: string; readonly from: Set<string> }[] = [];
  for (const [dataset, told] of consumers.flatMap(({ trainedOn = {} }) => Object.entries(trainedOn))) {
    const version = await versionNamed(store, dataset, told);
    if (version === undefined || named.has(`${dataset} ${told}`)) continue;
    named.set(`${dataset} ${told}`, version);
    trained.push({ dataset, version, from: await madeFrom(store, dataset, version) });
  }
  const versionOf = (dataset: DatasetId, told: string): string | undefined => named.get(`${dataset} ${told}`);
  return new Map(
    [...bad].map((id) => [
      id,
      misledModels(
        { consumers },
        trained.filter(({ from }) => from.has(id)),
        versionOf,
      ),
    ]),
  );
}

/** A version, and all that it was built from. Of one that nobody knows (an id may be mistyped), it alone. */
async function madeFrom(store: Lineage, dataset: DatasetId, version: string): Promise<Set<string>> {
  const found = new Set([version]);
  const isKnown = (await store.versionsOfDataset(dataset)).includes(version);
  for (let next = isKnown ? [version] : []; next.length > 0;) {
    const inputs = (await store.versions(next)).flatMap((one) => Object.values(one.inputs));
    next = [...new Set(inputs)].filter((id) => !found.has(id));
    for (const id of next) found.add(id);
  }
  return found;
}

/** Kinds of findings about what never came into a version. */
const outside: ReadonlySet<string> = new Set(["quarantine", "file", "delivery"]);

/** Findings with the ML models that were trained on the versions that they are about, or on what was made of those. */
export async function nameMisled<F extends Omit<IncidentFinding, "since">>(
  store: Lineage,
  graph: Pick<Graph, "consumers">,
  findings: readonly F[],
): Promise<readonly F[]> {
  const versionIn = ({ kind, version }: F): string | undefined => (outside.has(kind) ? undefined : version);
  const misled = await misledBy(store, graph, new Set(findings.flatMap((one) => versionIn(one) ?? [])));
  return findings.map((finding) => {
    const models = misled.get(versionIn(finding) ?? "") ?? [];
    return models.length === 0 ? finding : { ...finding, misled: models };
  });
}
