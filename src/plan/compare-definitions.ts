import { rulesOf } from "../compile/fingerprint.ts";
import { stableText } from "../compile/graph-hash.ts";
import type { DatasetId, DatasetNode, GraphColumn, ModelNode, SourceNode } from "../graph/graph.ts";
import type { TableColumn } from "../graph/table-column.ts";
import type { ColumnChanges } from "./plan.ts";

/** A dataset as the environment runs it. */
export interface EarlierDefinition {
  /** Columns of the version that is published. */
  readonly columns: readonly TableColumn[];
  /** The definition that made it, where it is known. */
  readonly node?: DatasetNode;
}

/**
 * How the columns of a definition differ from those that are published. `calledNow` tells the present name of a
 * dataset from its earlier one. What cannot be told apart counts as changed.
 */
export function compareDefinitions(
  before: EarlierDefinition,
  after: DatasetNode,
  calledNow: (id: DatasetId) => DatasetId,
): ColumnChanges {
  const old = new Map(before.columns.map((column) => [column.name, column]));
  const present = new Set(after.columns.map(({ name }) => name));
  const retyped = after.columns.flatMap(({ name, engineType }) => {
    const from = old.get(name)?.engineType;
    return from === undefined || from === engineType ? [] : [{ column: name, from, to: engineType }];
  });
  const kept = after.columns.filter(({ name, engineType }) => old.get(name)?.engineType === engineType);
  return {
    added: after.columns.filter(({ name }) => !old.has(name)).map(({ name }) => name),
    removed: before.columns.filter(({ name }) => !present.has(name)).map(({ name }) => name),
    retyped,
    ...meaningChanges(before.node, after, kept, calledNow),
  };
}

type MeaningChanges = Pick<ColumnChanges, "redefined" | "rows">;

function meaningChanges(
  before: DatasetNode | undefined,
  after: DatasetNode,
  kept: readonly GraphColumn[],
  calledNow: (id: DatasetId) => DatasetId,
): MeaningChanges {
  if (before?.kind === "source" && after.kind === "source") return sourceChanges(before, after);
  if (before?.kind === "model" && after.kind === "model") return modelChanges(before, after, kept, calledNow);
  return { redefined: [], rows: true };
}

function modelChanges(
  before: ModelNode,
  after: ModelNode,
  kept: readonly GraphColumn[],
  calledNow: (id: DatasetId) => DatasetId,
): MeaningChanges {
  const [old, now] = [before.meaning, after.meaning];
  if (!keepsSameRows(before, after, calledNow)) return { redefined: [], rows: true };
  const sameTables = old?.tables.map(calledNow).join() === now?.tables.join();
  if (!old?.columns || !now?.columns || !sameTables || old.rows !== now.rows) {
    const same = old !== undefined && sameTables && old.query === now?.query;
    return { redefined: [], rows: !same };
  }
  const was = new Map(before.columns.map(({ name }, at) => [name, old.columns?.[at]]));
  const is = new Map(after.columns.map(({ name }, at) => [name, now.columns?.[at]]));
  const redefined = kept.filter(({ name }) => was.get(name) !== is.get(name)).map(({ name }) => name);
  return { redefined, rows: false };
}

/** Whether how a model is kept, and what it is kept by, leaves the rows those that the query makes. */
function keepsSameRows(
  before: ModelNode,
  after: ModelNode,
  calledNow: (id: DatasetId) => DatasetId,
): boolean {
  const kinds = [before, after].map(({ materialized }) => materialized?.kind);
  if (!kinds.some((kind) => kind === "upsert" || kind === "interval")) return true;
  if (keptText(before, calledNow) !== keptText(after, (id) => id)) return false;
  const { materialized } = after;
  const was = columnTexts(before);
  const is = columnTexts(after);
  if (materialized?.kind === "interval") return was.get(materialized.by) === is.get(materialized.by);
  // Of two rows with the same order the one stands that is greater in the other columns, one after the other: only a
  // column that comes behind them all decides about none.
  return [...was.values()].join("\n") === [...is.values()].slice(0, was.size).join("\n");
}

/** By name: what a column is. */
const columnTexts = ({ columns, meaning }: ModelNode): ReadonlyMap<string, string> =>
  new Map(
    columns.map(({ name, engineType }, at) => [
      name,
      JSON.stringify([name, engineType, meaning?.columns?.[at] ?? meaning?.query ?? ""]),
    ]),
  );

/** How a model is kept, with the present names of datasets. */
export function keptText({ materialized }: ModelNode, calledNow: (id: DatasetId) => DatasetId): string {
  switch (materialized?.kind) {
    case "append":
    case "upsert":
      return stableText({ ...materialized, over: calledNow(materialized.over) });
    case "interval": {
      const times = Object.entries(materialized.times).map(
        ([id, column]) => [calledNow(id), column] as const,
      );
      return stableText({ ...materialized, times: Object.fromEntries(times) });
    }
    default:
      return materialized?.kind ?? "full";
  }
}

/** Whatever a contract may refuse decides about rows: a rule that comes, goes or changes does too. */
function sourceChanges(before: SourceNode, after: SourceNode): MeaningChanges {
  const old = new Map(before.columns.map((column) => [column.name, column]));
  const now = new Map(after.columns.map((column) => [column.name, column]));
  const gone = before.columns.filter(({ name }) => !now.has(name));
  const come = after.columns.filter(({ name }) => !old.has(name));
  const redefined = after.columns
    .filter((column) => old.has(column.name) && !isSameRule(old.get(column.name), column))
    .map(({ name }) => name);
  // What only has another name refuses the same records.
  const others = (column: GraphColumn, list: readonly GraphColumn[]): boolean =>
    mayRefuse(column.declared) && !list.some((other) => isSameRule(column, other));
  const rows =
    stableText(before.from) !== stableText(after.from) ||
    after.from.kind === "generator" ||
    redefined.length > 0 ||
    gone.some((column) => others(column, come)) ||
    come.some((column) => others(column, gone));
  return { redefined, rows };
}

/** Whether two columns accept the same values from the same place. */
const isSameRule = (a: GraphColumn | undefined, b: GraphColumn): boolean =>
  a !== undefined && stableText(ruleOf(a)) === stableText(ruleOf(b));

const ruleOf = ({ name, declared }: GraphColumn): object => ({
  ...rulesOf(declared),
  from: declared?.from ?? [name],
});

/** Any text is text: only such a column, when it may be missing and has no rule, refuses nothing. */
function mayRefuse(declared: GraphColumn["declared"]): boolean {
  if (declared === undefined) return true;
  const harmless = new Set([
    "type",
    "nullable",
    "key",
    "unique",
    "from",
    "tags",
    "description",
    "unit",
    "missing",
  ]);
  const rules = Object.entries(declared).some(([rule, value]) => !harmless.has(rule) && value !== undefined);
  return declared.type !== "text" || !declared.nullable || declared.key || declared.unique || rules;
}
