/** The meaning of a query as text: what may be written in several ways is written in one. */

import { hash } from "node:crypto";

/** A node of the engine's syntax tree, as its JSON. */
type Tree = Readonly<Record<string, unknown>>;

/** A query without what does not change its answer, as hashes: the texts are many times as long as the query. */
export interface CanonicalQuery {
  /** Spacing, comments, letter case of keywords and redundant parentheses are gone; names mean what they are. */
  readonly exact: string;
  /** Absent where names could not be put aside with certainty. */
  readonly normal?: NormalQuery;
}

/**
 * The query with the names of its tables and of its CTEs put aside: renaming them changes nothing. Letter case
 * of names is gone too, unless it could be seen in the answer.
 */
export interface NormalQuery {
  readonly text: string;
  /** The datasets, in lower case, that the text calls by their place in this list. */
  readonly tables: readonly string[];
  /**
   * The names put aside, in lower case. A column of an input with such a name could be what `name.field` means:
   * then this form is not to be used.
   */
  readonly aliases: readonly string[];
  /** What decides about the rows, and what each item of the select list is. Absent for set operations. */
  readonly parts?: QueryParts;
}

export interface QueryParts {
  readonly rows: string;
  readonly items: readonly QueryItem[];
}

export interface QueryItem {
  /** Stands for any number of columns: `*`, `COLUMNS(…)`, `unnest(…)`. */
  readonly many: boolean;
  readonly text: string;
  /** For `* replace`: what stands in place of a column, by its name in lower case. */
  readonly replaced?: Readonly<Record<string, string>>;
}

/** No name can contain it, so what is put in place of a name is never taken for one. */
const aside = "\u0000";

const hashOf = (text: string): string => hash("sha256", text);

/** Enough to tell the parts of one query apart from those of its next edition. */
export const shortHash = (text: string): string => hashOf(text).slice(0, 16);

/** The canonical forms of a statement: `json` is what the engine serialised, `statement` the same parsed, which is used up. */
export function canonicalQuery(json: string, statement: unknown): CanonicalQuery {
  if (/\d{16}/.test(json)) {
    // Numbers of 64 bits and more have lost digits in the parsed tree, so the text stands for it.
    // Inside a string the quotes are escaped, so the pattern cannot match there.
    const text = json.replaceAll(/"query_location":\d+,?/g, "");
    if (/\d{16}/.test(text)) return { exact: hashOf(text) };
  }
  const normal = new Normaliser(statement as Tree).query();
  // With the names that were put aside it says all that the query does.
  return { exact: hashOf(JSON.stringify([normal.text, normal.tables, normal.aliases])), normal };
}

const isTree = (value: unknown): value is Tree =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const lower = (value: unknown): string => String(value).toLowerCase();

/** Something a query reads from: it has a place in a FROM, and so an alias and perhaps a sample. */
const isFrom = (node: Tree): boolean =>
  node["class"] === undefined && "alias" in node && "sample" in node && typeof node["type"] === "string";

/** Functions that name parts of their answer after their arguments, or tell a name. */
const tellNames: ReadonlySet<string> = new Set(["struct_pack", "alias"]);

class Normaliser {
  readonly #statement: Tree;
  /** How often each text occurs, and how often as something that may be renamed. */
  readonly #texts = new Map<string, number>();
  readonly #renamable = new Map<string, number>();
  /** How often a name is given to a table or to a CTE. */
  readonly #given = new Map<string, number>();
  readonly #ctes = new Set<string>();
  readonly #tables = new Map<string, number>();
  readonly #names = new Map<string, string>();
  #caseShows = false;
  readonly #singles: string[] = [];
  /** Names that columns are taken from, or may be. */
  readonly #referred = new Set<string>();

  constructor(statement: Tree) {
    this.#statement = statement;
    this.#findCtes(statement["node"]);
    this.#look(statement["node"]);
    this.#caseShows ||= this.#singles.some((name) => this.#given.has(name));
    for (const [name, given] of this.#given) {
      if (given === 1 && this.#texts.get(name) === this.#renamable.get(name) && /^[a-z_]\w*$/.test(name)) {
        this.#names.set(name, `${aside}${this.#names.size}`);
      }
    }
  }

  query(): NormalQuery {
    const node = this.#statement["node"] as Tree;
    this.#write(node);
    return {
      ...(node["type"] === "SELECT_NODE" ? this.#parts(node) : { text: hashOf(JSON.stringify(node)) }),
      tables: [...this.#tables.keys()],
      aliases: [...this.#names.keys()],
    };
  }

  #findCtes(value: unknown): void {
    if (Array.isArray(value)) for (const item of value) this.#findCtes(item);
    else if (isTree(value)) {
      const ctes = value["cte_map"];
      if (isTree(ctes)) for (const { key } of ctes["map"] as readonly Tree[]) this.#ctes.add(lower(key));
      for (const key in value) if (typeof value[key] === "object") this.#findCtes(value[key]);
    }
  }

  /** Count names, and see whether letter case of a name can show in the answer. */
  #look(value: unknown): void {
    if (typeof value === "string") add(this.#texts, value.toLowerCase());
    else if (Array.isArray(value)) for (const item of value) this.#look(item);
    else if (isTree(value)) {
      this.#lookAt(value);
      for (const key in value) this.#look(value[key]);
    }
  }

  #lookAt(node: Tree): void {
    if (isFrom(node)) this.#lookAtFrom(node);
    const ctes = node["cte_map"];
    if (isTree(ctes)) {
      for (const { key } of ctes["map"] as readonly Tree[]) this.#give(key);
    }
    if (node["class"] === "COLUMN_REF") {
      const names = node["column_names"] as readonly string[];
      if (names.length > 1) add(this.#renamable, lower(names[0]));
      else this.#singles.push(lower(names[0]));
      for (const name of names.length > 1 ? names.slice(0, -1) : names) this.#referred.add(lower(name));
    } else if (node["class"] === "STAR") {
      if (node["relation_name"] !== "") add(this.#renamable, lower(node["relation_name"]));
      this.#referred.add(lower(node["relation_name"]));
      for (const excluded of node["qualified_exclude_list"] as readonly Tree[])
        for (const name of Object.values(excluded)) this.#referred.add(lower(name));
      const plain = node["columns"] === false && node["expr"] === null;
      const renames = (node["rename_list"] as readonly unknown[]).length > 0;
      if (!plain || renames) this.#caseShows = true;
    } else if (tellNames.has(lower(node["function_name"]))) this.#caseShows = true;
    if (node["type"] === "RECURSIVE_CTE_NODE") add(this.#renamable, lower(node["cte_name"]));
    if (String(node["type"]).includes("PIVOT")) this.#caseShows = true;
  }

  #lookAtFrom(node: Tree): void {
    if (node["alias"] !== "") this.#give(node["alias"]);
    if (node["type"] !== "BASE_TABLE") return;
    if (this.#isCte(node)) add(this.#renamable, lower(node["table_name"]));
    else if (node["alias"] === "") this.#give(node["table_name"]);
    else if (lower(node["alias"]) === lower(node["table_name"])) add(this.#renamable, lower(node["alias"]));
  }

  #give(name: unknown): void {
    add(this.#given, lower(name));
    add(this.#renamable, lower(name));
  }

  #isCte(node: Tree): boolean {
    return (
      node["schema_name"] === "" && node["catalog_name"] === "" && this.#ctes.has(lower(node["table_name"]))
    );
  }

  #name(name: unknown): unknown {
    if (typeof name !== "string") return name;
    return this.#names.get(name.toLowerCase()) ?? this.#case(name);
  }

  #case(name: unknown): unknown {
    return typeof name === "string" && !this.#caseShows ? name.toLowerCase() : name;
  }

  /** In place, because trees are large. What is undefined is not written to text. */
  #write(value: unknown): void {
    if (Array.isArray(value)) for (const item of value) this.#write(item);
    else if (isTree(value)) {
      const node = value as Record<string, unknown>;
      for (const key in node) {
        if (key === "query_location") node[key] = undefined;
        else if (typeof node[key] === "object") this.#write(node[key]);
      }
      this.#writeNames(node);
    }
  }

  #writeNames(node: Record<string, unknown>): void {
    if (node["class"] === "COLUMN_REF") {
      const names = node["column_names"] as readonly string[];
      node["column_names"] = names.map((name, at) =>
        at === 0 && names.length > 1 ? this.#name(name) : this.#case(name),
      );
    } else if (node["class"] === "STAR") {
      node["relation_name"] = this.#name(node["relation_name"]);
      node["exclude_list"] = (node["exclude_list"] as readonly unknown[]).map((name) => this.#case(name));
    } else if (isFrom(node)) this.#writeFrom(node);
    if (node["type"] === "RECURSIVE_CTE_NODE") node["cte_name"] = this.#name(node["cte_name"]);
    if (isTree(node["cte_map"])) {
      for (const entry of node["cte_map"]["map"] as readonly Record<string, unknown>[])
        entry["key"] = this.#name(entry["key"]);
    }
  }

  #writeFrom(node: Record<string, unknown>): void {
    const isTable = node["type"] === "BASE_TABLE";
    const called = node["alias"] === "" && isTable ? node["table_name"] : node["alias"];
    // A name that nothing refers to means nothing.
    node["alias"] = this.#referred.has(lower(called)) ? this.#name(called) : "";
    if (Array.isArray(node["using_columns"]))
      node["using_columns"] = node["using_columns"].map((name) => this.#case(name));
    if (!isTable) return;
    if (this.#isCte(node)) {
      node["table_name"] = this.#name(node["table_name"]);
      return;
    }
    const full = [node["catalog_name"], node["schema_name"], node["table_name"]].filter(
      (part) => part !== "",
    );
    const name = full.join(".").toLowerCase();
    const at = this.#tables.get(name) ?? this.#tables.size;
    this.#tables.set(name, at);
    node["catalog_name"] = "";
    node["schema_name"] = "";
    node["table_name"] = `${aside}table ${at}`;
  }

  /** The select list apart from all the rest. An item that others call by its alias is part of those. */
  #parts(node: Tree): Pick<NormalQuery, "text" | "parts"> {
    const { select_list: list, ...rest } = node;
    const selected = (list as readonly Tree[]).map((item) => ({ ...item, alias: "" }));
    const byAlias = new Map((list as readonly Tree[]).map((item, at) => [lower(item["alias"]), at]));
    byAlias.delete("");
    const whole = selected.map((item) => JSON.stringify(item));
    const hashes = whole.map(hashOf);
    const calls = selected.map((item, at) => aliasesIn(item, byAlias).filter((other) => other !== at));
    let everything: string | undefined;
    /** These items with all that they call, and what those call; everything where that is much. */
    const withCalled = (items: readonly number[]): string => {
      const reached = new Set(items);
      for (const at of reached) {
        for (const other of calls[at] ?? []) reached.add(other);
        if (reached.size > mostCalled) {
          everything ??= hashOf(hashes.join());
          return [...items.map((item) => hashes[item]), everything].join();
        }
      }
      return [...reached].map((at) => hashes[at]).join();
    };
    const inRows = shapesRows(rest, whole) ? hashes.join() : withCalled(aliasesIn(rest, byAlias));
    const rows = hashOf(`${JSON.stringify(rest)}\n${inRows}`);
    const names = JSON.stringify((list as readonly Tree[]).map((item) => item["alias"]));
    return {
      text: hashOf([rows, ...hashes, names].join("\n")),
      parts: {
        rows: rows.slice(0, 16),
        items: selected.map((item, at) => itemOf(item, whole[at] ?? "", withCalled([at]))),
      },
    };
  }
}

/** Items that others call by their alias, for one item. */
const mostCalled = 50;

function add(counts: Map<string, number>, name: string, by = 1): void {
  counts.set(name, (counts.get(name) ?? 0) + by);
}

/** Which items of the select list an expression calls by their alias. */
function aliasesIn(value: unknown, byAlias: ReadonlyMap<string, number>): number[] {
  const found = new Set<number>();
  const visit = (inner: unknown): void => {
    if (Array.isArray(inner)) for (const item of inner) visit(item);
    else if (isTree(inner)) {
      const names = inner["class"] === "COLUMN_REF" ? (inner["column_names"] as readonly string[]) : [];
      const at = names.length === 1 ? byAlias.get(lower(names[0])) : undefined;
      if (at !== undefined) found.add(at);
      for (const key in inner) if (typeof inner[key] === "object") visit(inner[key]);
    }
  };
  if (byAlias.size > 0) visit(value);
  return [...found].sort((a, b) => a - b);
}

const aggregates =
  /"function_name":"(?:count|count_star|sum|min|max|avg|list|string_agg|any_value|first|last|arg_\w+|unnest|unlist)"/;

/** Whether what is selected also decides which rows there are: `distinct`, `group by all`, places instead of names. */
function shapesRows(rest: Tree, items: readonly string[]): boolean {
  const groups = rest["group_expressions"] as readonly unknown[];
  const orders = JSON.stringify([groups, rest["modifiers"]]);
  if (rest["aggregate_handling"] !== "STANDARD_HANDLING") return true;
  if (/"DISTINCT_MODIFIER"|"class":"(?:CONSTANT|STAR)"/.test(orders)) return true;
  return items.some((item) => (groups.length === 0 ? aggregates.test(item) : item.includes('"unnest"')));
}

function itemOf(item: Tree, whole: string, called: string): QueryItem {
  const text = shortHash(called);
  const many =
    item["class"] === "STAR" || whole.includes('"columns":true') || item["function_name"] === "unnest";
  if (item["class"] !== "STAR" || item["columns"] === true || item["expr"] !== null) return { many, text };
  if ((item["rename_list"] as readonly unknown[]).length > 0) return { many, text };
  // What is left out changes which columns there are, not what they are.
  const replaced = (item["replace_list"] as readonly Tree[]).map(
    ({ key, value }) => [lower(key), shortHash(JSON.stringify(value))] as const,
  );
  return {
    many,
    text: shortHash(JSON.stringify(["*", item["relation_name"]])),
    ...(replaced.length === 0 ? {} : { replaced: Object.fromEntries(replaced) }),
  };
}
