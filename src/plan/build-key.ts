import { createHash } from "node:crypto";
import type { ModelNode, Parameter, SourceNode } from "../graph/graph.ts";

const hash = (document: unknown): string =>
  createHash("sha256").update(JSON.stringify(document)).digest("hex");

/**
 * The build key of a model: equal keys mean equal content. Made of the definition's fingerprint, the
 * content of each input, the engine's major version, and the logical time only where the query uses it.
 */
export function modelKey(
  node: ModelNode,
  inputs: ReadonlyMap<string, string>,
  engineVersion: string,
  parameters: Readonly<Record<Parameter, string>>,
): string {
  const contents = node.inputs.toSorted(byText).map((input) => [input, inputs.get(input)]);
  const used = node.parameters.toSorted(byText).map((name) => [name, parameters[name]]);
  return hash(["model", node.id, engineVersion, node.fingerprint, contents, used]);
}

/** The build key of a source: its contract's fingerprint and the content of every landing file or kept raw record. */
export function sourceKey(
  node: SourceNode,
  files: readonly { readonly name: string; readonly sha256: string }[],
  engineVersion: string,
): string {
  const contents = files.map((file) => JSON.stringify([file.name, file.sha256])).toSorted(byText);
  return hash(["source", node.id, engineVersion, node.fingerprint, contents]);
}

/** The content hash of a version: over the checksums of its files, in order, and its columns. */
export function contentHash(
  files: readonly { readonly sha256: string }[],
  columns: readonly { readonly name: string; readonly engineType: string }[],
): string {
  return hash([files.map((file) => file.sha256), columns.map((column) => [column.name, column.engineType])]);
}

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
