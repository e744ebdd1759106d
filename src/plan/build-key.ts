import { createHash } from "node:crypto";
import { columnsRead } from "../graph/column-walks.ts";
import type { Drop } from "../graph/delivery.ts";
import type { DatasetId, DatasetNode, ModelNode, Parameter, SourceNode } from "../graph/graph.ts";
import type { Materialized } from "../graph/materialized.ts";
import { type KeptFile, leftOut, type MadeFrom, readFiles, type StoredFile } from "../graph/stored-file.ts";
import type { ColumnStatistics, TableColumn } from "../graph/table-column.ts";
import type { Version } from "../graph/version.ts";

const hash = (document: unknown): string =>
  createHash("sha256").update(JSON.stringify(document)).digest("hex");

/** What a build key has to know of an input's version. */
export type InputContent = Pick<Version, "contentHash" | "columns">;

/**
 * The build key of a model: equal keys mean equal content. Made of what the definition means, the content of what
 * it reads of each input, the engine's major version, and the logical time only where the query uses it. Where
 * the meaning is known apart from the names of datasets, they do not matter: one that was renamed has the same key.
 * `current`: the version at which the dataset stands, if any.
 */
export function modelKey(
  node: ModelNode,
  inputs: ReadonlyMap<DatasetId, InputContent>,
  engineVersion: string,
  parameters: Readonly<Record<Parameter, string>>,
  current?: Pick<Version, "dataset" | "identity">,
): string {
  const used = node.parameters.toSorted(byText).map((name) => [name, parameters[name]]);
  const [definition, contents] = meant(node, (input) => contentRead(node, input, inputs.get(input)));
  return hash(["model", identityOf(node, current), engineVersion, definition, contents, used]);
}

/** What a definition means, and what it reads of each input. */
function meant(node: ModelNode, read: (input: DatasetId) => unknown): readonly [unknown, readonly unknown[]] {
  const { meaning } = node;
  return meaning === undefined
    ? [node.fingerprint, node.inputs.toSorted(byText).map((input) => [input, read(input)])]
    : [[meaning.query, shapeOf(node.columns), ...kept(node)], meaning.tables.map(read)];
}

/**
 * The context of a model's parts: as the build key, but for the content of the inputs of which each part reads only
 * some files. Those files and the context together decide about a part's rows.
 */
export function partContext(
  node: ModelNode,
  inByParts: ReadonlySet<DatasetId>,
  inputs: ReadonlyMap<DatasetId, InputContent>,
  engineVersion: string,
  current?: Pick<Version, "dataset" | "identity">,
): string {
  const [definition, contents] = meant(node, (input) =>
    inByParts.has(input) ? "by parts" : contentRead(node, input, inputs.get(input)),
  );
  return hash(["part", identityOf(node, current), engineVersion, definition, contents]);
}

/** Equal keys mean equal rows. */
export const partKey = ({ context, from, span }: MadeFrom): string => hash([context, from, span ?? null]);

/** The place of an input among a model's, whatever it is called. */
export const placeOf = ({ meaning, inputs }: ModelNode, input: DatasetId): number =>
  (meaning?.tables ?? inputs.toSorted(byText)).indexOf(input);

/** How the content is kept decides about its files, and for some kinds about its rows. */
const kept = ({ materialized }: ModelNode): readonly Materialized[] =>
  materialized === undefined ? [] : [materialized];

/** The name with which the history of a dataset began; its builds are found again under it, whatever it is called. */
export function identityOf(
  node: DatasetNode,
  current: Pick<Version, "dataset" | "identity"> | undefined,
): DatasetId {
  return current === undefined ? (node.renamedFrom ?? node.id) : (current.identity ?? current.dataset);
}

/**
 * The content of what a model reads of an input. A version some of whose columns are unchanged since an earlier
 * one is, to a model that reads only those, that earlier version.
 */
function contentRead(node: ModelNode, input: DatasetId, version: InputContent | undefined): unknown {
  if (version === undefined) return undefined;
  // Lineage is a large document: it is looked at only where something hangs on it.
  if (version.columns.every(({ since }) => since === undefined)) return version.contentHash;
  return contentOf(version, [...(columnsRead(node)?.get(input) ?? [])]);
}

/** The content of some columns of an input; of all of it where there are none, or one is not known. */
function contentOf({ columns, contentHash: whole }: InputContent, some: readonly string[]): unknown {
  const names = new Set(some.map((name) => name.toLowerCase()));
  const read = columns.filter(({ name }) => names.has(name.toLowerCase()));
  if (read.length === 0 || read.length !== names.size) return whole;
  const origins = new Set(read.map(({ since }) => since?.content ?? whole));
  const [only] = origins;
  if (origins.size === 1) return only;
  return read.map(({ name, engineType, since }) => [name, engineType, since?.content ?? whole]).sort(byFirst);
}

/** What a version holds in one column: the earlier content that it still has there, or its own. */
export function columnContent({ columns, contentHash: whole }: InputContent, name: string): string {
  const wanted = name.toLowerCase();
  return columns.find((column) => column.name.toLowerCase() === wanted)?.since?.content ?? whole;
}

/** The build key of a source: its contract's fingerprint and the content of every landing file or kept raw record. */
export function sourceKey(
  node: SourceNode,
  files: readonly { readonly name: string; readonly sha256: string }[],
  engineVersion: string,
  current?: Pick<Version, "dataset" | "identity">,
  drops: readonly Pick<Drop, "id">[] = [],
): string {
  const contents = files.map((file) => JSON.stringify([file.name, file.sha256])).toSorted(byText);
  const key = ["source", identityOf(node, current), engineVersion, node.fingerprint, contents];
  return hash(drops.length === 0 ? key : [...key, drops.map(({ id }) => id)]);
}

/** The content hash of a version: over the checksums of the files that are read, in order, and its columns. */
export function contentHash(
  files: readonly Pick<KeptFile, "sha256" | "fallen" | "without" | "tombstones">[],
  columns: readonly TableColumn[],
): string {
  return hash([readFiles(files).map(checksums), shapeOf(columns)]);
}

/** Of the file, and of what is left out of it. */
const checksums = (file: Pick<KeptFile, "sha256" | "fallen" | "without">): string | string[] => {
  const left = leftOut(file);
  return left === undefined ? file.sha256 : [file.sha256, left];
};

/** The content hash of a view: what it is made of says which rows it has, without computing them. */
export const viewContentHash = (buildKey: string): string => hash(["view", buildKey]);

/**
 * The columns of a view, each with the content that it is made of: of the columns of inputs from which its values come,
 * and of those that decide about rows. So what reads only some columns is not built again when others change.
 */
export function viewColumns(
  node: ModelNode,
  inputs: ReadonlyMap<DatasetId, InputContent>,
  columns: readonly ColumnStatistics[],
): readonly ColumnStatistics[] {
  const { lineage, meaning } = node;
  if (lineage === undefined || columnsRead(node) === undefined) return columns;
  const definition = meaning?.query ?? node.fingerprint;
  const tables = meaning?.tables ?? node.inputs.toSorted(byText);
  const made = new Map(lineage.columns.map((one) => [one.column.toLowerCase(), one]));
  return columns.map((column) => {
    const found = made.get(column.name.toLowerCase());
    if (found === undefined) return column;
    const sources = [...lineage.rows, ...found.direct, ...found.indirect];
    const contents = tables.map((table) => {
      const input = inputs.get(table);
      const names = sources.filter(({ dataset }) => dataset === table).map((source) => source.column);
      return input && contentOf(input, names);
    });
    const content = hash(["view", definition, column.name, column.engineType, contents]);
    return { ...column, since: { content, by: [] } };
  });
}

/** The same for a version that consists of parts: which of its parts have no rows does not matter. */
export const contentHashOfParts = (files: readonly StoredFile[], columns: readonly TableColumn[]): string =>
  contentHash(
    files.filter(({ rows }) => rows > 0),
    columns,
  );

const shapeOf = (columns: readonly TableColumn[]): string[][] =>
  columns.map(({ name, engineType }) => [name, engineType]);

const byFirst = ([a = ""]: readonly string[], [b = ""]: readonly string[]): number => byText(a, b);

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
