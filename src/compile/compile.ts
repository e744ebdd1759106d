/**
 * From definitions to the compiled project. Every mistake is found in one go: a definition that is wrong is
 * set aside with what depends on it, and the rest is judged as if nothing had happened.
 */
import type { Diagnostic } from "../errors.ts";
import type { Graph } from "../graph/graph.ts";
import type { Order } from "../graph/walks.ts";
import type { Binder } from "../sql/binder.ts";
import { judgeReferences } from "./judge-references.ts";
import { bindDatasets } from "./bind-datasets.ts";
import { compareDiagnostics } from "./compare-diagnostics.ts";
import type { Dataset } from "./dataset.ts";
import type { Definitions } from "./definitions.ts";
import { judgeConsumers, judgeRenames, judgeStories } from "./judge-links.ts";
import { judgeViews } from "./judge-views.ts";
import { makePiece, rowsHash } from "./make-piece.ts";
import { NodeTexts } from "./node-texts.ts";
import {
  type Earlier,
  type GraphOutline,
  type NodeSketch,
  type Piece,
  assembleGraph,
  sketchOf,
  textHash,
} from "./piece.ts";
import { type Drafts, readDrafts } from "./read-drafts.ts";
import { readProject } from "./read-project.ts";
import type { DatasetShape } from "./render-types.ts";

export interface Compilation {
  /** Present when there is no mistake of severity `error`. Made when it is looked at first. */
  readonly graph?: Graph;
  readonly outline?: GraphOutline;
  /** Of the outline's nodes. */
  readonly sketches?: readonly NodeSketch[];
  /** Sorted by path and place. */
  readonly diagnostics: readonly Diagnostic[];
  /** What is known of the rows of every dataset, also beside mistakes; what they are in TypeScript follows. */
  readonly shapes: () => readonly DatasetShape[];
  /** Changes with the shapes. */
  readonly shapesKey: string;
  /** What the next compilation may believe, by path. */
  readonly pieces: ReadonlyMap<string, Piece>;
  /** The texts of the outline's nodes. */
  readonly texts: NodeTexts;
}

/**
 * Compile a project. What an earlier compilation left is believed as long as nothing speaks against it: it
 * saves time and changes nothing about the answer.
 */
export async function compile(
  definitions: Definitions,
  binder: Binder,
  earlier?: Earlier,
): Promise<Compilation> {
  const diagnostics: Diagnostic[] = [...definitions.diagnostics];
  const project = readProject(definitions, diagnostics);
  const drafts = await readDrafts(definitions, earlier, diagnostics, binder);
  const texts = new NodeTexts(earlier);
  const order = await bindDatasets(drafts, binder, texts);
  const { stories, consumers } = judge(drafts, texts);
  judgeViews(order.levels.flat(), drafts.datasets);
  for (const { mistakes } of [...drafts.datasets, ...drafts.consumers, ...drafts.stories]) {
    diagnostics.push(...mistakes.diagnostics);
  }
  const compilation = {
    diagnostics: diagnostics.sort(compareDiagnostics),
    ...leave(drafts, texts),
    texts,
  };
  if (project === undefined || diagnostics.some((one) => one.severity === "error")) return compilation;
  const { nodes, sketches } = nodesIn(order, drafts);
  const sources = drafts.datasets.filter(({ kind }) => kind === "source").length;
  const outline = { format: 1, project, nodes, sources, consumers, stories } as const;
  let graph: Graph | undefined;
  return {
    ...compilation,
    outline,
    sketches,
    get graph() {
      return (graph ??= assembleGraph(outline, texts.all(outline.nodes)));
    },
  };
}

/** What is wrong between definitions, now that each is read. */
function judge(drafts: Drafts, texts: NodeTexts) {
  const { names, datasets } = drafts;
  const columnsOf = (id: string) => {
    const found = names.find(id);
    return found === undefined || found === "unreadable" ? undefined : texts.columnsOf(found);
  };
  for (const dataset of datasets) {
    // What is believed of the others holds for their checks as well.
    if (dataset.piece === undefined) judgeReferences(dataset, dataset.read().checks, names, columnsOf);
  }
  judgeRenames(datasets, names);
  return { stories: judgeStories(drafts), consumers: judgeConsumers(drafts.consumers, names, columnsOf) };
}

/** The keys of the nodes of a project without mistakes, and their sketches, in order of dependence. */
function nodesIn(order: Order, { datasets }: Drafts) {
  const byId = new Map(datasets.map((dataset) => [dataset.id, dataset]));
  const [nodes, sketches]: [string[], NodeSketch[]] = [[], []];
  for (const id of order.levels.flat()) {
    const { node, sketch } = byId.get(id) ?? {};
    if (node === undefined || sketch === undefined) continue;
    nodes.push(node);
    sketches.push(sketchOf(sketch));
  }
  return { nodes, sketches };
}

/** What is known of the datasets afterwards. */
function leave({ datasets, names }: Drafts, texts: NodeTexts) {
  const pieces = new Map<string, Piece>();
  const rows: string[] = [];
  for (const dataset of datasets) {
    const { piece, shape } = dataset;
    rows.push(dataset.id, shape ?? "", piece?.rows ?? rowsHash(describeRows(dataset, texts)));
    const left = makePiece(dataset, rows.at(-1) ?? "", names);
    if (left !== undefined) pieces.set(dataset.file.path, left);
  }
  const unreadable = names.unreadable().map((id) => ({ id }));
  return {
    pieces,
    shapes: () => [...datasets.map((dataset) => describeRows(dataset, texts)), ...unreadable],
    shapesKey: textHash(JSON.stringify([rows, unreadable])),
  };
}

function describeRows(dataset: Dataset, texts: NodeTexts): DatasetShape {
  const { id, piece } = dataset;
  const { description } = piece === undefined ? dataset.read() : texts.nodeOf(piece.node);
  const columns = texts.columnsOf(dataset);
  return {
    id,
    ...(description === undefined ? {} : { description }),
    ...(columns === undefined ? {} : { columns }),
  };
}
