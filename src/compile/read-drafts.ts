import type { Diagnostic } from "../errors.ts";
import type { Binder } from "../sql/binder.ts";
import { forEachAtOnce } from "./at-once.ts";
import { Dataset } from "./dataset.ts";
import { DatasetNames } from "./dataset-names.ts";
import { readDefinitionPath } from "./definition-path.ts";
import type { Definitions } from "./definitions.ts";
import type { ConsumerDraft, StoryDraft } from "./draft.ts";
import type { Earlier } from "./piece.ts";
import { readDefinition } from "./read-definition.ts";

/** Everything a project defines, each for itself. */
export interface Drafts {
  readonly names: DatasetNames<Dataset>;
  readonly datasets: readonly Dataset[];
  readonly consumers: readonly ConsumerDraft[];
  readonly stories: readonly StoryDraft[];
}

/**
 * Read the definitions, or believe what is known of them. What is wrong with files that define nothing is reported. The
 * queries of those that were read are parsed while the next are read.
 */
export async function readDrafts(
  definitions: Definitions,
  earlier: Earlier | undefined,
  diagnostics: Diagnostic[],
  binder: Pick<Binder, "parse">,
): Promise<Drafts> {
  const names = new DatasetNames<Dataset>();
  const drafts = {
    names,
    datasets: [] as Dataset[],
    consumers: [] as ConsumerDraft[],
    stories: [] as StoryDraft[],
  };
  for (const path of definitions.unread) {
    const read = readDefinitionPath(path);
    if (read !== undefined && "role" in read) names.addUnreadable(read.name);
  }
  await forEachAtOnce(definitions.files, (file) => {
    const piece = earlier?.piece(file.path, file.hash);
    if (piece !== undefined) {
      addDataset(new Dataset(file, { role: piece.kind, name: piece.id }, piece), drafts, diagnostics);
      return undefined;
    }
    const path = readDefinitionPath(file.path);
    if (path === undefined) return undefined;
    if ("code" in path) {
      diagnostics.push(path);
      return undefined;
    }
    const { draft, diagnostics: own } = readDefinition(file, path);
    if (draft === undefined) {
      diagnostics.push(...own);
      names.addUnreadable(path.name);
    } else if (draft.kind === "consumer") drafts.consumers.push(draft);
    else if (draft.kind === "story") drafts.stories.push(draft);
    else return addDataset(new Dataset(file, path, draft), drafts, diagnostics)?.beginToParse(binder);
    return undefined;
  });
  return drafts;
}

/** The dataset, if it is the first of its name. */
function addDataset(
  dataset: Dataset,
  drafts: { names: DatasetNames<Dataset>; datasets: Dataset[] },
  diagnostics: Diagnostic[],
): Dataset | undefined {
  const first = drafts.names.add(dataset);
  if (first === undefined) {
    drafts.datasets.push(dataset);
    return dataset;
  }
  diagnostics.push(...dataset.mistakes.diagnostics, {
    code: "duplicate-name",
    severity: "error",
    message: `dataset "${dataset.id}" is defined twice: here and in ${first.file.path}`,
    path: dataset.file.path,
    suggestion: "rename or remove one of them",
  });
  return undefined;
}
