import type { GraphCheck, GraphColumn } from "../graph/graph.ts";
import type { ProvenUnique } from "../graph/unique-columns.ts";
import type { Proofs, PromisedUnique } from "../sql/binder.ts";
import { engineTypeOf } from "../sql/engine-type.ts";
import type { ModelDraft } from "./draft.ts";

/** What a model promises to be unique, as it is written: its key, columns, and what its checks say. */
export function promisesOf({ columns = [], checks }: ModelDraft): readonly PromisedUnique[] {
  const kept = columns.map(({ name, spec }) => {
    const { type } = spec;
    return type === undefined ? { name } : { name, engineType: engineTypeOf({ ...spec, type }) };
  });
  const byName = new Map(kept.map((column) => [column.name.toLowerCase(), column]));
  const promised = promisedNames(
    columns.map(({ name, spec }) => ({ name, declared: spec })),
    checks.map(({ check }) => check),
  );
  return promised.map((names) => names.map((name) => byName.get(name.toLowerCase()) ?? { name }));
}

/** Of what a model promises to be unique: all that its query proves. `proofs` are those of `promises`. */
export function proveUnique(
  columns: readonly GraphColumn[],
  checks: readonly GraphCheck[],
  promises: readonly PromisedUnique[],
  proofs: readonly Proofs[],
): readonly ProvenUnique[] {
  const found = new Map(
    promises.map((promise, at) => [sameNames(promise.map(({ name }) => name)), proofs[at] ?? []]),
  );
  return promisedNames(columns, checks).flatMap((names) =>
    (found.get(sameNames(names)) ?? []).map((given) => ({ columns: names, given })),
  );
}

type Promising = Pick<GraphColumn, "name"> & {
  readonly declared?: { readonly key?: boolean; readonly unique?: boolean };
};

function promisedNames(
  columns: readonly Promising[],
  checks: readonly GraphCheck[],
): readonly (readonly string[])[] {
  const key = columns.filter(({ declared }) => declared?.key).map(({ name }) => name);
  const unique = columns.filter(({ declared }) => declared?.unique).map(({ name }) => [name]);
  const checked = checks.flatMap((check) => (check.check === "duplicate_values" ? [check.columns] : []));
  const all = [...(key.length === 0 ? [] : [key]), ...unique, ...checked];
  return [...new Map(all.map((names) => [sameNames(names), names])).values()];
}

/** Letter case says nothing: a definition may write a name otherwise than the query. */
const sameNames = (names: readonly string[]): string =>
  JSON.stringify(names.map((name) => name.toLowerCase()));
