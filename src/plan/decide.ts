import { type ColumnRef, columnsRead } from "../graph/column-walks.ts";
import type { DatasetId, DatasetNode, ModelNode, SourceNode } from "../graph/graph.ts";
import { called, type Version } from "../graph/version.ts";
import { type InputContent, modelKey } from "./build-key.ts";
import type { Comparison } from "./comparison.ts";
import { compareFiles } from "./compare-files.ts";
import type { PlanState } from "./plan-state.ts";
import type { Change, Reason } from "./plan.ts";

export type Decision =
  | { readonly kind: "unchanged"; readonly version: Version }
  | { readonly kind: "reuse"; readonly version: Version; readonly reason: Reason }
  | { readonly kind: "read" | "build"; readonly reason: Reason };

/** What is known of a dataset's content before the run. */
export interface Known {
  /** The version it will stand at, where that is certain. */
  readonly version?: InputContent;
  /** Else the columns, in lower case, in which it will differ from the current one, for all that is known. */
  readonly touched?: ReadonlySet<string> | "all";
  /** A generator may bring something as well. */
  readonly news?: boolean;
}

/** What a decision about a model rests on. */
export interface Moment {
  /** Of the datasets before it in order of dependence. */
  readonly known: ReadonlyMap<DatasetId, Known>;
  readonly state: PlanState;
  readonly comparison: Comparison;
}

export function currentVersion(id: DatasetId, state: PlanState): Version | undefined {
  const pointer = state.pointers.get(id);
  const version = pointer && state.versions.get(pointer.version);
  return version && called(version, id);
}

export function decideSource(node: SourceNode, current: Version | undefined, state: PlanState): Decision {
  if (!current) return { kind: "read", reason: { because: "new" } };
  if (current.fingerprint !== node.fingerprint) return { kind: "read", reason: { because: "definition" } };
  if (state.promotion?.kept.has(node.id)) return stays(node, current, state);
  if (node.from.kind === "generator") return { kind: "read", reason: { because: "generator" } };
  const listing = state.listings.get(node.id);
  if (!listing) throw new Error(`no listing for source ${node.id}`);
  const changes = compareFiles(listing, current.manifest?.files ?? [], node.from.onRemoved ?? "remove");
  const [added, changed, removed] = [changes.added.length, changes.changed.length, changes.removed.length];
  if (added + changed + removed === 0) return stays(node, current, state);
  return { kind: "read", reason: { because: "files", added, changed, removed } };
}

/** A dataset that stays at its version, under the name it has now. */
function stays({ id }: DatasetNode, version: Version, { renames }: PlanState): Decision {
  const from = renames.get(id);
  return from === undefined
    ? { kind: "unchanged", version }
    : { kind: "reuse", version, reason: { because: "renamed", from } };
}

/** A dataset that takes over what another environment publishes. */
export function decideOffer(
  node: DatasetNode,
  current: Version | undefined,
  version: Version,
  at: Moment,
): Decision {
  if (current?.id === version.id) return stays(node, current, at.state);
  return { kind: "reuse", version, reason: offerReason(node, current, at) };
}

function offerReason(node: DatasetNode, current: Version | undefined, at: Moment): Reason {
  if (node.kind === "model") return modelReason(node, current, at);
  if (current === undefined) return { because: "new" };
  if (current.fingerprint !== node.fingerprint) return { because: "definition" };
  return { because: "promoted", from: at.state.promotion?.from ?? "" };
}

export async function decideModel(
  node: ModelNode,
  current: Version | undefined,
  at: Moment,
): Promise<Decision> {
  const { known, state } = at;
  const contents = new Map<DatasetId, InputContent>();
  for (const input of node.inputs) {
    const version = known.get(input)?.version;
    if (version !== undefined) contents.set(input, version);
  }
  if (contents.size < node.inputs.length) {
    return { kind: "build", reason: modelReason(node, current, at) };
  }
  const key = modelKey(node, contents, state.engineVersion, state.parameters, current);
  const found = current?.buildKey === key ? current : await state.find(key);
  if (current && found?.id === current.id) return stays(node, current, state);
  const reason = modelReason(node, current, at);
  return found ? { kind: "reuse", version: found, reason } : { kind: "build", reason };
}

function modelReason(
  node: ModelNode,
  current: Version | undefined,
  { known, state, comparison }: Moment,
): Reason {
  if (!current) return { because: "new" };
  if (current.fingerprint !== node.fingerprint && !comparison.isSame(node, current)) {
    return { because: "definition" };
  }
  const moved = node.inputs.filter((input) => {
    const built = current.inputs[input] ?? current.inputs[state.renames.get(input) ?? ""];
    const before = built === undefined ? undefined : state.versions.get(built)?.contentHash;
    const now = known.get(input)?.version?.contentHash;
    return now === undefined || now !== before;
  });
  if (moved.length === 0 && node.parameters.length > 0) return { because: "clock" };
  const because = moved.length > 0 && readsNone(node, moved, known) ? "unread" : "inputs";
  const certain = moved.filter((input) => isCertain(known.get(input)));
  return { because, inputs: certain.length > 0 ? certain : moved };
}

/** Whether an input is known to change, and not only if a generator brings something. */
const isCertain = ({ version, touched = "all" }: Known = {}): boolean =>
  version !== undefined || touched === "all" || touched.size > 0;

/** Whether inputs move on in no column that the model reads. A question of lineage, so it is asked last. */
function readsNone(
  node: ModelNode,
  moved: readonly DatasetId[],
  known: ReadonlyMap<DatasetId, Known>,
): boolean {
  const touched = moved.map((input) => [input, known.get(input)?.touched ?? "all"] as const);
  if (touched.some(([, columns]) => columns === "all")) return false;
  if (touched.every(([, columns]) => columns !== "all" && columns.size === 0))
    return !moved.some((input) => known.get(input)?.news);
  const read = columnsRead(node);
  if (read === undefined || node.parameters.length > 0) return false;
  return touched.every(([input, columns]) =>
    [...(read.get(input) ?? [])].every((column) => columns !== "all" && !columns.has(lower(column))),
  );
}

/** In which columns a dataset that is read or built may come out different. */
export function touchedBy(
  node: DatasetNode,
  { kind, ...decision }: Decision,
  change: Change | undefined,
  known: ReadonlyMap<DatasetId, Known>,
): Known {
  const reason = "reason" in decision ? decision.reason : undefined;
  const news = reason?.because === "generator" || node.inputs.some((input) => known.get(input)?.news);
  const nothing = kind === "unchanged" || reason?.because === "unread" || reason?.because === "generator";
  if (nothing) return { touched: new Set(), news };
  const own = change === undefined ? [] : columnsOf(change);
  if (own === "all" || (change === undefined && reason?.because !== "inputs"))
    return { touched: "all", news };
  const passed = passedOn(node, known);
  return { touched: passed === "all" ? "all" : new Set([...own, ...passed]), news };
}

function columnsOf({ columns }: Change): readonly string[] | "all" {
  if (columns.rows) return "all";
  const { added, removed, retyped, redefined } = columns;
  return [...added, ...removed, ...retyped.map(({ column }) => column), ...redefined].map(lower);
}

/** The columns of a model that depend on what may be different in its inputs. */
function passedOn(node: DatasetNode, known: ReadonlyMap<DatasetId, Known>): readonly string[] | "all" {
  if (node.kind === "source") return [];
  const moving = node.inputs.flatMap((input) => {
    const { version, touched = "all" } = known.get(input) ?? {};
    return version === undefined ? [[input, touched] as const] : [];
  });
  if (moving.every(([, touched]) => touched !== "all" && touched.size === 0)) return [];
  // Only where all that moves is known by its columns is there anything to learn from lineage.
  if (moving.some(([, touched]) => touched === "all") || columnsRead(node) === undefined) return "all";
  const columns = new Map(moving);
  const isTouched = ({ dataset, column }: ColumnRef): boolean => {
    const touched = columns.get(dataset);
    return touched !== undefined && touched !== "all" && touched.has(lower(column));
  };
  if (node.lineage?.rows.some(isTouched)) return "all";
  return (node.lineage?.columns ?? [])
    .filter(({ direct, indirect }) => direct.some(isTouched) || indirect.some(isTouched))
    .map(({ column }) => lower(column));
}

const lower = (name: string): string => name.toLowerCase();
