/** What consumers say of ML models: read from settings, judged together with the datasets that they name. */
import type { Accuracy } from "../define/consumer.ts";
import { didYouMean } from "../graph/nearest-name.ts";
import type { DatasetId, GraphColumn } from "../graph/graph.ts";
import type { DatasetNames } from "./dataset-names.ts";
import type { ConsumerDraft } from "./draft.ts";
import { accuracySchemas } from "./schemas.ts";
import { isRecord } from "./settings.ts";
import { type Mistakes, validate } from "./validate.ts";

type Task = keyof typeof accuracySchemas;

/** Read the setting `accuracy`; nothing where it is not there or wrong. */
export function readAccuracy(value: unknown, mistakes: Mistakes): { readonly accuracy?: Accuracy } {
  if (value === undefined) return {};
  const task = isRecord(value) ? value["task"] : undefined;
  if (typeof task !== "string" || !(task in accuracySchemas)) {
    const tasks = Object.keys(accuracySchemas);
    mistakes.add("bad-setting", ["accuracy", "task"], `"accuracy.task" must be ${tasks.join(", ")}`, {
      suggestion: typeof task === "string" ? didYouMean(task, tasks) : undefined,
    });
    return {};
  }
  const before = mistakes.diagnostics.length;
  const accuracy = validate(accuracySchemas[task as Task], value, mistakes, ["accuracy"]);
  return accuracy === undefined || mistakes.diagnostics.length > before ? {} : { accuracy };
}

/** Report what an ML model says that its datasets do not bear out, and what others say that are none. */
export function judgeMlModel(
  { node, reads, mistakes }: ConsumerDraft,
  names: DatasetNames,
  columnsOf: (id: DatasetId) => readonly GraphColumn[] | undefined,
): void {
  const { accuracy, trainedOn } = node;
  for (const setting of ["accuracy", "trainedOn"] as const) {
    if (node[setting] === undefined || node.type === "ml-model") continue;
    const message = `"${setting}" is for ML models, and ${node.name} is a consumer of type ${node.type}`;
    mistakes.add("bad-setting", [setting], message, { suggestion: 'write type: "ml-model"' });
  }
  for (const dataset of Object.keys(trainedOn ?? {})) {
    if (names.find(dataset) !== undefined) continue;
    mistakes.add("unknown-dataset", ["trainedOn", dataset], `dataset "${dataset}" does not exist`, {
      suggestion: names.suggest(dataset),
    });
  }
  if (accuracy === undefined) return;
  const { dataset, task } = accuracy;
  if (!reads.some((read) => read.dataset === dataset)) {
    const message = `"accuracy.dataset" is "${dataset}", which ${node.name} does not read`;
    mistakes.add("bad-setting", ["accuracy", "dataset"], message, {
      suggestion: didYouMean(
        dataset,
        reads.map((read) => read.dataset),
      ),
    });
    return;
  }
  const columns = columnsOf(dataset)?.map(({ name }) => name);
  if (columns === undefined) return;
  const named = {
    prediction: accuracy.prediction,
    actual: accuracy.actual,
    ...(task === "classification" && accuracy.score !== undefined ? { score: accuracy.score } : {}),
    ...(task === "ranking" ? { group: accuracy.group } : {}),
  };
  for (const [setting, column] of Object.entries(named)) {
    if (columns.includes(column)) continue;
    const message = `column "${column}" does not exist in ${dataset}, but the accuracy of ${node.name} is about it`;
    mistakes.add("unknown-column", ["accuracy", setting], message, {
      suggestion: didYouMean(column, columns),
    });
  }
}
