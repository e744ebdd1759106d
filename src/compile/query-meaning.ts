import type { DatasetId, GraphColumn, QueryMeaning } from "../graph/graph.ts";
import { type NormalQuery, type QueryItem, shortHash } from "../sql/canonical.ts";
import type { DatasetNames } from "./dataset-names.ts";

/**
 * What a model's query means, now that the columns around it are known. Undefined where a name that was put aside
 * could be that of a column: `name.field` would then have two readings, and only the query as written is safe.
 */
export function settleMeaning(
  normal: NormalQuery | undefined,
  names: DatasetNames,
  inputs: Iterable<readonly GraphColumn[]>,
  columns: readonly GraphColumn[],
): QueryMeaning | undefined {
  if (normal === undefined) return undefined;
  const aliases = new Set(normal.aliases);
  for (const input of inputs) {
    for (const { name, engineType } of input) {
      if (aliases.has(name.toLowerCase()) || mentions(engineType, aliases)) return undefined;
    }
  }
  const tables: DatasetId[] = [];
  for (const name of normal.tables) {
    const found = names.find(name);
    if (found === undefined || found === "unreadable") return undefined;
    tables.push(found.id);
  }
  const parts = normal.parts && meaningOfColumns(normal.parts.items, columns);
  return {
    query: normal.text,
    tables,
    ...(normal.parts === undefined || parts === undefined ? {} : { rows: normal.parts.rows, columns: parts }),
  };
}

/** Whether a type, such as that of a struct, has a field by one of these names. */
function mentions(engineType: string, names: ReadonlySet<string>): boolean {
  return (
    engineType.includes("(") && (engineType.toLowerCase().match(/\w+/g) ?? []).some((word) => names.has(word))
  );
}

/** Which item of the select list each column comes from; undefined where several items stand for any number. */
function meaningOfColumns(
  items: readonly QueryItem[],
  columns: readonly GraphColumn[],
): readonly string[] | undefined {
  const star = items.findIndex(({ many }) => many);
  if (star === -1) return items.length === columns.length ? items.map(({ text }) => text) : undefined;
  const after = items.length - star - 1;
  if (items.findLastIndex(({ many }) => many) !== star || columns.length < star + after) return undefined;
  return columns.map(({ name }, at) => {
    const place = at < star ? at : at - columns.length + items.length;
    const item = at < star || at >= columns.length - after ? items[place] : items[star];
    if (item === undefined || !item.many) return item?.text ?? "";
    const column = name.toLowerCase();
    return item.replaced?.[column] ?? shortHash(JSON.stringify([item.text, column]));
  });
}
