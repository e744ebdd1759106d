import type { Diagnostic } from "../errors.ts";
import type { DatasetId, Parameter } from "../graph/graph.ts";
import type { DatasetReference, Outcome, ParsedQuery, SqlProblem } from "../sql/binder.ts";
import type { NormalQuery } from "../sql/canonical.ts";
import type { DatasetNames } from "./dataset-names.ts";
import type { DatasetDraft, ModelDraft, QueryDraft } from "./draft.ts";

/** A model whose query was parsed and whose inputs are known by name. */
export interface ParsedModel {
  readonly draft: ModelDraft;
  /** Hash of the query as it is written, or, for models with `rows`, of their module. */
  readonly exact: string;
  /** What the query means where names do not matter; see `settleMeaning`. */
  readonly normal?: NormalQuery;
  readonly inputs: readonly DatasetId[];
  /** Where the query refers to each input first. */
  readonly references: ReadonlyMap<DatasetId, DatasetReference>;
  /** How often it does. */
  readonly uses: Readonly<Record<DatasetId, number>>;
  readonly aliases: Readonly<Record<string, DatasetId>>;
  readonly parameters: readonly Parameter[];
  readonly ordered: boolean;
  /** False when something it reads does not exist or could not be read. */
  readonly complete: boolean;
}

/** A problem of SQL as a mistake in the file it was written in. */
export function placeProblem(draft: DatasetDraft, query: QueryDraft, problem: SqlProblem): Diagnostic {
  return {
    code: problem.code,
    severity: "error",
    message: problem.message,
    path: draft.file.path,
    ...(problem.position === undefined
      ? { line: query.placeOf(0, undefined).line }
      : query.placeOf(problem.position, problem.length)),
    ...(problem.hint === undefined ? {} : { suggestion: problem.hint }),
  };
}

/** Find the inputs of a model, whose query was parsed if it has one. Undefined when there is no query that can be used. */
export function resolveModel(
  draft: ModelDraft,
  outcome: Outcome<ParsedQuery> | undefined,
  names: DatasetNames,
): ParsedModel | undefined {
  const { query } = draft;
  const aliases = resolveAliases(draft, names);
  if (query === undefined || outcome === undefined)
    return draft.computed ? computedModel(draft, aliases) : undefined;
  const problems = outcome.ok ? outcome.value.problems : outcome.problems;
  for (const problem of problems) draft.mistakes.diagnostics.push(placeProblem(draft, query, problem));
  if (!outcome.ok || problems.length > 0) return undefined;
  return resolveReferences(draft, query, outcome.value, names, aliases.unknown);
}

function resolveReferences(
  draft: ModelDraft,
  query: QueryDraft,
  parsed: ParsedQuery,
  names: DatasetNames,
  unknown: ReadonlySet<string>,
): ParsedModel {
  const references = new Map<DatasetId, DatasetReference>();
  const uses: Record<DatasetId, number> = {};
  let complete = true;
  const reported = new Set(unknown);
  for (const reference of parsed.references) {
    const found = names.find(reference.name);
    if (found === undefined || found === "unreadable") {
      complete = false;
      if (found === undefined && !reported.has(reference.name)) {
        reported.add(reference.name);
        const place = query.placeOf(reference.position, reference.name.length);
        draft.mistakes.diagnostics.push(unknownDataset(draft, reference.name, names, place));
      }
    } else {
      if (!references.has(found.id)) references.set(found.id, reference);
      uses[found.id] = (uses[found.id] ?? 0) + 1;
    }
  }
  return {
    draft,
    ...parsed.canonical,
    inputs: [...references.keys()].sort(),
    references,
    uses,
    aliases: {},
    parameters: parsed.parameters as readonly Parameter[],
    ordered: parsed.ordered,
    complete,
  };
}

interface Aliases {
  readonly resolved: Readonly<Record<string, DatasetId>>;
  /** Names that do not exist; reported. */
  readonly unknown: ReadonlySet<string>;
  readonly complete: boolean;
}

function resolveAliases(draft: ModelDraft, names: DatasetNames): Aliases {
  const resolved: Record<string, DatasetId> = {};
  const unknown = new Set<string>();
  let complete = true;
  for (const [alias, name] of Object.entries(draft.aliases)) {
    const found = names.find(name);
    if (found === undefined) {
      unknown.add(name);
      const place = draft.mistakes.settings.placeOf(["inputs", alias]) ?? { line: 1 };
      draft.mistakes.diagnostics.push(unknownDataset(draft, name, names, place));
    }
    if (found === undefined || found === "unreadable") complete = false;
    else resolved[alias] = found.id;
  }
  return { resolved, unknown, complete };
}

function computedModel(draft: ModelDraft, { resolved, complete }: Aliases): ParsedModel {
  return {
    draft,
    exact: draft.file.hash,
    inputs: [...new Set(Object.values(resolved))].sort(),
    references: new Map(),
    uses: {},
    aliases: resolved,
    parameters: [],
    ordered: false,
    complete,
  };
}

function unknownDataset(
  draft: DatasetDraft,
  name: string,
  names: DatasetNames,
  place: { readonly line?: number },
): Diagnostic {
  const suggestion = names.suggest(name);
  return {
    code: "unknown-dataset",
    severity: "error",
    message: name.includes(".")
      ? `dataset "${name}" does not exist`
      : `"${name}" is not a dataset: names are schema.name`,
    path: draft.file.path,
    ...place,
    ...(suggestion === undefined ? {} : { suggestion }),
  };
}
