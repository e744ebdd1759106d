import type { DatasetId, GraphColumn, QueryMeaning } from "../graph/graph.ts";
import type { Materialized } from "../graph/materialized.ts";
import { type Order, orderByInputs } from "../graph/walks.ts";
import type { Binder } from "../sql/binder.ts";
import { bindChecks } from "./bind-checks.ts";
import { judgeMonitors } from "./monitors.ts";
import { bindDeclared, bindModel, type BoundDataset } from "./bind-models.ts";
import type { Dataset } from "./dataset.ts";
import type { DatasetDraft } from "./draft.ts";
import { buildNode } from "./graph-node.ts";
import { shapesOfInputs, shapesOfOthers } from "./make-piece.ts";
import { parseModel } from "./parse-models.ts";
import { settleMeaning } from "./query-meaning.ts";
import { settleMaterialization } from "./settle-materialization.ts";
import type { NodeTexts } from "./node-texts.ts";
import { nodeKey, nodeText, shapeOf, sketchOf } from "./piece.ts";
import type { Drafts } from "./read-drafts.ts";

/**
 * Find the columns of every dataset and make its node, level by level, so that everything is bound against the
 * columns of its inputs. The engine is asked only about what has to be read: a dataset that is known stays
 * known as long as the names it mentions mean the same datasets and those look the same.
 */
export async function bindDatasets(drafts: Drafts, binder: Binder, texts: NodeTexts): Promise<Order> {
  const binding = new Binding(drafts, binder, texts);
  const unread = drafts.datasets.filter((dataset) => !binding.hasKnownInputs(dataset));
  await forEach(unread, (dataset) => binding.parse(dataset));
  const order = orderByInputs(new Map(drafts.datasets.map((dataset) => [dataset.id, inputsOf(dataset)])));
  await Promise.all(order.rings.map((ring) => binding.reportRing(ring)));
  const read = new Set(unread.flatMap(inputsOf));
  const readLast = lastReaders(order, unread);
  for (const [depth, level] of order.levels.entries()) {
    const unknown = level
      .flatMap((id) => binding.find(id) ?? [])
      .filter((dataset) => !binding.believe(dataset));
    await forEach(unknown, async (dataset) => {
      await binding.bind(dataset);
      if (read.has(dataset.id)) await binding.tellLater(dataset.id);
    });
    binding.forgetLater(readLast.get(depth) ?? []);
  }
  // What a check compares with may lie on any level.
  for (const dataset of drafts.datasets) {
    if (!binding.hasKnownOthers(dataset)) await binding.bind(dataset);
  }
  return order;
}

/** Enough for the engine to be busy, and no more: what is begun grows old until it is done, and is dear to collect then. */
const atOnce = 32;

/** How many datasets the engine is told of at a time. */
const toldAtOnce = 100;

/** Do the work for each item, for many at a time. */
async function forEach<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = items.values();
  const hands = Array.from({ length: Math.min(atOnce, items.length) }, async () => {
    for (const item of left) await work(item);
  });
  await Promise.all(hands);
}

/** By level: what is read for these datasets, and is not read for those on a later level. */
function lastReaders(
  { levels }: Order,
  datasets: readonly Dataset[],
): ReadonlyMap<number, readonly DatasetId[]> {
  const reads = new Map(datasets.map((dataset) => [dataset.id, [dataset.id, ...inputsOf(dataset)]]));
  const last = new Map<DatasetId, number>();
  for (const [depth, level] of levels.entries())
    for (const id of level) for (const read of reads.get(id) ?? []) last.set(read, depth);
  return Map.groupBy(last.keys(), (id) => last.get(id) ?? 0);
}

const inputsOf = ({ piece, model }: Dataset): readonly DatasetId[] => (piece ?? model)?.inputs ?? [];

class Binding {
  readonly #drafts: Drafts;
  readonly #binder: Binder;
  readonly #texts: NodeTexts;
  readonly #byId: ReadonlyMap<DatasetId, Dataset>;
  /** What the engine has been told of. */
  readonly #declared = new Set<DatasetId>();
  #untold: DatasetId[] = [];
  #gone: DatasetId[] = [];

  constructor(drafts: Drafts, binder: Binder, texts: NodeTexts) {
    this.#drafts = drafts;
    this.#binder = binder;
    this.#texts = texts;
    this.#byId = new Map(drafts.datasets.map((dataset) => [dataset.id, dataset]));
  }

  find(id: DatasetId): Dataset | undefined {
    return this.#byId.get(id);
  }

  /** Whether its inputs are known from before, and their names mean the same datasets still. */
  hasKnownInputs({ piece }: Dataset): boolean {
    return (
      piece?.inputs.every((id) => {
        const found = this.#drafts.names.find(id);
        // What cannot be read has been told about it, and may be the same again later.
        return found === "unreadable" || found?.id === id;
      }) === true
    );
  }

  async parse(dataset: Dataset): Promise<void> {
    const draft = dataset.read();
    if (draft.kind === "model") dataset.model = await parseModel(draft, this.#drafts.names, this.#binder);
  }

  async reportRing(ring: readonly DatasetId[]): Promise<void> {
    const [first = "", second] = ring;
    const dataset = this.#byId.get(first);
    if (dataset === undefined) return;
    if (dataset.piece !== undefined) await this.parse(dataset);
    if (dataset.model === undefined) return;
    const reference = dataset.model.references.get(second ?? first);
    const { query, mistakes } = dataset.model.draft;
    const place =
      query?.placeOf(reference?.position, reference?.name.length) ?? mistakes.settings.placeOf(["inputs"]);
    mistakes.diagnostics.push({
      code: "cycle",
      severity: "error",
      message:
        second === undefined
          ? `${first} reads itself`
          : `datasets depend on each other in a circle: ${[...ring, first].join(" reads ")}`,
      path: dataset.file.path,
      ...place,
      suggestion:
        second === undefined
          ? "read the datasets it is made from"
          : "take what both need into a dataset of its own, and read that",
    });
  }

  /** Whether nothing has to be asked about it: it is known, or its inputs are broken, which is told about them. */
  believe(dataset: Dataset): boolean {
    const { piece } = dataset;
    if (piece === undefined) return false;
    const shapes = shapesOfInputs(piece.inputs, this.#drafts.names);
    if (shapes === undefined) return true;
    if (shapes !== piece.inputShapes) return false;
    dataset.shape = piece.shape;
    dataset.node = piece.node;
    dataset.sketch = piece;
    if (piece.viewOf !== undefined) dataset.viewOf = piece.viewOf;
    return true;
  }

  /** Whether the datasets that it only mentions look as they did. */
  hasKnownOthers({ piece }: Dataset): boolean {
    if (piece === undefined || piece.others.length === 0) return true;
    return shapesOfOthers(piece.others, this.#drafts.names) === piece.otherShapes;
  }

  /** Find its columns and make its node. Nothing comes of a dataset whose inputs are broken. */
  async bind(dataset: Dataset): Promise<void> {
    if (dataset.piece !== undefined) await this.parse(dataset);
    const draft = dataset.read();
    const declare = (id: DatasetId): Promise<void> => this.declare(id);
    const bound = draft.kind === "source" ? bindDeclared(draft) : await this.#bindModel(dataset, declare);
    if (bound === undefined) return;
    const { columns } = bound;
    dataset.columns = columns;
    dataset.shape = shapeOf(columns);
    const materialized = this.#materialized(dataset, draft, bound);
    if (materialized?.kind === "view" && dataset.model !== undefined) dataset.viewOf = dataset.model.uses;
    const checks = await bindChecks(draft, columns, { binder: this.#binder, declare });
    judgeMonitors(draft, columns);
    if (dataset.mistakes.diagnostics.length > 0) return;
    const meaning = this.#meaningOf(dataset, columns);
    const node = buildNode(draft, bound, checks, dataset.model, { meaning, materialized });
    const text = nodeText(node);
    dataset.node = nodeKey(text);
    dataset.sketch = sketchOf(node);
    this.#texts.add(dataset.node, text);
  }

  async #bindModel(
    { model }: Dataset,
    declare: (id: DatasetId) => Promise<void>,
  ): Promise<BoundDataset | undefined> {
    if (
      model === undefined ||
      !model.complete ||
      shapesOfInputs(model.inputs, this.#drafts.names) === undefined
    )
      return undefined;
    const inputs = model.inputs.map((id) => [id, this.#columnsOf(id) ?? []] as const);
    return bindModel(model, new Map(inputs), declare, this.#binder);
  }

  #materialized(
    { model }: Dataset,
    draft: DatasetDraft,
    { columns, lineage, distribution }: BoundDataset,
  ): Materialized | undefined {
    if (draft.kind === "source" || model === undefined) return undefined;
    return settleMaterialization({
      draft,
      model,
      columns,
      ...(lineage === undefined ? {} : { lineage }),
      ...(distribution === undefined ? {} : { distribution }),
      columnsOf: (id) => this.#columnsOf(id),
    });
  }

  #meaningOf({ model }: Dataset, columns: readonly GraphColumn[]): QueryMeaning | undefined {
    if (model === undefined) return undefined;
    const inputs = model.inputs.map((id) => this.#columnsOf(id) ?? []);
    return settleMeaning(model.normal, this.#drafts.names, inputs, columns);
  }

  /**
   * The engine has time to be told of a dataset while others of its level are bound; but every telling interrupts
   * it, so there is one for many.
   */
  async tellLater(id: DatasetId): Promise<void> {
    this.#untold.push(id);
    if (this.#untold.length < toldAtOnce) return;
    for (const told of this.#untold.splice(0)) await this.declare(told);
    for (const gone of this.#gone.splice(0, 2 * toldAtOnce))
      if (this.#declared.delete(gone)) await this.#binder.forget(gone);
  }

  /** Nobody reads these any more: the engine's memory is for others. */
  forgetLater(ids: readonly DatasetId[]): void {
    this.#gone.push(...ids);
  }

  /** Tell the engine of it, if its columns are known. */
  async declare(id: DatasetId): Promise<void> {
    const columns = this.#columnsOf(id);
    if (columns === undefined || this.#declared.has(id)) return;
    this.#declared.add(id);
    await this.#binder.declare(id, columns);
  }

  #columnsOf(id: DatasetId): readonly GraphColumn[] | undefined {
    const dataset = this.#byId.get(id);
    return dataset && this.#texts.columnsOf(dataset);
  }
}
