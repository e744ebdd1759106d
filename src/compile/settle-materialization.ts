import type { IntervalOptions, UpsertOptions } from "../define/materialization.ts";
import type { DatasetId, GraphColumn } from "../graph/graph.ts";
import { instantOf } from "../graph/instant.ts";
import type { QueryLineage } from "../graph/lineage.ts";
import type { Materialized } from "../graph/materialized.ts";
import { didYouMean } from "../graph/nearest-name.ts";
import type { ModelDraft } from "./draft.ts";
import type { ParsedModel } from "./parse-models.ts";
import type { SettingPath } from "./settings.ts";
import type { Distribution } from "../sql/binder.ts";

/** What the way a model is kept has to be judged by. */
export interface MaterializedModel {
  readonly draft: ModelDraft;
  readonly model: ParsedModel;
  readonly columns: readonly GraphColumn[];
  readonly lineage?: QueryLineage;
  readonly distribution?: Distribution;
  readonly columnsOf: (input: DatasetId) => readonly GraphColumn[] | undefined;
}

/** How a model's content is kept, with what its definition leaves open. Undefined for a model built as a whole. */
export function settleMaterialization(about: MaterializedModel): Materialized | undefined {
  const { draft, model } = about;
  const { materialized = "full" } = draft;
  if (materialized === "full") return undefined;
  const refuse = (message: string, suggestion: string): undefined => {
    draft.mistakes.add("bad-setting", ["materialized"], message, { suggestion });
    return undefined;
  };
  if (draft.computed)
    return refuse(
      `${draft.id} computes its rows in TypeScript, so it can only be built as a whole`,
      'remove "materialized", or write a query',
    );
  if (materialized === "view")
    return model.parameters.length === 0
      ? { kind: "view" }
      : refuse(
          `${draft.id} is computed whenever it is read, and has no time of a run then ($${model.parameters.join(", $")})`,
          'remove "materialized": a model that is built keeps the rows of its time',
        );
  if (model.parameters.length > 0)
    return refuse(
      `${draft.id} uses the run's time ($${model.parameters.join(", $")}), so every run builds all of it`,
      'remove "materialized", or the parameter',
    );
  if (materialized === "append") return append(about, {});
  if ("append" in materialized) return append(about, materialized.append);
  return "interval" in materialized
    ? interval(about, materialized.interval)
    : upsert(about, materialized.upsert);
}

function append(
  about: MaterializedModel,
  { over }: { readonly over?: string | undefined },
): Materialized | undefined {
  const input = findOver(about, ["materialized", "append", "over"], over);
  return input === undefined ? undefined : { kind: "append", over: input };
}

function upsert(about: MaterializedModel, { order, deleted, over }: UpsertOptions): Materialized | undefined {
  const { draft, columns } = about;
  const at: SettingPath = ["materialized", "upsert"];
  const input = findOver(about, [...at, "over"], over);
  const last = findColumn(draft, [...at, "order"], order, columns, draft.id);
  const gone =
    deleted === undefined ? undefined : findColumn(draft, [...at, "deleted"], deleted, columns, draft.id);
  if (last !== undefined && hasParts(last))
    draft.mistakes.add(
      "type-clash",
      [...at, "order"],
      `"${last.name}" is ${last.engineType}, of which nobody knows what comes last`,
      { suggestion: "order by a number, a time or a text" },
    );
  if (gone !== undefined && gone.engineType !== "BOOLEAN")
    draft.mistakes.add(
      "type-clash",
      [...at, "deleted"],
      `"${gone.name}" is ${gone.engineType}, but a key is gone or not: it has to be a BOOLEAN`,
      { suggestion: "compare it in the query, such as (operation = 'delete') as deleted" },
    );
  const odd = columns.find(({ name }) => name.toLowerCase() === positionName);
  if (odd !== undefined)
    draft.mistakes.add(
      "bad-setting",
      at,
      `${draft.id} has a column "${odd.name}", which is the engine's name for a row's place`,
      {
        suggestion: "give it another name in the query",
        part: "name",
      },
    );
  const key = columns.filter(({ declared }) => declared?.key === true).map(({ name }) => name);
  if (key.length === 0)
    draft.mistakes.add("bad-setting", at, `${draft.id} keeps the last row of each key, but declares no key`, {
      suggestion: 'write "key: true" at the columns that tell one row from another',
      part: "name",
    });
  if (input === undefined || last === undefined || key.length === 0) return undefined;
  return {
    kind: "upsert",
    over: input,
    key,
    order: last.name,
    ...(gone === undefined ? {} : { deleted: gone.name }),
  };
}

/** By this name the engine tells which row of a file is meant. */
const positionName = "file_row_number";

/** Types whose values are made of others. */
const hasParts = ({ engineType }: GraphColumn): boolean =>
  /\]$|^(?:STRUCT|MAP|UNION|VARIANT)\b/.test(engineType);

function interval(about: MaterializedModel, options: IntervalOptions): Materialized | undefined {
  const { draft, columns } = about;
  const at: SettingPath = ["materialized", "interval"];
  const by = findColumn(draft, [...at, "by"], options.by, columns, draft.id);
  if (by === undefined) return undefined;
  if (!isTime(by))
    draft.mistakes.add(
      "type-clash",
      [...at, "by"],
      `"${by.name}" is ${by.engineType}, but an interval needs a date or a timestamp`,
      {
        suggestion: "cast it in the query",
      },
    );
  const times = options.inputs === undefined ? inferTimes(about, by) : namedTimes(about, options.inputs, at);
  const begin = options.begin === undefined ? undefined : instant(options.begin);
  if (options.begin !== undefined && begin === undefined)
    draft.mistakes.add(
      "bad-setting",
      [...at, "begin"],
      `"begin" must be a date or a time, not "${options.begin}"`,
      {
        suggestion: 'write it like "2024-01-01"',
      },
    );
  if (times === undefined) return undefined;
  return {
    kind: "interval",
    by: by.name,
    grain: options.grain,
    times,
    lookback: options.lookback ?? 0,
    ...(begin === undefined ? {} : { begin }),
  };
}

function instant(text: string): string | undefined {
  const milliseconds = instantOf(text);
  return milliseconds === undefined ? undefined : new Date(milliseconds).toISOString();
}

const isTime = ({ engineType }: GraphColumn): boolean => /^(?:DATE|TIMESTAMP)/.test(engineType);

/** The input columns from which `by` is made, as long as each input has one of them. */
function inferTimes({ draft, lineage, columnsOf }: MaterializedModel, by: GraphColumn) {
  const found = lineage?.columns.find(({ column }) => column.toLowerCase() === by.name.toLowerCase());
  const times = (found?.direct ?? []).filter(({ dataset, column }) => {
    const source = columnsOf(dataset)?.find((one) => one.name === column);
    return source !== undefined && isTime(source);
  });
  const byInput = new Map(times.map(({ dataset, column }) => [dataset, column]));
  if (found?.proven === true && times.length > 0 && byInput.size === times.length) {
    return Object.fromEntries(byInput);
  }
  draft.mistakes.add(
    "bad-setting",
    ["materialized", "interval", "by"],
    `from which input column "${by.name}" takes its time is not certain`,
    { suggestion: 'name it: "inputs: { schema.name: column }"' },
  );
  return undefined;
}

function namedTimes(
  about: MaterializedModel,
  inputs: Readonly<Record<string, string>>,
  at: SettingPath,
): Readonly<Record<DatasetId, string>> | undefined {
  const { draft, columnsOf } = about;
  const times: Record<DatasetId, string> = {};
  for (const [name, column] of Object.entries(inputs)) {
    const setting = [...at, "inputs", name];
    const input = findInput(about, setting, name);
    const found =
      input === undefined ? undefined : findColumn(draft, setting, column, columnsOf(input) ?? [], input);
    if (input === undefined || found === undefined) continue;
    if (!isTime(found))
      draft.mistakes.add(
        "type-clash",
        setting,
        `"${found.name}" of ${input} is ${found.engineType}, but an interval needs a date or a timestamp`,
      );
    times[input] = found.name;
  }
  if (Object.keys(inputs).length > 0) return times;
  draft.mistakes.add("bad-setting", [...at, "inputs"], '"inputs" names no input', {
    suggestion: 'write "inputs: { schema.name: column }", or leave it out',
    part: "name",
  });
  return undefined;
}

/** The input whose rows come and go: each row of the model has to come from one of them. */
function findOver(
  about: MaterializedModel,
  setting: SettingPath,
  over: string | undefined,
): DatasetId | undefined {
  const { draft, model } = about;
  if (model.ordered)
    return refuseOver(about, `${draft.id} orders its rows as a whole, so new rows have no place at its end`, {
      suggestion: 'leave out the "order by" at its end: whoever reads the rows can order them',
    });
  const { distribution = {} } = about;
  const obstacle = (input: DatasetId): string | undefined =>
    (Object.hasOwn(distribution, input) ? distribution[input] : "cannot be followed") ?? undefined;
  if (over !== undefined) {
    const input = findInput(about, setting, over);
    const why = input === undefined ? undefined : obstacle(input);
    return why === undefined ? input : refuseOver(about, notOver(draft.id, [[input ?? over, why]]), ways);
  }
  const judged = model.inputs.map((input) => [input, obstacle(input)] as const);
  const [only, ...others] = judged.filter(([, why]) => why === undefined);
  if (only !== undefined && others.length === 0) return only[0];
  if (model.inputs.length === 0)
    return refuseOver(about, `${draft.id} reads no dataset, so nothing can be added to it`, {
      suggestion: 'remove "materialized"',
    });
  if (only !== undefined)
    return refuseOver(about, `${draft.id} can grow over several datasets; over which of them is not said`, {
      suggestion: `write "over: ${only[0]}" or another of its inputs`,
    });
  return refuseOver(about, notOver(draft.id, judged), ways);
}

const ways = {
  suggestion: 'use "interval" where its rows belong to a time, else remove "materialized"',
};

function notOver(model: DatasetId, inputs: readonly (readonly [DatasetId, string | undefined])[]): string {
  const reasons = inputs.map(([input, why = ""]) => `${input} (the query ${why})`);
  return `${model} cannot be built from new rows only, because its rows do not each come from one row of ${reasons.join(" or ")}`;
}

function refuseOver(
  { draft }: MaterializedModel,
  message: string,
  more: { readonly suggestion: string },
): undefined {
  draft.mistakes.add("bad-setting", ["materialized"], message, more);
  return undefined;
}

function findInput(
  { draft, model }: MaterializedModel,
  at: SettingPath,
  name: string,
): DatasetId | undefined {
  const found = model.inputs.find((input) => input.toLowerCase() === name.toLowerCase());
  if (found === undefined)
    draft.mistakes.add("unknown-dataset", at, `${draft.id} does not read "${name}"`, {
      suggestion: didYouMean(name, model.inputs) ?? `it reads ${model.inputs.join(", ")}`,
    });
  return found;
}

function findColumn(
  draft: ModelDraft,
  at: SettingPath,
  name: string,
  columns: readonly GraphColumn[],
  dataset: DatasetId,
): GraphColumn | undefined {
  const found = columns.find((column) => column.name.toLowerCase() === name.toLowerCase());
  if (found === undefined) {
    const names = columns.map((column) => column.name);
    draft.mistakes.add("unknown-column", at, `column "${name}" does not exist in ${dataset}`, {
      suggestion: didYouMean(name, names) ?? `it has ${names.slice(0, 10).join(", ")}`,
    });
  }
  return found;
}
