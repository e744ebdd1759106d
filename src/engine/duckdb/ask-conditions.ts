import { quoteText } from "../../sql/quote.ts";
import type { Database } from "./database.ts";

/** A node of a parsed expression, as the engine's parser writes it. */
export interface SyntaxNode {
  readonly class?: string;
  readonly type?: string;
  readonly [part: string]: unknown;
}

/** A condition on one row, as far as it was understood. */
export interface Condition {
  readonly sql: string;
  /** Absent where it is more than an expression over columns: a query, a window, chance. */
  readonly syntax?: SyntaxNode;
  /** The columns it names, as the table spells them. */
  readonly columns: readonly string[];
  /** What evaluating it costs beside others, very roughly: a comparison is 1. */
  readonly weight: number;
  /** Some part of it may raise an error that another part keeps away, as in `a is null or cast(a as date) > …`. */
  readonly mayGuard: boolean;
}

/** What an expression may consist of whose value follows from the values of the columns it names, and from nothing else. */
const plainNodes = new Set([
  "BETWEEN",
  "CASE",
  "CAST",
  "COLLATE",
  "COLUMN_REF",
  "COMPARISON",
  "CONJUNCTION",
  "CONSTANT",
  "FUNCTION",
  "OPERATOR",
]);

/** Functions whose value is another each time, or hangs on more than their arguments. */
const restless =
  /^(?:random|setseed|uuid|uuidv4|uuidv7|gen_random_uuid|nextval|currval|stats|getvariable|current_setting)$/i;

/** Functions that have a value for every value. */
const total =
  /^(?:length|upper|lower|l?r?trim|isnan|isinf|isfinite|starts_with|prefix|ends_with|suffix|contains|!?~~~?|regexp_full_match)$/i;

/** Measured once: a pattern costs tens of times as much as a comparison of numbers, other functions of text some times. */
function weightOf({ class: kind, type, function_name: name, children }: SyntaxNode): number {
  if (kind === "FUNCTION") return /regexp|~~/.test(String(name)) ? (name === "~~~" ? 10 : 30) : 4;
  return type?.endsWith("_IN") && Array.isArray(children) ? children.length : 1;
}

/** Look into conditions. One statement parses all of them; what the engine cannot parse is told when it is asked. */
export async function readConditions(
  database: Database,
  conditions: readonly string[],
  columns: readonly { readonly name: string }[],
): Promise<readonly Condition[]> {
  if (conditions.length === 0) return [];
  const names = new Map(columns.map(({ name }) => [name.toLowerCase(), name]));
  const queries = conditions.map((sql) => quoteText(`select (${sql}\n) from this`));
  const answers = await database.all<{ tree: string }>(
    `select json_serialize_sql(query, skip_null := true, skip_empty := true) as tree from unnest([${queries.join(", ")}]) as all_of(query)`,
  );
  return conditions.map((sql, at) => understood(sql, answers[at]?.tree ?? "", names));
}

function understood(sql: string, tree: string, names: ReadonlyMap<string, string>): Condition {
  const parsed = JSON.parse(tree || "{}") as {
    readonly statements?: readonly {
      readonly node?: { readonly type?: string; readonly select_list?: readonly SyntaxNode[] };
    }[];
  };
  const [statement, ...statements] = parsed.statements ?? [];
  const [syntax, ...others] = statement?.node?.select_list ?? [];
  const found: Sight = { columns: new Set(), weight: 0, chooses: false, mayFail: false };
  const isPlain =
    syntax !== undefined && statements.length === 0 && others.length === 0 && look(syntax, names, found);
  return {
    sql,
    ...(isPlain ? { syntax } : {}),
    columns: isPlain ? [...found.columns] : [],
    weight: Math.max(found.weight, 1),
    mayGuard: !isPlain || (found.chooses && found.mayFail),
  };
}

interface Sight {
  readonly columns: Set<string>;
  weight: number;
  chooses: boolean;
  mayFail: boolean;
}

/** Whether a node and all below it are plain; collects what they name and weigh. */
function look(node: SyntaxNode, names: ReadonlyMap<string, string>, found: Sight): boolean {
  found.weight += node.class === "CONSTANT" || node.class === "COLUMN_REF" ? 0 : weightOf(node);
  found.chooses ||= ["CONJUNCTION", "CASE"].includes(node.class ?? "") || node.type === "OPERATOR_COALESCE";
  found.mayFail ||=
    node.class === "CAST" || (node.class === "FUNCTION" && !total.test(String(node["function_name"])));
  if (!plainNodes.has(node.class ?? "") || node.type === "GROUPING_FUNCTION") return false;
  if (node.class === "FUNCTION" && restless.test(String(node["function_name"]))) return false;
  if (node.class === "COLUMN_REF") {
    const name = columnOf(node, names);
    if (name !== undefined) found.columns.add(name);
    return name !== undefined;
  }
  let isPlain = true;
  for (const child of childrenOf(node)) isPlain = look(child, names, found) && isPlain;
  return isPlain;
}

/** The column that a reference names; with a field behind it, the column that has it. */
const columnOf = (node: SyntaxNode, names: ReadonlyMap<string, string>): string | undefined =>
  names.get(pathOf(node, names)[0] ?? "");

/** What a reference names, in small letters: a column, and fields in it. The table's name before it is left out. */
export function pathOf(node: SyntaxNode, names: ReadonlyMap<string, unknown>): readonly string[] {
  const path = node["column_names"] as readonly string[] | undefined;
  const [first = "", ...rest] = (path ?? []).map((name) => name.toLowerCase());
  if (first !== "this" || rest.length === 0) return [first, ...rest];
  // A column called like the table: the engine decides which of the two is meant.
  return names.has("this") ? [] : rest;
}

function childrenOf(node: SyntaxNode): readonly SyntaxNode[] {
  return Object.entries(node).flatMap(([part, value]) => {
    if (part === "value" || part === "cast_type") return [];
    return nodesIn(value);
  });
}

function nodesIn(value: unknown): readonly SyntaxNode[] {
  if (Array.isArray(value)) return value.flatMap(nodesIn);
  if (typeof value !== "object" || value === null) return [];
  return "class" in value ? [value as SyntaxNode] : Object.values(value).flatMap(nodesIn);
}
