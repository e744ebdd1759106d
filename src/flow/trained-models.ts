import type { DatasetId, Graph } from "../graph/graph.ts";

/** An ML model that was trained on a version of a dataset that turned out to be bad, or was made of one that did. */
export interface MisledModel {
  readonly consumer: string;
  readonly dataset: DatasetId;
  readonly version: string;
  /** As the definition names it: a release such as `prod@12`, or the id of the version. */
  readonly trainedOn: string;
}

/**
 * The ML models that were trained on bad versions. `versionOf`: the version that a release has of a dataset, or undefined
 * where there is none; ids of versions are not asked for.
 */
export function misledModels(
  { consumers }: Pick<Graph, "consumers">,
  bad: readonly { readonly dataset: DatasetId; readonly version: string }[],
  versionOf: (dataset: DatasetId, release: string) => string | undefined,
): readonly MisledModel[] {
  const versions = new Set(bad.map(({ dataset, version }) => `${dataset} ${version}`));
  return consumers.flatMap(({ name, trainedOn = {} }) =>
    Object.entries(trainedOn).flatMap(([dataset, told]): MisledModel[] => {
      const version = told.includes("@") ? versionOf(dataset, told) : told;
      return version !== undefined && versions.has(`${dataset} ${version}`)
        ? [{ consumer: name, dataset, version, trainedOn: told }]
        : [];
    }),
  );
}
