import type { ColumnSpec } from "../define/column.ts";
import type { GraphColumn } from "../graph/graph.ts";
import { didYouMean } from "../graph/nearest-name.ts";
import type { Binder, BoundColumn } from "../sql/binder.ts";
import { engineTypeOf, fits, logicalTypeOf } from "../sql/engine-type.ts";
import { judgeColumn, type ColumnDraft } from "./columns.ts";
import { type CompileCache, remember } from "./compile-cache.ts";
import type { ModelDraft, SourceDraft } from "./draft.ts";
import { type ParsedModel, placeProblem } from "./parse-models.ts";

/** Columns that are known from their declaration alone; undefined when one of them is not usable. */
export function declaredColumns(draft: SourceDraft | ModelDraft): GraphColumn[] | undefined {
  const columns: GraphColumn[] = [];
  for (const { name, spec, sound } of draft.columns ?? []) {
    const { type } = spec;
    if (type === undefined) {
      if (sound) draft.mistakes.add("bad-setting", ["columns", name], `column "${name}" has no type`);
      return undefined;
    }
    const declared: ColumnSpec = { ...spec, type };
    judgeColumn(name, declared, draft.mistakes);
    columns.push({ name, engineType: engineTypeOf(declared), declared });
  }
  return columns.length === 0 ? undefined : columns;
}

/** The columns a model's query produces, with what the model declares about them; undefined when it does not bind. */
export async function bindModel(
  model: ParsedModel,
  inputs: ReadonlyMap<string, readonly GraphColumn[]>,
  declare: (dataset: string) => Promise<void>,
  binder: Binder,
  cache: CompileCache | undefined,
): Promise<GraphColumn[] | undefined> {
  const { query } = model.draft;
  if (query === undefined) return declaredColumns(model.draft);
  const known = model.inputs.map((id) => [
    id,
    inputs.get(id)?.map(({ name, engineType }) => [name, engineType]),
  ]);
  const bound = await remember(cache, ["bind", query.sql, known, binder.engineVersion], async () => {
    for (const id of model.inputs) await declare(id);
    const outcome = await binder.bind(query.sql);
    if (outcome.ok) return outcome.value;
    for (const problem of outcome.problems)
      model.draft.mistakes.diagnostics.push(placeProblem(model.draft, query, problem));
    return undefined;
  });
  return bound === undefined ? undefined : joinDeclared(model.draft, bound);
}

/** Every produced column, in order, with the declaration of its name. */
function joinDeclared(draft: ModelDraft, bound: readonly BoundColumn[]): GraphColumn[] {
  const declared = new Map((draft.columns ?? []).map((column) => [column.name.toLowerCase(), column]));
  const columns = bound.map((column): GraphColumn => {
    const declaration = declared.get(column.name.toLowerCase());
    declared.delete(column.name.toLowerCase());
    return declaration === undefined ? column : joinColumn(draft, column, declaration);
  });
  for (const { name } of declared.values()) {
    const names = bound.map((column) => column.name);
    draft.mistakes.add(
      "unknown-column",
      ["columns", name],
      `the query does not produce the declared column "${name}"`,
      {
        suggestion:
          didYouMean(name, names) ??
          `it produces ${names.slice(0, 10).join(", ")}${names.length > 10 ? ", …" : ""}`,
        part: "name",
      },
    );
  }
  return columns;
}

function joinColumn(
  draft: ModelDraft,
  { name, engineType }: BoundColumn,
  { name: written, spec }: ColumnDraft,
): GraphColumn {
  const { type } = spec;
  if (type === undefined) {
    const { precision, scale, ...rest } = spec;
    if (precision !== undefined || scale !== undefined) {
      const setting = precision === undefined ? "scale" : "precision";
      draft.mistakes.add(
        "bad-setting",
        ["columns", written, setting],
        `"${setting}" needs "type: decimal" beside it`,
      );
    }
    const declared: ColumnSpec = { ...rest, type: logicalTypeOf(engineType) };
    judgeColumn(written, declared, draft.mistakes);
    return { name, engineType, declared };
  }
  const declared: ColumnSpec = { ...spec, type };
  judgeColumn(written, declared, draft.mistakes);
  if (!fits(engineType, declared)) {
    const wanted = engineTypeOf(declared);
    const message = `column "${name}" is declared as ${spell(declared)}, but the query produces ${engineType}`;
    const suggestion = `cast it in the query, or declare it as ${spell({ type: logicalTypeOf(engineType) }, engineType)}`;
    draft.mistakes.add("type-clash", ["columns", written, "type"], message, { suggestion });
    return { name, engineType: wanted, declared };
  }
  return { name, engineType: engineTypeOf(declared), declared };
}

/** A type as people declare it. */
const spell = (spec: Pick<ColumnSpec, "type">, engineType = engineTypeOf(spec)): string =>
  spec.type === "decimal" ? engineType.toLowerCase() : spec.type;
