import { createHash } from "node:crypto";
import type { Graph } from "../graph/graph.ts";
import { type GraphOutline, nodeKey, nodeText } from "./piece.ts";

/** SHA-256, hex, of a compiled project. Equal projects have equal hashes, whatever the order of their settings. */
export function graphHash({ datasets, ...rest }: Graph): string {
  const sources = datasets.filter(({ kind }) => kind === "source").length;
  return outlineHash({ ...rest, nodes: datasets.map((node) => nodeKey(nodeText(node))), sources });
}

/** The same, of a project whose datasets are told by their keys. */
export function outlineHash(outline: GraphOutline): string {
  return createHash("sha256").update(stableText(outline)).digest("hex");
}

/** JSON with the names of every mapping in order. */
export function stableText(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => {
    if (typeof inner !== "object" || inner === null || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
