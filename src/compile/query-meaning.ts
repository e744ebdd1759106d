import type { DatasetId, GraphColumn, QueryMeaning } from "../graph/graph.ts";
import type { CanonicalQuery, QueryItem } from "../sql/canonical.ts";
import { hashOf } from "./hash-of.ts";
import type { DatasetNames } from "./dataset-names.ts";

/** The normal form of a query as hashes. */
export interface NormalMeaning {
  readonly text: string;
  /** Datasets as the query calls them, in lower case. */
  readonly tables: readonly string[];
  /** Names that were put aside: no column of an input may have one of them. */
  readonly aliases: readonly string[];
  readonly rows?: string;
  readonly items?: readonly HashedItem[];
}

type HashedItem = Pick<QueryItem, "many" | "text" | "replaced">;

/** Enough to tell the parts of one query apart from those of its next edition. */
const short = (value: unknown): string => hashOf(value).slice(0, 16);

/** What of a query's canonical forms is kept. */
export function summarise({ exact, normal }: CanonicalQuery): {
  readonly exact: string;
  readonly normal?: NormalMeaning;
} {
  if (normal === undefined) return { exact: hashOf(exact) };
  const { text, tables, aliases, parts } = normal;
  return {
    exact: hashOf(exact),
    normal: {
      text: hashOf(text),
      tables,
      aliases,
      ...(parts === undefined ? {} : { rows: short(parts.rows), items: parts.items.map(hashItem) }),
    },
  };
}

function hashItem({ many, text, replaced }: QueryItem): HashedItem {
  const hashed = Object.entries(replaced ?? {}).map(([name, value]) => [name, short(value)] as const);
  return {
    many,
    text: short(text),
    ...(replaced === undefined ? {} : { replaced: Object.fromEntries(hashed) }),
  };
}

/**
 * What a model's query means, now that the columns around it are known. Undefined where a name that was put aside
 * could be that of a column: `name.field` would then have two readings, and only the query as written is safe.
 */
export function settleMeaning(
  normal: NormalMeaning | undefined,
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
  const parts = normal.items && meaningOfColumns(normal.items, columns);
  return {
    query: normal.text,
    tables,
    ...(normal.rows === undefined || parts === undefined ? {} : { rows: normal.rows, columns: parts }),
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
  items: readonly HashedItem[],
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
    return item.replaced?.[column] ?? short([item.text, column]);
  });
}
