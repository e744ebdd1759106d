/** What ML models were trained on: the versions that releases name, and how far data has moved from them. */
import { SluiceError } from "../errors.ts";
import { type MisledModel, misledModels } from "../flow/trained-models.ts";
import type { ConsumerNode, DatasetId, Graph } from "../graph/graph.ts";
import type { Profile } from "../graph/profile.ts";
import type { Version } from "../graph/version.ts";
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

/** The ML models that were trained on a version that turned out to be bad. */
export async function misledBy(
  store: Pick<Store, "pointers">,
  { consumers }: Pick<Graph, "consumers">,
  { dataset, id }: Pick<Version, "dataset" | "id">,
): Promise<readonly MisledModel[]> {
  const named = new Map<string, string | undefined>();
  for (const { trainedOn } of consumers) {
    const told = trainedOn?.[dataset];
    if (told !== undefined) named.set(told, await versionNamed(store, dataset, told));
  }
  return misledModels({ consumers }, [{ dataset, version: id }], (_, release) => named.get(release));
}
