import type { DatasetId, DatasetNode, Graph, ModelNode } from "../graph/graph.ts";
import type { Version } from "../graph/version.ts";
import { compareDefinitions, keptText } from "./compare-definitions.ts";
import { ChangeJudge } from "./judge-change.ts";
import { metadataChanges } from "./metadata-changes.ts";
import type { PlanState } from "./plan-state.ts";
import type { JudgedContractChange } from "./judge-contract.ts";
import type { Change, KeptAs, MetadataChange } from "./plan.ts";

const shape = ({ columns }: DatasetNode): string =>
  JSON.stringify(columns.map(({ name, engineType }) => [name, engineType]));

const keptAs = (node: DatasetNode): KeptAs | undefined =>
  node.kind === "model" ? (node.materialized?.kind ?? "full") : undefined;

/** The project against the one that the environment runs. */
export class Comparison {
  readonly #state: PlanState;
  readonly #graph: Graph;
  #judge: ChangeJudge | undefined;
  readonly #before: ReadonlyMap<DatasetId, DatasetNode>;
  readonly #newNames: ReadonlyMap<DatasetId, DatasetId>;

  constructor(graph: Graph, state: PlanState) {
    this.#state = state;
    this.#newNames = new Map([...state.renames].map(([now, earlier]) => [earlier, now]));
    this.#before = new Map(state.before?.datasets.map((node) => [node.id, node]));
    this.#graph = graph;
  }

  /** Made when something has changed: it looks at both projects as a whole. */
  get #judged(): ChangeJudge {
    return (this.#judge ??= new ChangeJudge(this.#graph, this.#state.before, (id) => this.#nameNow(id)));
  }

  changed(node: DatasetNode, current: Version): Change {
    const earlier = this.#earlierName(node.id);
    const before = this.#before.get(earlier);
    // What is held, or was left out of a selection, may be older than the project of the release.
    const made = before?.fingerprint === current.fingerprint ? { node: before } : {};
    const columns = compareDefinitions({ columns: current.columns, ...made }, node, (id) =>
      this.#nameNow(id),
    );
    const contract = this.#contract(node, made.node);
    const judged = this.#judged.changed(node, earlier, columns);
    const change: Change =
      contract.length === 0
        ? judged
        : {
            ...judged,
            severity: contract.some(({ severity }) => severity === "breaking") ? "breaking" : judged.severity,
            contract,
          };
    const [from, to] = [made.node ? keptAs(made.node) : undefined, keptAs(node)];
    return from === undefined || to === undefined || from === to ? change : { ...change, kept: { from, to } };
  }

  /** Whether a definition says the same as the one that made a version, but for names of datasets. */
  isSame(node: ModelNode, current: Version): boolean {
    const before = this.#before.get(this.#earlierName(node.id));
    if (before?.kind !== "model" || before.fingerprint !== current.fingerprint) return false;
    if (keptText(before, (id) => this.#nameNow(id)) !== keptText(node, (id) => id)) return false;
    const [old, now] = [before.meaning, node.meaning];
    if (old === undefined || now === undefined || old.query !== now.query) return false;
    return (
      old.tables.map((id) => this.#nameNow(id)).join() === now.tables.join() && shape(before) === shape(node)
    );
  }

  removed(id: DatasetId): Change | undefined {
    const node = this.#before.get(id);
    return (
      node &&
      this.#judged.removed(
        id,
        node.columns.map(({ name }) => name),
      )
    );
  }

  /** What is said in another way; undefined where nothing is. */
  metadata(node: DatasetNode): MetadataChange | undefined {
    const before = this.#before.get(node.id);
    const settings = before === undefined ? [] : metadataChanges(before, node);
    if (settings.length === 0) return undefined;
    const contract = settings.includes("columns") ? this.#contract(node, before) : [];
    return { dataset: node.id, settings, ...(contract.length === 0 ? {} : { contract }) };
  }

  /** Whether it is audited or watched in another way than by the project of the release. */
  isJudgedAnew(node: DatasetNode): boolean {
    const before = this.#before.get(node.id);
    return (
      before !== undefined &&
      (before.auditFingerprint !== node.auditFingerprint ||
        JSON.stringify(before.monitors) !== JSON.stringify(node.monitors))
    );
  }

  #contract(node: DatasetNode, before: DatasetNode | undefined): readonly JudgedContractChange[] {
    if (node.kind !== "source" || before?.kind !== "source") return [];
    return this.#judged.contract(node, before);
  }

  #earlierName(id: DatasetId): DatasetId {
    return this.#state.renames.get(id) ?? id;
  }

  #nameNow(id: DatasetId): DatasetId {
    return this.#newNames.get(id) ?? id;
  }
}
