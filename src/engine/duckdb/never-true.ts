import type { ColumnStatistics } from "../../graph/table-column.ts";
import { type ColumnBounds, columnBounds, exactNumber, instantOf } from "../../quality/column-bounds.ts";
import { pathOf, type SyntaxNode } from "./ask-conditions.ts";

/**
 * Whether the statistics of a table's columns prove that a condition is true in no row, and that looking would raise no
 * error. What is not understood to the last node is not proven; what is loose (see `ColumnStatistics`) still proves.
 */
export function isNeverTrue(syntax: SyntaxNode, columns: readonly ColumnStatistics[]): boolean {
  const names = new Map(columns.map((column) => [column.name.toLowerCase(), column]));
  const truth = truthOf(syntax, (node) => {
    const path = pathOf(node, names);
    return path.length === 1 ? names.get(path[0] ?? "") : undefined;
  });
  return truth !== undefined && !truth.true;
}

/** The outcomes that a condition can have in some row. */
interface Truth {
  readonly true: boolean;
  readonly false: boolean;
  readonly null: boolean;
}

/** Between which values something lies. */
interface Bounds extends ColumnBounds {
  /** Of what stands in the condition itself; `text` is a day or an instant only where it is compared with one. */
  readonly literal?: "typed" | "text";
}

type Known = (node: SyntaxNode) => ColumnStatistics | undefined;

function truthOf(node: SyntaxNode, known: Known): Truth | undefined {
  const children = (node["children"] as readonly SyntaxNode[] | undefined) ?? [];
  switch (node.type) {
    case "CONJUNCTION_AND":
      return together(children, known, both);
    case "CONJUNCTION_OR":
      return together(children, known, either);
    case "OPERATOR_NOT":
      return not(truthOf(children[0] ?? {}, known));
    case "OPERATOR_IS_NULL":
      return isNull(children[0], known);
    case "OPERATOR_IS_NOT_NULL":
      return not(isNull(children[0], known));
    case "COMPARE_IN":
      return among(children, known);
    case "COMPARE_NOT_IN":
      return not(among(children, known));
    case "COMPARE_BETWEEN":
      return between(node, known);
    case "FUNCTION":
      return judged(String(node["function_name"]), children, known);
    case "COLUMN_REF":
      return known(node)?.engineType === "BOOLEAN" ? anything : undefined;
    default:
      return node.class === "COMPARISON" ? comparison(node, known) : undefined;
  }
}

/** Of what raises no error, and may be true or not. */
const anything: Truth = { true: true, false: true, null: true };

function comparison(node: SyntaxNode, known: Known): Truth | undefined {
  const [left, right] = [node["left"] as SyntaxNode, node["right"] as SyntaxNode];
  const truth = compared(node.type ?? "", boundsOf(left, known), boundsOf(right, known));
  return truth ?? (isText(left, known) && isText(right, known) ? anything : undefined);
}

/** Texts compare in some way, always. */
const isText = (node: SyntaxNode, known: Known): boolean =>
  node.class === "COLUMN_REF"
    ? known(node)?.engineType === "VARCHAR"
    : node.class === "CONSTANT" && (node["value"] as ConstantValue).type.id === "VARCHAR";

function together(
  nodes: readonly SyntaxNode[],
  known: Known,
  join: (a: Truth, b: Truth) => Truth,
): Truth | undefined {
  const truths = nodes.map((node) => truthOf(node, known));
  return truths.reduce((a, b) => (a === undefined || b === undefined ? undefined : join(a, b)));
}

const both = (a: Truth, b: Truth): Truth => ({
  true: a.true && b.true,
  false: a.false || b.false,
  null: (a.null && (b.null || b.true)) || (b.null && a.true),
});

const either = (a: Truth, b: Truth): Truth => ({
  true: a.true || b.true,
  false: a.false && b.false,
  null: (a.null && (b.null || b.false)) || (b.null && a.false),
});

const not = (a: Truth | undefined): Truth | undefined => a && { true: a.false, false: a.true, null: a.null };

function isNull(node: SyntaxNode | undefined, known: Known): Truth | undefined {
  const column = node?.class === "COLUMN_REF" ? known(node) : undefined;
  return column && { true: column.nulls > 0, false: true, null: false };
}

/** Of a column of floating point in which every value is a number. */
function judged(name: string, [node, ...more]: readonly SyntaxNode[], known: Known): Truth | undefined {
  const column = node?.class === "COLUMN_REF" ? known(node) : undefined;
  if (column?.engineType !== "DOUBLE" || !column.numbers || more.length > 0) return undefined;
  if (name === "isnan") return { true: false, false: true, null: column.nulls > 0 };
  // Limits that are read as numbers are finite, and so is what lies between them.
  if (name !== "isfinite" || columnBounds(column) === undefined) return undefined;
  return { true: true, false: false, null: column.nulls > 0 };
}

function between(node: SyntaxNode, known: Known): Truth | undefined {
  const [input, lower, upper] = ["input", "lower", "upper"].map((part) =>
    boundsOf(node[part] as SyntaxNode, known),
  );
  const above = compared("COMPARE_GREATERTHANOREQUALTO", input, lower);
  const below = compared("COMPARE_LESSTHANOREQUALTO", input, upper);
  return above && below && both(above, below);
}

/** Of whole numbers that lie between two, all of which are listed, none is another. */
function among([value, ...listed]: readonly SyntaxNode[], known: Known): Truth | undefined {
  const bounds = value && boundsOf(value, known);
  const items = listed.map((node) => boundsOf(node, known));
  if (bounds === undefined || items.some((item) => item === undefined || item.low !== item.high))
    return undefined;
  const equal = items.map((item) => compared("COMPARE_EQUAL", bounds, item));
  if (equal.includes(undefined)) return undefined;
  const { low, high } = bounds;
  const numbers = new Set(items.map((item) => item?.low));
  const isCovered =
    bounds.kind === "integer" &&
    Number(high) - Number(low) < numbers.size &&
    Array.from({ length: Number(high) - Number(low) + 1 }, (_, at) => Number(low) + at).every((one) =>
      numbers.has(one),
    );
  return { true: equal.some((one) => one?.true), false: !isCovered, null: bounds.mayBeNull };
}

function compared(type: string, a: Bounds | undefined, b: Bounds | undefined): Truth | undefined {
  if (a === undefined || b === undefined || !isComparable(a, b)) return undefined;
  const isNullPossible = a.mayBeNull || b.mayBeNull;
  const truth = (isTrue: boolean, isFalse: boolean): Truth => ({
    true: isTrue,
    false: isFalse,
    null: isNullPossible,
  });
  switch (type) {
    case "COMPARE_LESSTHAN":
      return truth(a.low < b.high, a.high >= b.low);
    case "COMPARE_LESSTHANOREQUALTO":
      return truth(a.low <= b.high, a.high > b.low);
    case "COMPARE_GREATERTHAN":
      return truth(a.high > b.low, a.low <= b.high);
    case "COMPARE_GREATERTHANOREQUALTO":
      return truth(a.high >= b.low, a.low < b.high);
    case "COMPARE_EQUAL":
      return truth(a.low <= b.high && b.low <= a.high, !(a.low === b.high && a.high === b.low));
    case "COMPARE_NOTEQUAL":
      return truth(!(a.low === b.high && a.high === b.low), a.low <= b.high && b.low <= a.high);
    default:
      return undefined;
  }
}

/** Whether the engine compares two things as they are compared here, and without an error. */
function isComparable(a: Bounds, b: Bounds): boolean {
  if (a.literal !== undefined && b.literal !== undefined) return false;
  if (isTime(a) !== isTime(b)) return false;
  // Text becomes what it is compared with: a day has no time in it.
  if (isTime(a))
    return ![a, b].some(
      (one) => one.literal === "text" && one.kind === "instant" && (one === a ? b : a).kind === "day",
    );
  return true;
}

const isTime = ({ kind }: Bounds): boolean => kind === "day" || kind === "instant";

function boundsOf(node: SyntaxNode | undefined, known: Known): Bounds | undefined {
  if (node?.class === "COLUMN_REF") return columnBounds(known(node));
  if (node?.class === "CONSTANT") return constantBounds(node["value"] as ConstantValue);
  if (node?.class === "FUNCTION") return calculated(node, known);
  const child = node?.["child"] as SyntaxNode | undefined;
  const to = (node?.["cast_type"] as { readonly id?: string } | undefined)?.id;
  if (node?.class !== "CAST" || child?.class !== "CONSTANT") return undefined;
  const inner = constantBounds(child["value"] as ConstantValue);
  if (inner?.literal !== "text") return undefined;
  if (to === "TIMESTAMP") return { ...inner, kind: "instant", literal: "typed" };
  return to === "DATE" && inner.kind === "day" ? { ...inner, literal: "typed" } : undefined;
}

/**
 * Sums, differences, products and quotients that fit into every type they may have. Those of binary fractions are rounded
 * here as the engine rounds them, and never beyond what the ends of both come to.
 */
function calculated(node: SyntaxNode, known: Known): Bounds | undefined {
  const children = (node["children"] as readonly SyntaxNode[] | undefined) ?? [];
  if (children.length !== 2 || children.some((child) => !isRoomy(child, known))) return undefined;
  const [a, b] = children.map((child) => boundsOf(child, known));
  if (!a || !b || isTime(a) || isTime(b)) return undefined;
  const operator = String(node["function_name"]);
  const isBinary = operator === "/" || a.kind === "double" || b.kind === "double";
  if (operator === "/" && (b.literal === undefined || b.low === 0)) return undefined;
  const ends = [a.low, a.high].flatMap((x) =>
    [b.low, b.high].map((y) =>
      isBinary ? rounded(operator, Number(x), Number(y)) : exactly15(operator, x, y),
    ),
  );
  const numbers = ends.filter((end) => end !== undefined);
  if (numbers.length < ends.length || numbers.some((number) => Math.abs(number) >= 2 ** 31)) return undefined;
  return {
    kind: isBinary ? "double" : a.kind === "integer" && b.kind === "integer" ? "integer" : "decimal",
    low: Math.min(...numbers),
    high: Math.max(...numbers),
    mayBeNull: a.mayBeNull || b.mayBeNull,
  };
}

/** A literal, or a column whose type has room for numbers below 2³¹ on both sides of zero. */
const isRoomy = (node: SyntaxNode, known: Known): boolean =>
  node.class === "CONSTANT" ||
  (node.class === "COLUMN_REF" &&
    /^(?:INTEGER|BIGINT|DOUBLE|DECIMAL\(\d+,\d\))$/.test(known(node)?.engineType ?? ""));

function rounded(operator: string, x: number, y: number): number | undefined {
  if (operator === "+") return x + y;
  if (operator === "-") return x - y;
  if (operator === "*") return x * y;
  return operator === "/" ? x / y : undefined;
}

/** A result without any rounding, of at most fifteen digits. */
function exactly15(operator: string, x: number | string, y: number | string): number | undefined {
  const [a, b] = [x, y].map((number) => /^(-?\d+)(?:\.(\d+))?$/.exec(String(number)));
  if (!a || !b) return undefined;
  const scale = Math.max(a[2]?.length ?? 0, b[2]?.length ?? 0);
  const [m, n] = [a, b].map(([, whole = "", part = ""]) => BigInt(`${whole}${part.padEnd(scale, "0")}`));
  if (m === undefined || n === undefined) return undefined;
  if (operator === "+") return scaled(m + n, scale);
  if (operator === "-") return scaled(m - n, scale);
  return operator === "*" ? scaled(m * n, 2 * scale) : undefined;
}

function scaled(digits: bigint, scale: number): number | undefined {
  const text = String(digits < 0n ? -digits : digits).padStart(scale + 1, "0");
  const point = text.length - scale;
  return exactNumber(
    `${digits < 0n ? "-" : ""}${text.slice(0, point)}${scale > 0 ? `.${text.slice(point)}` : ""}`,
  );
}

interface ConstantValue {
  readonly type: { readonly id: string; readonly type_info?: { readonly scale?: number } };
  readonly is_null?: boolean;
  readonly value?: unknown;
}

function constantBounds({ type, is_null: isNone, value }: ConstantValue): Bounds | undefined {
  if (isNone || value === undefined) return undefined;
  if (typeof value === "string") {
    const time = type.id === "VARCHAR" ? instantOf(value) : undefined;
    return time && { ...exactly(time.kind, time.text), literal: "text" };
  }
  if (typeof value !== "number") return undefined;
  const isWhole = /^(?:TINY|SMALL|BIG)?INT(?:EGER)?$/.test(type.id);
  if (!isWhole && type.id !== "DECIMAL") return undefined;
  const number = exactNumber(String(isWhole ? value : value / 10 ** (type.type_info?.scale ?? 0)));
  return number === undefined
    ? undefined
    : { ...exactly(isWhole ? "integer" : "decimal", number), literal: "typed" };
}

const exactly = (kind: Bounds["kind"], value: number | string): Bounds => ({
  kind,
  low: value,
  high: value,
  mayBeNull: false,
});
