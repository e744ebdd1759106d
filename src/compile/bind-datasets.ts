import type { DatasetId, GraphColumn, QueryMeaning } from "../graph/graph.ts";
import type { Materialized } from "../graph/materialized.ts";
import { type Order, orderByInputs } from "../graph/walks.ts";
import type { Binder } from "../sql/binder.ts";
import { forEachAtOnce } from "./at-once.ts";
import { bindChecks } from "./bind-checks.ts";
import { judgeMonitors } from "./monitors.ts";
import { bindDeclared, bindModel, type BoundDataset } from "./bind-models.ts";
import type { Dataset } from "./dataset.ts";
import type { DatasetDraft } from "./draft.ts";
import { buildNode } from "./graph-node.ts";
import { shapesOfInputs, shapesOfOthers } from "./make-piece.ts";
import { resolveModel } from "./parse-models.ts";
import { settleMeaning } from "./query-meaning.ts";
import { settleMaterialization } from "./settle-materialization.ts";
import type { NodeTexts } from "./node-texts.ts";
import { nodeKey, nodeText, shapeOf, sketchOf } from "./piece.ts";
import type { Drafts } from "./read-drafts.ts";

/**
 * Find the columns of every dataset and make its node, so that everything is bound against the columns of its inputs. The
 * engine is asked only about what has to be read: a dataset that is known stays known as long as the names it mentions
 * mean the same datasets and those look the same.
 */
export async function bindDatasets(drafts: Drafts, binder: Binder, texts: NodeTexts): Promise<Order> {
  const binding = new Binding(drafts, binder, texts);
  const unread = drafts.datasets.filter((dataset) => !binding.hasKnownInputs(dataset));
  await forEachAtOnce(unread, (dataset) => binding.parse(dataset));
  const order = orderByInputs(new Map(drafts.datasets.map((dataset) => [dataset.id, inputsOf(dataset)])));
  await Promise.all(order.rings.map((ring) => binding.reportRing(ring)));
  for (const dataset of unread) binding.expect(dataset);
  const underWay = new Map<DatasetId, Promise<void>>();
  await forEachAtOnce(order.levels.flat(), (id) => {
    const dataset = binding.find(id);
    if (dataset === undefined) return undefined;
    const inputs = inputsOf(dataset).flatMap((input) => underWay.get(input) ?? []);
    if (inputs.length === 0 && binding.believe(dataset)) return undefined;
    const work = binding.bindAfter(inputs, dataset).finally(() => underWay.delete(id));
    underWay.set(id, work);
    return work;
  });
  // What a check compares with may lie on any level.
  for (const dataset of drafts.datasets) {
    if (!binding.hasKnownOthers(dataset)) await binding.bind(dataset);
  }
  await binding.end();
  return order;
}

const inputsOf = ({ piece, model }: Dataset): readonly DatasetId[] => (piece ?? model)?.inputs ?? [];

class Binding {
  readonly #drafts: Drafts;
  readonly #binder: Binder;
  readonly #texts: NodeTexts;
  readonly #byId: ReadonlyMap<DatasetId, Dataset>;
  /** What the engine has been told of, and when it knows. */
  readonly #declared = new Map<DatasetId, Promise<void>>();
  /** How many datasets are yet to be bound that the engine has to know this one for. */
  readonly #needed = new Map<DatasetId, number>();
  /** Those that are counted already, though nobody has begun to bind them. */
  readonly #expected = new Set<Dataset>();

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
    if (draft.kind !== "model") return;
    const parsed = dataset.takeParsed() ?? (draft.query && this.#binder.parse(draft.query.sql));
    dataset.model = resolveModel(draft, await parsed, this.#drafts.names);
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

  /** It will be bound: what it reads is not to be forgotten until then. */
  expect(dataset: Dataset): void {
    this.#expected.add(dataset);
    this.#need(dataset, 1);
  }

  /** Bind it after its inputs, unless it is known. */
  async bindAfter(inputs: readonly Promise<void>[], dataset: Dataset): Promise<void> {
    if (inputs.length > 0) await Promise.all(inputs);
    if (this.believe(dataset)) return;
    await this.bind(dataset);
    // The engine has time to be told of it before its first reader comes.
    if ((this.#needed.get(dataset.id) ?? 0) > 0) this.#declare(dataset.id)?.catch(() => undefined);
  }

  /** Find its columns and make its node. */
  async bind(dataset: Dataset): Promise<void> {
    if (dataset.piece !== undefined) await this.parse(dataset);
    if (!this.#expected.delete(dataset)) this.#need(dataset, 1);
    await this.#bindNeeded(dataset);
    this.#need(dataset, -1);
  }

  /** Nothing comes of a dataset whose inputs are broken. */
  async #bindNeeded(dataset: Dataset): Promise<void> {
    const draft = dataset.read();
    const declare = async (id: DatasetId): Promise<void> => await this.#declare(id);
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
   * Count one more, or one less, that needs what this dataset reads, and its own rows for its checks. The engine forgets
   * what nobody needs any more: its memory is for others.
   */
  #need(dataset: Dataset, by: 1 | -1): void {
    for (const id of [dataset.id, ...inputsOf(dataset)]) {
      const needed = (this.#needed.get(id) ?? 0) + by;
      this.#needed.set(id, needed);
      if (needed === 0 && this.#declared.delete(id)) void this.#binder.forget(id);
    }
  }

  /** Tell the engine of it, if its columns are known. */
  #declare(id: DatasetId): Promise<void> | undefined {
    const known = this.#declared.get(id);
    const columns = known === undefined ? this.#columnsOf(id) : undefined;
    if (columns === undefined) return known;
    const telling = this.#binder.declare(id, columns);
    this.#declared.set(id, telling);
    return telling;
  }

  /** The engine may have been told of more than was asked about in the end. */
  async end(): Promise<void> {
    await Promise.all(this.#declared.values());
  }

  #columnsOf(id: DatasetId): readonly GraphColumn[] | undefined {
    const dataset = this.#byId.get(id);
    return dataset && this.#texts.columnsOf(dataset);
  }
}
