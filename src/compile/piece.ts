/** What one compilation leaves to the next, so that a change costs what it touches and not the project. */
import { createHash } from "node:crypto";
import type { DatasetId, DatasetNode, Graph, GraphColumn, SourceNode } from "../graph/graph.ts";
import type { Materialized } from "../graph/materialized.ts";

/** The little of a node that walks look at, and whatever plans something that was never built. */
export interface NodeSketch {
  readonly id: DatasetId;
  readonly kind: DatasetNode["kind"];
  readonly inputs: readonly DatasetId[];
  readonly story?: string;
  readonly renamedFrom?: DatasetId;
  readonly from?: SourceNode["from"];
  readonly materialized?: Materialized;
}

/**
 * A dataset that compiled without a mistake: what it was made from, and what came of it. It stays true as long
 * as its file and the shapes of what it names do.
 */
export interface Piece extends NodeSketch {
  /** What the inputs looked like, in their order. */
  readonly inputShapes: string;
  /** For a view: how often its query refers to each input. */
  readonly viewOf?: Readonly<Record<DatasetId, number>>;
  /** Names of other datasets that it mentions: in checks, and among inputs that its query does not use. */
  readonly others: readonly string[];
  readonly otherShapes: string;
  /** What its own columns look like to others. */
  readonly shape: string;
  /** Hash of everything that the generated types tell of it. */
  readonly rows: string;
  /** Key of its node's text. */
  readonly node: string;
}

/** A node as JSON. Lineage, the larger half, stands apart, to be read only when somebody asks for it. */
export interface NodeText {
  readonly head: string;
  readonly lineage?: string;
}

/** An earlier compilation. */
export interface Earlier {
  /** Of a file that has not changed since. */
  piece(path: string, hash: string): Piece | undefined;
  /** The texts with these keys, in their order. Throws when one is gone. */
  nodeTexts(keys: readonly string[]): readonly NodeText[];
}

/** A compiled project without its datasets, which are told by the keys of their texts. */
export interface GraphOutline extends Omit<Graph, "datasets"> {
  readonly nodes: readonly string[];
  /** How many of them are sources. */
  readonly sources: number;
}

/** Enough of a SHA-256 that two contents never share it. */
export const textHash = (text: string): string =>
  createHash("sha256").update(text).digest("base64url").slice(0, 24);

/** What others see of a dataset: names, types and units of its columns. */
export const shapeOf = (columns: readonly GraphColumn[]): string =>
  textHash(
    JSON.stringify(columns.map(({ name, engineType, unit }) => [name, engineType, ...(unit ? [unit] : [])])),
  );

export function sketchOf(node: NodeSketch): NodeSketch {
  const { id, kind, inputs, story, renamedFrom, from, materialized } = node;
  return {
    id,
    kind,
    inputs,
    ...(story === undefined ? {} : { story }),
    ...(renamedFrom === undefined ? {} : { renamedFrom }),
    ...(from === undefined ? {} : { from }),
    ...(materialized === undefined ? {} : { materialized }),
  };
}

export function nodeText(node: DatasetNode): NodeText {
  if (node.kind === "source" || node.lineage === undefined) return { head: JSON.stringify(node) };
  const { lineage, ...head } = node;
  return { head: JSON.stringify(head), lineage: JSON.stringify(lineage) };
}

/** The same text has the same key, in every project. */
export const nodeKey = ({ head, lineage = "" }: NodeText): string => textHash(`${head}\n${lineage}`);

/** The compiled project from its outline and the texts of its nodes. Lineage is read from its text when it is looked at first. */
export function assembleGraph(outline: GraphOutline, texts: readonly NodeText[]): Graph {
  const { nodes: _nodes, sources: _, format, project, ...rest } = outline;
  const datasets = texts.map(({ head, lineage }) => {
    const node = JSON.parse(head) as DatasetNode;
    return lineage === undefined ? node : Object.defineProperty(node, "lineage", lazyValue(lineage));
  });
  return { format, project, datasets, ...rest };
}

function lazyValue(text: string): PropertyDescriptor {
  return {
    enumerable: true,
    configurable: true,
    get(this: object): unknown {
      const value: unknown = JSON.parse(text);
      Object.defineProperty(this, "lineage", { value, enumerable: true, configurable: true });
      return value;
    },
  };
}
