import type { CompareRequest, EngineSession, InputTable, TableComparison } from "../engine/engine.ts";
import { SluiceError } from "../errors.ts";
import { personalColumns } from "../govern/personal-columns.ts";
import type { DatasetId, Graph } from "../graph/graph.ts";
import { nearestName } from "../graph/nearest-name.ts";
import { isReordered, type SchemaChange, schemaChanges } from "../graph/schema-changes.ts";
import type { Version } from "../graph/version.ts";
import { matchRenames } from "./diff-renames.ts";
import type { DiffSide } from "./diff-side.ts";
import { pinVersion } from "./pin-versions.ts";
import type { Ports } from "./ports.ts";
import { locate } from "./read.ts";

export interface DiffRequest {
  readonly a: DiffSide;
  readonly b: DiffSide;
  /** Names of datasets; all where there are none. The last part of a name is enough where only one has it. */
  readonly datasets: readonly string[];
  /** Columns to tell rows by, instead of the declared key. */
  readonly key?: readonly string[] | undefined;
  /** Whether rows are compared; without it nothing is read but the store. */
  readonly rows: boolean;
  /** How many rows of each kind to show. */
  readonly samples: number;
}

/** How one dataset differs between two sides. */
export interface DatasetDiff {
  readonly dataset: DatasetId;
  /** What one side calls it, where that is the name it had before. */
  readonly before?: DatasetId;
  /** `added` is only in b, `removed` only in a. */
  readonly change: "added" | "removed" | "changed";
  readonly a: Version | undefined;
  readonly b: Version | undefined;
  readonly schema: readonly SchemaChange[];
  readonly reordered: boolean;
  /** Columns that tell rows apart; none where rows are compared as wholes. */
  readonly key: readonly string[];
  /** Why rows are not compared, or not by the key that was declared. */
  readonly note?: string;
  /** Columns whose values are not shown. */
  readonly hidden: ReadonlySet<string>;
  /** Absent where rows were not compared. */
  readonly rows?: TableComparison;
}

export interface Diff {
  readonly a: DiffSide;
  readonly b: DiffSide;
  /** Datasets that are the same on both sides. */
  readonly same: readonly DatasetId[];
  /** Those that differ, by name. */
  readonly datasets: readonly DatasetDiff[];
}

/** Pairs of columns that are asked whether they are one under two names; more than this is no rename. */
const mostRenames = 24;

/**
 * How two sides differ. What has the same content hash is never read; the session is opened for the first
 * dataset whose rows have to be compared. Errors: `unknown-dataset`, `bad-usage`, and those of `compare`.
 */
export async function diff(
  ports: Ports,
  request: DiffRequest,
  session: () => Promise<EngineSession>,
): Promise<Diff> {
  const { a, b, before } = await matchRenames(request.a, request.b);
  const chosen = chooseDatasets({ ...request, a, b });
  const differing = chosen.filter((id) => !isSame(a.versions.get(id), b.versions.get(id)));
  const graphs = differing.length === 0 ? [] : [await b.graph(), await a.graph()];
  const context: Context = {
    ports,
    request: { ...request, a, b },
    session,
    graphs,
    personal: graphs.map(personalOf),
    before,
  };
  const found: DatasetDiff[] = [];
  for (const id of differing) found.push(await diffDataset(context, id));
  const datasets = found.filter(isDifferent);
  const different = new Set(datasets.map(({ dataset }) => dataset));
  return { a, b, datasets, same: chosen.filter((id) => !different.has(id)) };
}

const personalOf = (graph: Graph | undefined): ReadonlyMap<DatasetId, ReadonlySet<string>> =>
  graph ? personalColumns(graph) : new Map();

interface Context {
  readonly ports: Ports;
  readonly request: DiffRequest;
  readonly session: () => Promise<EngineSession>;
  /** The project of b, then that of a. */
  readonly graphs: readonly (Graph | undefined)[];
  readonly personal: readonly ReadonlyMap<DatasetId, ReadonlySet<string>>[];
  readonly before: ReadonlyMap<DatasetId, DatasetId>;
}

/** Datasets to look at, sorted: those that were named, else all that either side has. */
function chooseDatasets({ a, b, datasets, key }: DiffRequest): readonly DatasetId[] {
  // A single version is of one dataset: that is what is compared.
  const one = [a, b].find((side) => !side.release);
  const all = [...new Set([...a.versions.keys(), ...b.versions.keys()])].toSorted();
  const offered = one ? all.filter((id) => one.versions.has(id)) : all;
  const other = one && [a, b].find((side) => !side.release && side !== one);
  if (one && other && other.versions.keys().next().value !== offered[0]) {
    throw new SluiceError("bad-usage", `"${a.name}" and "${b.name}" are versions of two datasets`, {
      hint: "compare two versions of one dataset: sluice show <dataset> tells their ids",
    });
  }
  const chosen = datasets.length === 0 ? offered : datasets.map((name) => findDataset(name, offered, a, b));
  if (key && chosen.length !== 1) {
    throw new SluiceError("bad-usage", `a key belongs to one dataset, and ${chosen.length} are compared`, {
      hint: "name the dataset: sluice diff dev prod shop.orders --key id",
    });
  }
  return [...new Set(chosen)];
}

function findDataset(name: string, all: readonly DatasetId[], a: DiffSide, b: DiffSide): DatasetId {
  const wanted = name.toLowerCase();
  const alike = all.filter((id) => id.toLowerCase() === wanted || id.toLowerCase().endsWith(`.${wanted}`));
  const found = all.find((id) => id === name) ?? (alike.length === 1 ? alike[0] : undefined);
  if (found !== undefined) return found;
  const near = nearestName(name, all);
  throw new SluiceError("unknown-dataset", `neither ${a.name} nor ${b.name} has a dataset "${name}"`, {
    hint:
      near === undefined ? `leave the name out to compare ${whatIsThere(all)}` : `did you mean "${near}"?`,
  });
}

const whatIsThere = (all: readonly DatasetId[]): string => (all.length === 1 ? (all[0] ?? "") : "all");

const isSame = (a: Version | undefined, b: Version | undefined): boolean =>
  a !== undefined && b !== undefined && (a.id === b.id || a.contentHash === b.contentHash);

function isDifferent({ change, schema, reordered, rows, a, b }: DatasetDiff): boolean {
  // Without comparing rows, another content hash is all that is known.
  if (change !== "changed" || schema.length > 0 || reordered || !rows || a?.rows !== b?.rows) return true;
  return rows.added + rows.removed + rows.changed + rows.repeated.different > 0;
}

async function diffDataset(context: Context, dataset: DatasetId): Promise<DatasetDiff> {
  const { request } = context;
  const a = request.a.versions.get(dataset);
  const b = request.b.versions.get(dataset);
  const old = context.before.get(dataset);
  const named = old === undefined ? { dataset } : { dataset, before: old };
  const none = { ...named, a, b, schema: [], reordered: false, key: [], hidden: new Set<string>() };
  if (!a || !b) return { ...none, change: a ? "removed" : "added" };
  const schema = schemaChanges(a.columns, b.columns);
  const hidden = hiddenColumns(
    context,
    dataset,
    [...a.columns, ...b.columns].map(({ name }) => name),
  );
  const shared = { ...none, change: "changed" as const, schema, hidden };
  const reordered = isReordered(a.columns, b.columns);
  const types = new Map(b.columns.map(({ name, engineType }) => [name, engineType]));
  const columns = a.columns.flatMap(({ name, engineType }) => {
    const other = types.get(name);
    return other === undefined ? [] : [{ name, a: engineType, b: other }];
  });
  const { key, note } = chooseKey(
    context,
    dataset,
    columns.map(({ name }) => name),
  );
  if (!request.rows) return { ...shared, reordered, key };
  const gone = [a, b].find((version) => version.gone !== undefined);
  if (gone !== undefined)
    return { ...shared, reordered, key, note: `rows cannot be compared: some were let go at ${gone.gone}` };
  if (columns.length === 0)
    return { ...shared, note: "no column is in both, so rows cannot be compared", rows: replaced(a, b) };
  const rows = await (
    await context.session()
  ).compare({
    a: await tableOf(a, context.ports),
    b: await tableOf(b, context.ports),
    columns,
    key,
    renames: renameCandidates(schema),
    samples: request.samples,
    shown: columns.map(({ name }) => name).filter((name) => !hidden.has(name)),
  });
  return {
    ...shared,
    schema: withRenames(schema, rows.renamed),
    reordered,
    key,
    rows,
    ...(note === undefined ? {} : { note }),
  };
}

/** Every row of a is gone and every row of b is new. */
const replaced = (a: Version, b: Version): TableComparison => ({
  added: b.rows,
  removed: a.rows,
  changed: 0,
  matched: 0,
  nullKeys: { a: 0, b: 0 },
  repeated: { keys: 0, a: 0, b: 0, different: 0 },
  values: {},
  distinct: {},
  renamed: [],
  sample: { added: [], removed: [], changed: [] },
});

/** What either project calls personal; everything where neither knows the dataset. */
function hiddenColumns(
  { graphs, personal, before }: Context,
  dataset: DatasetId,
  columns: readonly string[],
): ReadonlySet<string> {
  const names = [dataset, before.get(dataset) ?? dataset];
  const known = graphs.some((graph) => graph?.datasets.some(({ id }) => names.includes(id)));
  return known
    ? new Set(personal.flatMap((columnsOf) => names.flatMap((name) => [...(columnsOf.get(name) ?? [])])))
    : new Set(columns);
}

/** The columns that tell rows apart: those asked for, else the key that b declares, else that of a. */
function chooseKey(
  { request, graphs }: Context,
  dataset: DatasetId,
  columns: readonly string[],
): { readonly key: readonly string[]; readonly note?: string } {
  for (const name of request.key ?? []) {
    if (columns.includes(name)) continue;
    const near = nearestName(name, columns);
    throw new SluiceError(
      "bad-usage",
      `"${name}" cannot be a key: it is not a column of ${dataset} on both sides`,
      {
        hint: near === undefined ? `both have ${columns.join(", ")}` : `did you mean "${near}"?`,
      },
    );
  }
  if (request.key) return { key: request.key };
  for (const graph of graphs) {
    const node = graph?.datasets.find(({ id }) => id === dataset);
    const key = (node?.columns ?? [])
      .filter(({ declared }) => declared?.key === true)
      .map(({ name }) => name);
    const missing = key.filter((name) => !columns.includes(name));
    if (missing.length > 0)
      return {
        key: [],
        note: `the key's ${missing.join(", ")} is on one side only, so rows are compared as wholes`,
      };
    if (key.length > 0) return { key };
  }
  return { key: [] };
}

function renameCandidates(schema: readonly SchemaChange[]): CompareRequest["renames"] {
  const gone = schema.filter((one) => one.change === "removed");
  const pairs = schema.flatMap((one) =>
    one.change === "added"
      ? gone.flatMap(({ column, type }) => (type === one.type ? [{ a: column, b: one.column }] : []))
      : [],
  );
  return pairs.slice(0, mostRenames);
}

/** A column that is gone and one that is new are one change where they hold the same; each only once. */
function withRenames(
  schema: readonly SchemaChange[],
  renamed: TableComparison["renamed"],
): readonly SchemaChange[] {
  const from = new Map<string, string>();
  const taken = new Set<string>();
  for (const { a, b } of renamed) {
    if (from.has(b) || taken.has(a)) continue;
    from.set(b, a);
    taken.add(a);
  }
  return schema.flatMap((one): SchemaChange[] => {
    if (one.change === "removed" && taken.has(one.column)) return [];
    const old = one.change === "added" ? from.get(one.column) : undefined;
    return old === undefined ? [one] : [{ change: "renamed", column: one.column, from: old }];
  });
}

async function tableOf(version: Version, ports: Ports): Promise<InputTable> {
  const [table] = await locate(ports, [await pinVersion(ports.store, version)]);
  if (table === undefined) throw new Error(`version ${version.id} was not located`);
  return table;
}
