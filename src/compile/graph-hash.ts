import { createHash } from "node:crypto";
import type { Graph } from "../graph/graph.ts";

/** SHA-256, hex, of a compiled project. Equal projects have equal hashes, whatever the order of their settings. */
export function graphHash(graph: Graph): string {
  return createHash("sha256").update(stableText(graph)).digest("hex");
}

/** JSON with the names of every mapping in order. */
export function stableText(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => {
    if (typeof inner !== "object" || inner === null || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
