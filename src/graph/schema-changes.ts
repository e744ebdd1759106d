import type { TableColumn } from "./table-column.ts";

/** One difference between the columns of two tables; `type` is the engine's. */
export type SchemaChange =
  | { readonly change: "added"; readonly column: string; readonly type: string }
  | { readonly change: "removed"; readonly column: string; readonly type: string }
  | { readonly change: "retyped"; readonly column: string; readonly from: string; readonly to: string }
  /** Recognised by its values, never by its name. */
  | { readonly change: "renamed"; readonly column: string; readonly from: string };

/** How the columns of two tables differ, in the order of the second; what only the first has comes last. */
export function schemaChanges(a: readonly TableColumn[], b: readonly TableColumn[]): SchemaChange[] {
  const before = new Map(a.map((column) => [column.name, column.engineType]));
  const after = new Set(b.map(({ name }) => name));
  return [
    ...b.flatMap(({ name, engineType }): SchemaChange[] => {
      const from = before.get(name);
      if (from === undefined) return [{ change: "added", column: name, type: engineType }];
      return from === engineType ? [] : [{ change: "retyped", column: name, from, to: engineType }];
    }),
    ...a.flatMap(({ name, engineType }): SchemaChange[] =>
      after.has(name) ? [] : [{ change: "removed", column: name, type: engineType }],
    ),
  ];
}

/** Whether the columns that both have stand in another order. */
export function isReordered(a: readonly TableColumn[], b: readonly TableColumn[]): boolean {
  const common = (of: readonly TableColumn[], other: readonly TableColumn[]): string[] => {
    const names = new Set(other.map(({ name }) => name));
    return of.map(({ name }) => name).filter((name) => names.has(name));
  };
  const [left, right] = [common(a, b), common(b, a)];
  return left.some((name, index) => name !== right[index]);
}
