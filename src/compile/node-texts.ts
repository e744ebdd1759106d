import type { DatasetNode, GraphColumn } from "../graph/graph.ts";
import type { Dataset } from "./dataset.ts";
import type { Earlier, NodeText } from "./piece.ts";

/** The texts of nodes by their keys: those made now, before those of the earlier compilation. */
export class NodeTexts {
  readonly made = new Map<string, NodeText>();
  readonly #earlier: Earlier | undefined;

  constructor(earlier: Earlier | undefined) {
    this.#earlier = earlier;
  }

  add(key: string, text: NodeText): void {
    this.made.set(key, text);
  }

  /** Texts in the order of their keys. Throws what the earlier compilation throws when one is gone. */
  all(keys: readonly string[]): readonly NodeText[] {
    const before = keys.filter((key) => !this.made.has(key));
    const found = before.length === 0 ? [] : (this.#earlier?.nodeTexts(before) ?? []);
    const earlier = new Map(before.map((key, at) => [key, found[at]]));
    return keys.map((key) => {
      const text = this.made.get(key) ?? earlier.get(key);
      if (text === undefined) throw new Error(`there is no node with the key ${key}`);
      return text;
    });
  }

  nodeOf(key: string): DatasetNode {
    const [text] = this.all([key]);
    return JSON.parse(text?.head ?? "") as DatasetNode;
  }

  /** The columns of a dataset; undefined where they are not known. */
  columnsOf(dataset: Dataset): readonly GraphColumn[] | undefined {
    const { shape, node } = dataset;
    if (dataset.columns === undefined && shape !== undefined && node !== undefined)
      dataset.columns = this.nodeOf(node).columns;
    return dataset.columns;
  }
}
