/** A graph whose nodes are texts until somebody looks at more of them than a walk does. */
import type { DatasetNode, Graph, ModelNode, SourceNode } from "../graph/graph.ts";
import type { GraphOutline, NodeSketch, NodeText } from "./piece.ts";

/** After so many nodes one after the other, whoever looks is about to look at all. */
const inARow = 8;

/**
 * The compiled project from its outline and the sketches of its nodes, in the same order. `textsOf` answers with the texts
 * that have these keys, in their order; what it throws is thrown from wherever a node is looked at, as is what
 * `JSON.parse` throws of a text that is damaged. Nodes are read by their names: a copy by `...` would be of the sketch
 * alone.
 */
export function lazyGraph(
  outline: GraphOutline,
  sketches: readonly NodeSketch[],
  textsOf: (keys: readonly string[]) => readonly NodeText[],
): Graph {
  const { nodes, sources: _, format, project, ...rest } = outline;
  const read = reader(nodes, textsOf);
  const datasets = sketches.map((sketch, at) => new LazyNode(sketch, at, read));
  return { format, project, datasets: datasets as unknown as readonly DatasetNode[], ...rest };
}

/** Reads the text of the node at a place. */
type ReadText = (at: number) => NodeText;

/**
 * Reads one text after the other, for those who follow lineage; and all in one question, which is less work for each, for
 * those who go through the project.
 */
function reader(
  keys: readonly string[],
  textsOf: (keys: readonly string[]) => readonly NodeText[],
): ReadText {
  let [asked, row, last] = [0, 0, -1];
  let all: readonly NodeText[] | undefined;
  return (at) => {
    asked += 1;
    row = at === last + 1 ? row + 1 : 0;
    last = at;
    if (row >= inARow || 2 * asked > keys.length) all ??= textsOf(keys);
    const key = keys[at] ?? "";
    const text = all === undefined ? textsOf([key])[0] : all[at];
    if (text === undefined) throw new Error(`there is no node with the key "${key}"`);
    return text;
  };
}

/** What nodes have beside their sketches. */
type Rest = Exclude<keyof SourceNode | keyof ModelNode, keyof NodeSketch>;

/** A mapping, so that the compiler asks for a name that is missing. */
const rest: Readonly<Record<Rest, true>> = {
  path: true,
  description: true,
  owner: true,
  tags: true,
  odcs: true,
  columns: true,
  checks: true,
  monitors: true,
  quarantine: true,
  freshness: true,
  by: true,
  parameters: true,
  meaning: true,
  lineage: true,
  unique: true,
  fingerprint: true,
  auditFingerprint: true,
};

/**
 * A node that has its sketch, and everything else from its text. The properties of the text belong to the class: to
 * define them for each of ten thousand nodes takes longer than all that walks do.
 */
class LazyNode implements NodeSketch {
  readonly id: NodeSketch["id"];
  readonly kind: NodeSketch["kind"];
  readonly inputs: NodeSketch["inputs"];
  readonly story: NodeSketch["story"];
  readonly renamedFrom: NodeSketch["renamedFrom"];
  readonly from: NodeSketch["from"];
  readonly materialized: NodeSketch["materialized"];
  readonly #at: number;
  readonly #read: ReadText;
  #text: NodeText | undefined;
  #head: Partial<Readonly<Record<Rest, unknown>>> | undefined;
  #lineage: unknown;

  constructor(sketch: NodeSketch, at: number, read: ReadText) {
    this.id = sketch.id;
    this.kind = sketch.kind;
    this.inputs = sketch.inputs;
    this.story = sketch.story;
    this.renamedFrom = sketch.renamedFrom;
    this.from = sketch.from;
    this.materialized = sketch.materialized;
    this.#at = at;
    this.#read = read;
  }

  static {
    for (const name of Object.keys(rest) as Rest[]) {
      Object.defineProperty(this.prototype, name, {
        get(this: LazyNode): unknown {
          return name === "lineage" ? this.#lineageRead() : this.#headRead()[name];
        },
      });
    }
  }

  /** The node as its text has it. */
  toJSON(): unknown {
    const lineage = this.#lineageRead();
    return { ...this.#headRead(), ...(lineage === undefined ? {} : { lineage }) };
  }

  #headRead(): Partial<Readonly<Record<Rest, unknown>>> {
    this.#text ??= this.#read(this.#at);
    return (this.#head ??= JSON.parse(this.#text.head) as Partial<Record<Rest, unknown>>);
  }

  /** The larger half of the text. */
  #lineageRead(): unknown {
    this.#text ??= this.#read(this.#at);
    const { lineage } = this.#text;
    return lineage === undefined ? undefined : (this.#lineage ??= JSON.parse(lineage) as unknown);
  }
}
