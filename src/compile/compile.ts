/**
 * From definitions to the compiled project. Every mistake is found in one go: a definition that is wrong is
 * set aside with what depends on it, and the rest is judged as if nothing had happened.
 */
import type { Diagnostic } from "../errors.ts";
import type { DatasetNode, Graph, GraphCheck, GraphColumn } from "../graph/graph.ts";
import { type Order, orderByInputs } from "../graph/walks.ts";
import type { Binder } from "../sql/binder.ts";
import { bindChecks, judgeReferences } from "./bind-checks.ts";
import { bindModel, declaredColumns } from "./bind-models.ts";
import { compareDiagnostics } from "./compare-diagnostics.ts";
import type { CompileCache } from "./compile-cache.ts";
import { DatasetNames } from "./dataset-names.ts";
import { readDefinitionPath } from "./definition-path.ts";
import type { Definitions } from "./definitions.ts";
import type { ConsumerDraft, DatasetDraft, StoryDraft } from "./draft.ts";
import { buildNode } from "./graph-node.ts";
import { judgeConsumers, judgeStories } from "./judge-links.ts";
import { type ParsedModel, parseModel } from "./parse-models.ts";
import { readDefinition } from "./read-definition.ts";
import { readProject } from "./read-project.ts";

export interface Compilation {
  /** Present when there is no mistake of severity `error`. */
  readonly graph?: Graph;
  /** Sorted by path and place. */
  readonly diagnostics: readonly Diagnostic[];
}

interface Drafts {
  readonly names: DatasetNames;
  readonly datasets: readonly DatasetDraft[];
  readonly consumers: readonly ConsumerDraft[];
  readonly stories: readonly StoryDraft[];
}

/** Compile a project. The binder's engine is asked only for what the cache does not know. */
export async function compile(
  definitions: Definitions,
  binder: Binder,
  cache?: CompileCache,
): Promise<Compilation> {
  const diagnostics: Diagnostic[] = [...definitions.diagnostics];
  const project = readProject(definitions, diagnostics);
  const drafts = readDrafts(definitions, diagnostics);
  const parsed = await parseModels(drafts, binder, cache);
  const order = orderByInputs(new Map(drafts.datasets.map(({ id }) => [id, parsed.get(id)?.inputs ?? []])));
  reportRings(order, parsed);
  const columns = new Map<string, GraphColumn[]>();
  const checks = new Map<string, GraphCheck[]>();
  await bindAll(drafts, parsed, order, columns, checks, binder, cache);
  for (const draft of drafts.datasets)
    judgeReferences(draft, draft.checks, drafts.names, (id) => columns.get(id));
  const stories = judgeStories(drafts);
  const consumers = judgeConsumers(drafts.consumers, drafts.names);
  for (const { mistakes } of [...drafts.datasets, ...drafts.consumers, ...drafts.stories]) {
    diagnostics.push(...mistakes.diagnostics);
  }
  const sorted = diagnostics.sort(compareDiagnostics);
  if (project === undefined || sorted.some((one) => one.severity === "error")) return { diagnostics: sorted };
  const byId = new Map(drafts.datasets.map((draft) => [draft.id, draft]));
  const datasets = order.levels.flat().flatMap((id): DatasetNode[] => {
    const draft = byId.get(id);
    const own = columns.get(id);
    return draft === undefined || own === undefined
      ? []
      : [buildNode(draft, own, checks.get(id) ?? [], parsed.get(id))];
  });
  return { graph: { format: 1, project, datasets, consumers, stories }, diagnostics: sorted };
}

function readDrafts(definitions: Definitions, diagnostics: Diagnostic[]): Drafts {
  const names = new DatasetNames();
  const drafts = {
    names,
    datasets: [] as DatasetDraft[],
    consumers: [] as ConsumerDraft[],
    stories: [] as StoryDraft[],
  };
  for (const path of definitions.unread) {
    const read = readDefinitionPath(path);
    if (read !== undefined && "role" in read) names.addUnreadable(read.name);
  }
  for (const file of definitions.files) {
    const path = readDefinitionPath(file.path);
    if (path === undefined) continue;
    if ("code" in path) {
      diagnostics.push(path);
      continue;
    }
    const { draft, diagnostics: own } = readDefinition(file, path);
    if (draft === undefined) {
      diagnostics.push(...own);
      names.addUnreadable(path.name);
    } else if (draft.kind === "consumer") drafts.consumers.push(draft);
    else if (draft.kind === "story") drafts.stories.push(draft);
    else addDataset(draft, drafts, diagnostics);
  }
  return drafts;
}

function addDataset(
  draft: DatasetDraft,
  drafts: { names: DatasetNames; datasets: DatasetDraft[] },
  diagnostics: Diagnostic[],
): void {
  const earlier = drafts.names.add(draft);
  if (earlier === undefined) {
    drafts.datasets.push(draft);
    return;
  }
  diagnostics.push(...draft.mistakes.diagnostics, {
    code: "duplicate-name",
    severity: "error",
    message: `dataset "${draft.id}" is defined twice: here and in ${earlier.file.path}`,
    path: draft.file.path,
    suggestion: "rename or remove one of them",
  });
}

async function parseModels(
  drafts: Drafts,
  binder: Binder,
  cache: CompileCache | undefined,
): Promise<Map<string, ParsedModel>> {
  const parsed = new Map<string, ParsedModel>();
  await Promise.all(
    drafts.datasets.map(async (draft) => {
      if (draft.kind !== "model") return;
      const model = await parseModel(draft, drafts.names, binder, cache);
      if (model !== undefined) parsed.set(draft.id, model);
    }),
  );
  return parsed;
}

function reportRings(order: Order, parsed: ReadonlyMap<string, ParsedModel>): void {
  for (const ring of order.rings) {
    const [first, second] = ring;
    const model = first === undefined ? undefined : parsed.get(first);
    if (first === undefined || model === undefined) continue;
    const reference = model.references.get(second ?? first);
    const { query, mistakes } = model.draft;
    const place =
      query?.placeOf(reference?.position, reference?.name.length) ?? mistakes.settings.placeOf(["inputs"]);
    mistakes.diagnostics.push({
      code: "cycle",
      severity: "error",
      message:
        second === undefined
          ? `${first} reads itself`
          : `datasets depend on each other in a circle: ${[...ring, first].join(" reads ")}`,
      path: model.draft.file.path,
      ...place,
      suggestion:
        second === undefined
          ? "read the datasets it is made from"
          : "take what both need into a dataset of its own, and read that",
    });
  }
}

/** Level by level, so that everything is bound against the columns of its inputs. */
async function bindAll(
  drafts: Drafts,
  parsed: ReadonlyMap<string, ParsedModel>,
  order: Order,
  columns: Map<string, GraphColumn[]>,
  checks: Map<string, GraphCheck[]>,
  binder: Binder,
  cache: CompileCache | undefined,
): Promise<void> {
  const byId = new Map(drafts.datasets.map((draft) => [draft.id, draft]));
  const declared = new Set<string>();
  const declare = async (id: string): Promise<void> => {
    const known = columns.get(id);
    if (known === undefined || declared.has(id)) return;
    declared.add(id);
    await binder.declare(id, known);
  };
  for (const level of order.levels) {
    await Promise.all(
      level.map(async (id) => {
        const draft = byId.get(id);
        if (draft === undefined) return;
        const own = await findColumns(draft, parsed.get(id), columns, declare, binder, cache);
        if (own === undefined) return;
        columns.set(id, own);
        checks.set(id, await bindChecks(draft, own, { binder, cache, declare }));
      }),
    );
  }
}

async function findColumns(
  draft: DatasetDraft,
  model: ParsedModel | undefined,
  columns: ReadonlyMap<string, readonly GraphColumn[]>,
  declare: (id: string) => Promise<void>,
  binder: Binder,
  cache: CompileCache | undefined,
): Promise<GraphColumn[] | undefined> {
  if (draft.kind === "source") return declaredColumns(draft);
  // What an input lacks has been told about the input.
  if (model === undefined || !model.complete || !model.inputs.every((id) => columns.has(id)))
    return undefined;
  return bindModel(model, columns, declare, binder, cache);
}
