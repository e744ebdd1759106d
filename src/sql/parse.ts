/** From the engine's syntax tree to what a model's query refers to. */
import type { DatasetReference, Outcome, ParsedQuery, SqlProblem } from "./binder.ts";
import { canonicalQuery } from "./canonical.ts";
import { readEngineJson } from "./engine-json.ts";
import { type Hermetic, parameterNames } from "./hermetic.ts";
import { Positions } from "./positions.ts";
import { findParameter, scanSql } from "./scan-sql.ts";

/** A node of the engine's syntax tree, as its JSON. */
type Tree = Readonly<Record<string, unknown>>;

/** A reference with the name by which the query calls the dataset. */
export interface AliasedReference extends DatasetReference {
  readonly alias: string;
}

/**
 * Read the answer of `json_serialize_sql` for a query.
 * Only what the tree itself tells: whether datasets and columns exist is for `bind`.
 */
export function readTree(sql: string, json: string, hermetic: Hermetic): Outcome<ParsedQuery> {
  const positions = new Positions(sql);
  const tree = readEngineJson(json) as Tree;
  const refused = tree["error"] === true ? readParseError(sql, tree, positions) : undefined;
  if (refused !== undefined) return { ok: false, problems: [refused] };
  const statements = tree["statements"] as readonly Tree[];
  if (statements.length !== 1 || statements[0] === undefined) {
    return { ok: false, problems: [notOneStatement(sql, statements.length)] };
  }
  const statement = statements[0];
  const walk = new Walk(positions, hermetic);
  walk.visit(statement["node"], new Set());
  const parameters = (statement["named_param_map"] as readonly Tree[])
    .map((entry) => String(entry["key"]))
    .sort();
  return {
    ok: true,
    value: {
      canonical: canonicalQuery(json, statement),
      references: walk.references,
      parameters,
      ordered: hasOrder(statement["node"] as Tree),
      problems: [...walk.problems, ...unknownParameters(sql, parameters)],
    },
  };
}

function readParseError(sql: string, tree: Tree, positions: Positions): SqlProblem {
  const message = String(tree["error_message"]);
  if (!message.startsWith("Only SELECT statements")) {
    return syntaxProblem(sql, message, positions.at(tree["position"]));
  }
  const separators = [...scanSql(sql)].filter((token) => sql[token.start] === ";" && token.kind === "mark");
  const last = [...scanSql(sql)].at(-1);
  const separator = separators[0];
  if (
    separator !== undefined &&
    last !== undefined &&
    last.start > separator.start &&
    sql[last.start] !== ";"
  ) {
    return notOneStatement(sql, separators.length + 1);
  }
  const words = [...scanSql(sql)].filter((token) => token.kind === "word");
  const first = words[0];
  if (words.some((word) => /^pivot(?:_wider)?$/i.test(sql.slice(word.start, word.end)))) {
    return {
      code: "sql-not-a-query",
      message: "PIVOT without IN finds its columns in the data, so they are not known before it runs",
      hint: "list the values: PIVOT … ON column IN ('a', 'b') USING …",
      ...mark(first),
    };
  }
  return {
    code: "sql-not-a-query",
    message: "a model is one SELECT; it cannot change anything",
    ...mark(first),
  };
}

const mark = (token: { readonly start: number; readonly end: number } | undefined) =>
  token === undefined ? {} : { position: token.start, length: token.end - token.start };

/** A syntax error, placed on the token the engine stumbled over. */
export function syntaxProblem(sql: string, message: string, position: number | undefined): SqlProblem {
  const depth = /depth limit of (\d+) exceeded/.exec(message)?.[1];
  if (depth !== undefined || message.startsWith("memory exhausted")) {
    return {
      code: "sql-syntax",
      message: `the query is nested more than ${depth ?? "a thousand"} levels deep, and the engine reads no deeper`,
      hint: "split it into several models",
    };
  }
  // The engine quotes what it stumbled over, however long that is.
  const said = message.length > 300 ? `${message.slice(0, 300)}…` : message;
  let last: { readonly start: number; readonly end: number } | undefined;
  for (const token of scanSql(sql)) {
    if (position !== undefined && token.end > position) {
      return { code: "sql-syntax", message: said, position, length: Math.max(1, token.end - position) };
    }
    last = token;
  }
  // The end of the query is best shown where its text ends, not behind the comments that follow.
  return {
    code: "sql-syntax",
    message: said,
    ...(last === undefined ? {} : { position: last.end, length: 1 }),
  };
}

function notOneStatement(sql: string, count: number): SqlProblem {
  if (count === 0) return { code: "sql-not-a-query", message: "there is no query" };
  let seen = false;
  for (const token of scanSql(sql)) {
    const isEnd = token.kind === "mark" && sql[token.start] === ";";
    if (seen && !isEnd) {
      return {
        code: "sql-not-a-query",
        message: `a model is one SELECT, but there are ${count} statements`,
        hint: "give each its own file, or join them with WITH",
        ...mark(token),
      };
    }
    seen ||= isEnd;
  }
  return { code: "sql-not-a-query", message: `a model is one SELECT, but there are ${count} statements` };
}

function hasOrder(node: Tree): boolean {
  return (node["modifiers"] as readonly Tree[]).some((modifier) => modifier["type"] === "ORDER_MODIFIER");
}

function unknownParameters(sql: string, names: readonly string[]): SqlProblem[] {
  return names
    .filter((name) => !parameterNames.some((known) => known === name))
    .map((name) => {
      const positional = /^\d+$/.test(name);
      return {
        code: "sql-bind" as const,
        message: positional ? "a model has no positional parameters" : `parameter "$${name}" does not exist`,
        hint: 'the only parameters are "$run_time" and "$run_date", the run\'s logical time',
        ...mark(findParameter(sql, name)),
      };
    });
}

/** Collects references and problems from a syntax tree, minding which names are CTEs where. */
class Walk {
  readonly references: AliasedReference[] = [];
  readonly problems: SqlProblem[] = [];
  readonly #positions: Positions;
  readonly #hermetic: Hermetic;

  constructor(positions: Positions, hermetic: Hermetic) {
    this.#positions = positions;
    this.#hermetic = hermetic;
  }

  /** `scope`: lower-case names of the CTEs that can be seen from here. */
  visit(value: unknown, scope: ReadonlySet<string>): void {
    if (Array.isArray(value)) {
      for (const item of value) this.visit(item, scope);
      return;
    }
    if (typeof value !== "object" || value === null) return;
    const node = value as Tree;
    if (node["class"] === "CONSTANT") return;
    this.#judge(node, scope);
    const { cte_map: ctes, function: tableFunction } = node;
    const inner = isTree(ctes) ? this.#visitCtes(ctes, scope) : scope;
    // The function of a table function was judged as one; its arguments are ordinary.
    if (isTree(tableFunction)) this.visit(tableFunction["children"], inner);
    for (const key in node) {
      const child = node[key];
      if (typeof child === "object" && child !== ctes && child !== tableFunction) this.visit(child, inner);
    }
  }

  #judge(node: Tree, scope: ReadonlySet<string>): void {
    const position = this.#positions.at(node["query_location"]);
    if (node["type"] === "BASE_TABLE") this.#judgeTable(node, scope, position);
    else if (node["type"] === "TABLE_FUNCTION") {
      const name = String((node["function"] as Tree)["function_name"]);
      this.#add(this.#hermetic.judgeTableFunction(name, position));
    } else if (node["type"] === "SHOW_REF") {
      this.#add({
        code: "sql-not-a-query",
        message: "SHOW, DESCRIBE and SUMMARIZE tell about tables; a model selects from them",
      });
    } else if (node["class"] === "FUNCTION" || node["class"] === "WINDOW") {
      const children = node["children"] as readonly unknown[];
      this.#add(this.#hermetic.judgeFunction(String(node["function_name"]), children.length, position));
    } else if (node["class"] === "COLUMN_REF") {
      const names = node["column_names"] as readonly string[];
      if (names.length === 1 && names[0] !== undefined)
        this.#add(this.#hermetic.judgeWord(names[0], position));
    }
    if (isTree(node["sample"])) {
      const from = this.#positions.at((node["from_table"] as Tree | undefined)?.["query_location"]);
      this.#add(this.#hermetic.judgeSample(node["sample"]["seed"], position ?? from));
    }
  }

  #judgeTable(node: Tree, scope: ReadonlySet<string>, position: number | undefined): void {
    const [catalog, schema, name] = [node["catalog_name"], node["schema_name"], node["table_name"]].map(
      String,
    ) as [string, string, string];
    if (schema === "" && scope.has(name.toLowerCase())) return;
    const problem = this.#hermetic.judgeTable(schema, name, position);
    if (problem !== undefined) {
      this.#add(problem);
      return;
    }
    const alias = node["alias"] === "" ? name : String(node["alias"]);
    const full = [catalog, schema, name].filter((part) => part !== "").join(".");
    this.references.push({ name: full, alias, ...(position === undefined ? {} : { position }) });
  }

  /** A CTE sees those before it, and itself only where it is recursive. */
  #visitCtes(ctes: Tree, scope: ReadonlySet<string>): ReadonlySet<string> {
    const entries = ctes["map"] as readonly { readonly key: string; readonly value: Tree }[];
    if (entries.length === 0) return scope;
    const inner = new Set(scope);
    for (const { key, value } of entries) {
      const query = (value["query"] as Tree)["node"] as Tree;
      const recursive = query["type"] === "RECURSIVE_CTE_NODE";
      this.visit(value, recursive ? new Set([...inner, key.toLowerCase()]) : inner);
      inner.add(key.toLowerCase());
    }
    return inner;
  }

  #add(problem: SqlProblem | undefined): void {
    if (problem !== undefined) this.problems.push(problem);
  }
}

const isTree = (value: unknown): value is Tree =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Offsets of the items of the outermost select list, with the name each gives its column where it says so. */
export function readOutputs(
  sql: string,
  json: string,
): { readonly name: string; readonly position?: number }[] {
  const positions = new Positions(sql);
  const tree = readEngineJson(json) as Tree;
  const statements = tree["statements"];
  const node = Array.isArray(statements) ? (statements[0] as Tree | undefined)?.["node"] : undefined;
  const list =
    isTree(node) && Array.isArray(node["select_list"]) ? (node["select_list"] as readonly Tree[]) : [];
  return list.map((item) => {
    const names = item["column_names"];
    const own = Array.isArray(names) ? String(names.at(-1)) : "";
    const position = positions.at(item["query_location"]);
    return {
      name: item["alias"] === "" ? own : String(item["alias"]),
      ...(position === undefined ? {} : { position }),
    };
  });
}

/** By this name the engine tells which row of a table of its own is meant. */
export const rowNumberName = "rowid";

/** Where a query asks for the number of a row; undefined where it does not, or may mean what it calls so itself. */
export function findRowNumber(sql: string, json: string): Pick<SqlProblem, "position"> | undefined {
  let found: Tree | undefined;
  let isNamed = false;
  const isIt = (name: unknown): boolean => String(name).toLowerCase() === rowNumberName;
  const visit = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    const node = value as Tree;
    const { alias, column_name_alias: names, class: kind, column_names: path } = node;
    isNamed ||= isIt(alias) || (Array.isArray(names) && names.some(isIt));
    if (kind === "COLUMN_REF" && Array.isArray(path) && isIt(path.at(-1))) found ??= node;
    Object.values(node).forEach(visit);
  };
  visit(readEngineJson(json));
  if (found === undefined || isNamed) return undefined;
  const position = new Positions(sql).at(found["query_location"]);
  return position === undefined ? {} : { position };
}
