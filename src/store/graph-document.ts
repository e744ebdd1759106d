import { gunzipSync, gzipSync } from "node:zlib";
import type { DatasetNode, Graph } from "../graph/graph.ts";
import type { QueryLineage } from "../graph/lineage.ts";
import { parseDocument, unreadable } from "./documents.ts";

/**
 * A compiled project as compressed bytes: one line of JSON without lineage, the larger half, then the lineage of
 * each dataset on a line of its own. Who reads it back mostly wants none, or that of a few.
 */
export function packGraph(graph: Graph): Uint8Array {
  const lineages: string[] = [];
  const datasets = graph.datasets.map((node) => {
    if (node.kind === "source" || node.lineage === undefined) {
      lineages.push("");
      return node;
    }
    const { lineage, ...rest } = node;
    lineages.push(JSON.stringify(lineage));
    return rest;
  });
  // The lowest level: higher ones gain a tenth and take twice as long.
  return gzipSync([JSON.stringify({ ...graph, datasets }), ...lineages].join("\n"), { level: 1 });
}

/** The project that `packGraph` made into bytes. Lineage is read when it is looked at first. Errors: `state-damaged`. */
export function unpackGraph(bytes: Uint8Array, what: string): Graph {
  const [head = "", ...lineages] = textOf(bytes, what).split("\n");
  const graph = parseDocument<Graph>(head, what);
  for (const [at, text] of lineages.entries()) {
    const node = graph.datasets[at];
    if (node !== undefined && text !== "") readLater(node, text, what);
  }
  return graph;
}

function textOf(bytes: Uint8Array, what: string): string {
  try {
    return gunzipSync(bytes).toString();
  } catch (error) {
    throw unreadable(what, error);
  }
}

function readLater(node: DatasetNode, text: string, what: string): void {
  Object.defineProperty(node, "lineage", {
    enumerable: true,
    configurable: true,
    get() {
      const value = parseDocument<QueryLineage>(text, what);
      Object.defineProperty(node, "lineage", { value, enumerable: true, configurable: true });
      return value;
    },
  });
}
