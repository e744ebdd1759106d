/** Whether the condition of a query is true of no row, whatever the rows are: found in its words alone. */

/** A node of the engine's syntax tree, as its JSON. */
type Tree = Readonly<Record<string, unknown>>;

type Truth = boolean | null;

/** What a condition comes to that is not looked into, of the outcomes it can have. */
type Choose = (name: string, outcomes: readonly Truth[]) => Truth;

/** Three outcomes each: more conditions than these are not thought through. */
const mostConditions = 7;

/** Of what `json_serialize_sql` says of a query. What is not understood may be true. */
export function keepsNothing(node: Tree): boolean {
  if (node["type"] !== "SELECT_NODE") return false;
  const { where_clause: where, having, from_table: from } = node;
  if ([where, having].some((condition) => isTree(condition) && isNeverTrue(condition))) return true;
  return (
    isTree(from) && from["type"] === "SUBQUERY" && keepsNothing((from["subquery"] as Tree)["node"] as Tree)
  );
}

const isTree = (value: unknown): value is Tree => typeof value === "object" && value !== null;

/** Tries all outcomes that the conditions it consists of can have, as if they had nothing to do with each other. */
function isNeverTrue(condition: Tree): boolean {
  const open = new Map<string, readonly Truth[]>();
  const known = new Map<string, Truth>();
  const choose = (name: string, outcomes: readonly Truth[]): Truth => {
    if (!known.has(name)) open.set(name, outcomes);
    return known.get(name) ?? null;
  };
  truthOf(condition, choose);
  if (open.size > mostConditions) return false;
  const all = [...open];
  const isEverTrue = (at: number): boolean => {
    const [name, outcomes] = all[at] ?? [];
    if (name === undefined || outcomes === undefined) return truthOf(condition, choose) === true;
    return outcomes.some((outcome) => {
      known.set(name, outcome);
      return isEverTrue(at + 1);
    });
  };
  return !isEverTrue(0);
}

/** What a condition comes to. */
function truthOf(node: Tree, choose: Choose): Truth {
  const children = ((node["children"] as readonly Tree[] | undefined) ?? []).filter(isTree);
  const of = (one: Tree): Truth => truthOf(one, choose);
  const opposite = contrary[String(node["type"])];
  if (opposite !== undefined) return not(of({ ...node, type: opposite }));
  switch (node["type"]) {
    case "CONJUNCTION_AND":
      return every(children.map(of));
    case "CONJUNCTION_OR":
      return not(every(children.map((child) => not(of(child)))));
    case "OPERATOR_NOT":
      return not(of(children[0] ?? {}));
    case "OPERATOR_COALESCE":
      return children.map(of).find((one) => one !== null) ?? null;
    case "OPERATOR_IS_NULL":
    case "OPERATOR_IS_NOT_NULL":
      return isNull(children[0] ?? {}, choose) === (node["type"] === "OPERATOR_IS_NULL");
    case "VALUE_CONSTANT":
    case "OPERATOR_CAST": {
      const constant = constantOf(node);
      return constant === undefined ? choose(textOf(node), anything) : constant;
    }
    case "COMPARE_IN": {
      const [value, ...listed] = children.map(textOf);
      return choose(textOf(node), value !== undefined && listed.includes(value) ? [true, null] : anything);
    }
    default:
      return node["class"] === "COMPARISON" ? compared(node, choose) : choose(textOf(node), anything);
  }
}

const anything: readonly Truth[] = [true, false, null];

const every = (all: readonly Truth[]): Truth =>
  all.includes(false) ? false : all.includes(null) ? null : true;

const not = (truth: Truth): Truth => (truth === null ? null : !truth);

/** Comparisons that say the contrary of others, which the engine's parser makes of a `not` before them. */
const contrary: Readonly<Record<string, string>> = {
  COMPARE_NOTEQUAL: "COMPARE_EQUAL",
  COMPARE_LESSTHAN: "COMPARE_GREATERTHANOREQUALTO",
  COMPARE_LESSTHANOREQUALTO: "COMPARE_GREATERTHAN",
  COMPARE_DISTINCT_FROM: "COMPARE_NOT_DISTINCT_FROM",
  COMPARE_NOT_IN: "COMPARE_IN",
};

/** What comes of comparing something with itself, where it is not null. */
const withItself: Readonly<Record<string, boolean>> = {
  COMPARE_EQUAL: true,
  COMPARE_GREATERTHANOREQUALTO: true,
  COMPARE_GREATERTHAN: false,
  COMPARE_NOT_DISTINCT_FROM: true,
};

function compared(node: Tree, choose: Choose): Truth {
  const type = String(node["type"]);
  const [left, right] = [node["left"], node["right"]];
  const same = withItself[type];
  if (!isTree(left) || !isTree(right) || same === undefined) return choose(textOf(node), anything);
  if (textOf(left) === textOf(right)) {
    const isKnown = type === "COMPARE_NOT_DISTINCT_FROM" || (left["class"] === "CONSTANT" && !isNone(left));
    return isKnown ? same : choose(textOf(node), [same, null]);
  }
  const [one, other] = [numberOf(left), numberOf(right)];
  if (one === undefined || other === undefined) return choose(textOf(node), anything);
  if (type === "COMPARE_GREATERTHAN") return one > other;
  return type === "COMPARE_GREATERTHANOREQUALTO" ? one >= other : one === other;
}

/** Something that is no condition may be null or not; a condition that is looked into is what it comes to. */
function isNull(node: Tree, choose: Choose): boolean {
  if (node["class"] === "CONSTANT") return isNone(node);
  if (["COMPARISON", "CONJUNCTION"].includes(String(node["class"])) || node["type"] === "OPERATOR_NOT")
    return truthOf(node, choose) === null;
  return choose(`${textOf(node)} is null`, [true, false]) === true;
}

interface Constant {
  readonly is_null?: boolean;
  readonly type?: { readonly id?: string };
  readonly value?: unknown;
}

const isNone = (node: Tree): boolean => (node["value"] as Constant | undefined)?.is_null === true;

/** Whole numbers only: others are rounded in more ways than one. */
function numberOf(node: Tree): number | undefined {
  const { type, value } =
    ((node["class"] === "CONSTANT" ? node["value"] : undefined) as Constant | undefined) ?? {};
  return type?.id === "INTEGER" && typeof value === "number" ? value : undefined;
}

/** `true` and `false` are texts that are cast; undefined for what is not one of them, or null. */
function constantOf(node: Tree): Truth | undefined {
  if (node["type"] === "VALUE_CONSTANT") return isNone(node) ? null : undefined;
  const child = node["child"];
  if (!isTree(child) || child["class"] !== "CONSTANT") return undefined;
  const to = (node["cast_type"] as { readonly id?: string } | undefined)?.id;
  const { value } = child["value"] as Constant;
  return to === "BOOLEAN" && (value === "t" || value === "f") ? value === "t" : undefined;
}

/** An expression as text, wherever it stands. Letters of columns' names are the same small or not. */
const textOf = (node: Tree): string =>
  JSON.stringify(node, (key, value: unknown) => {
    if (key === "query_location" || key === "alias") return undefined;
    return key === "column_names" ? String(value).toLowerCase() : value;
  });
