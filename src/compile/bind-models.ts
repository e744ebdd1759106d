import type { ColumnSpec } from "../define/column.ts";
import type { GraphCheck, GraphColumn } from "../graph/graph.ts";
import type { QueryLineage } from "../graph/lineage.ts";
import { didYouMean } from "../graph/nearest-name.ts";
import type { ProvenUnique } from "../graph/unique-columns.ts";
import type { Binder, BoundColumn, Distribution } from "../sql/binder.ts";
import { engineTypeOf, fits, logicalTypeOf } from "../sql/engine-type.ts";
import { judgeColumn, type ColumnDraft } from "./columns.ts";
import type { ModelDraft, SourceDraft } from "./draft.ts";
import { findUses } from "./find-uses.ts";
import { type ParsedModel, placeProblem } from "./parse-models.ts";
import { promisesOf, proveUnique } from "./prove-unique.ts";

/** Columns that are known from their declaration alone; undefined when one of them is not usable. */
function declaredColumns(draft: SourceDraft | ModelDraft): GraphColumn[] | undefined {
  const columns: GraphColumn[] = [];
  for (const { name, spec, sound } of draft.columns ?? []) {
    const { type } = spec;
    if (type === undefined) {
      if (sound) draft.mistakes.add("bad-setting", ["columns", name], `column "${name}" has no type`);
      return undefined;
    }
    const declared: ColumnSpec = { ...spec, type };
    judgeColumn(name, declared, draft.mistakes, engineTypeOf(declared));
    const { unit } = declared;
    columns.push({
      name,
      engineType: engineTypeOf(declared),
      declared,
      ...(unit === undefined ? {} : { unit }),
    });
  }
  return columns.length === 0 ? undefined : columns;
}

/** The columns of a dataset and, where it has a query, where their values come from. */
export interface BoundDataset {
  readonly columns: readonly GraphColumn[];
  readonly lineage?: QueryLineage;
  readonly distribution?: Distribution;
  /** What the query proves of columns that the model promises to be unique, whatever checks say so. */
  readonly unique?: (checks: readonly GraphCheck[]) => readonly ProvenUnique[];
}

/** What is known of a dataset without a query. */
export function bindDeclared(draft: SourceDraft | ModelDraft): BoundDataset | undefined {
  const columns = declaredColumns(draft);
  return columns && { columns };
}

/** What a model's query produces, with what the model declares about it; undefined when it does not bind. */
export async function bindModel(
  model: ParsedModel,
  inputs: ReadonlyMap<string, readonly GraphColumn[]>,
  declare: (dataset: string) => Promise<void>,
  binder: Binder,
): Promise<BoundDataset | undefined> {
  const { query } = model.draft;
  if (query === undefined) return bindDeclared(model.draft);
  await Promise.all(model.inputs.map(declare));
  const promises = promisesOf(model.draft);
  const outcome = await binder.trace(query.sql, promises);
  if (!outcome.ok) {
    const read = model.inputs.map((id) => [id, inputs.get(id) ?? []] as const);
    const [first, ...others] = outcome.problems;
    const uses = first === undefined ? [] : await findUses(model.draft.id, query.sql, first, read, binder);
    for (const problem of [...uses, ...others])
      model.draft.mistakes.diagnostics.push(placeProblem(model.draft, query, problem));
    return undefined;
  }
  const { bound, distribution, proofs, ...lineage } = outcome.value;
  const columns = withUnits(model.draft, joinDeclared(model.draft, bound), lineage, inputs);
  return {
    columns,
    lineage,
    distribution,
    unique: (checks) => proveUnique(columns, checks, promises, proofs),
  };
}

/**
 * Columns with the units of their values: as declared, or of the column that is passed on unchanged. A column that
 * says another unit than the values have is a mistake.
 */
function withUnits(
  draft: ModelDraft,
  columns: readonly GraphColumn[],
  lineage: QueryLineage,
  inputs: ReadonlyMap<string, readonly GraphColumn[]>,
): GraphColumn[] {
  const origins = new Map(lineage.columns.map((one) => [one.column, one]));
  return columns.map((column) => {
    const origin = origins.get(column.name);
    const passedOn = origin?.kind === "identity" && origin.proven ? origin.direct : [];
    const found = passedOn.map((from) => ({
      ...from,
      unit: inputs.get(from.dataset)?.find(({ name }) => name === from.column)?.unit,
    }));
    const declared = column.declared?.unit;
    const other = found.find(({ unit }) => unit !== undefined && declared !== undefined && unit !== declared);
    if (other !== undefined) {
      draft.mistakes.add(
        "unit-clash",
        ["columns", column.name, "unit"],
        `column "${column.name}" is declared in "${declared}", but ${other.dataset}.${other.column}, which it passes on unchanged, is in "${other.unit}"`,
        { suggestion: `convert it in the query, or declare "${other.unit}"` },
      );
    }
    const units = new Set(found.map(({ unit }) => unit));
    const unit = declared ?? (units.size === 1 ? [...units][0] : undefined);
    return unit === undefined ? column : { ...column, unit };
  });
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
    judgeColumn(written, declared, draft.mistakes, engineType);
    return { name, engineType, declared };
  }
  const declared: ColumnSpec = { ...spec, type };
  judgeColumn(written, declared, draft.mistakes, engineTypeOf(declared));
  if (!fits(engineType, declared)) {
    const wanted = engineTypeOf(declared);
    const message = `column "${name}" is declared as ${spell(declared)}, but the query produces ${engineType}`;
    const meant = { type: logicalTypeOf(engineType) };
    // Times of day, bytes, lists and the like are kept as they are, but no declared type is theirs.
    const suggestion = fits(engineType, { ...meant, scale: 38 })
      ? `cast it in the query, or declare it as ${spell(meant, engineType)}`
      : "cast it in the query, or do not declare its type";
    draft.mistakes.add("type-clash", ["columns", written, "type"], message, { suggestion });
    return { name, engineType: wanted, declared };
  }
  return { name, engineType: engineTypeOf(declared), declared };
}

/** A type as people declare it. */
const spell = (spec: Pick<ColumnSpec, "type">, engineType = engineTypeOf(spec)): string =>
  spec.type === "decimal" ? engineType.toLowerCase() : spec.type;
