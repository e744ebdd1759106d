/** Lineage for a person: trees up and down, or a line for each column. */
import type { ColumnLinks } from "../graph/column-walks.ts";
import type { DatasetId, Graph } from "../graph/graph.ts";
import { clip, displayWidth, pad, printable } from "./display-text.ts";
import { kindWord } from "./kind-word.ts";
import { type ColumnOrigin, columnOrigins } from "./lineage-document.ts";
import type { LineageTarget } from "./lineage-target.ts";
import { type Direction, lineageTree, type LineageWalk, lineageWalk, type TreeNode } from "./lineage-tree.ts";
import type { Style } from "./shell.ts";

export interface LineageLineOptions {
  readonly style: Style;
  readonly width: number;
  readonly up: boolean;
  readonly down: boolean;
  readonly depth: number;
}

interface Line {
  /** The branches of the tree and the name; how long it looks. */
  readonly text: string;
  readonly length: number;
  /** What is said beside it. */
  readonly remark: string;
}

const notProven = "assumed, not proven";

function labelOf(
  { place, consumer, columns }: TreeNode,
  { style }: LineageLineOptions,
): readonly [string, string] {
  if (consumer) return [`→ ${printable(consumer.name)}`, style.cyan(`→ ${printable(consumer.name)}`)];
  const name = nameOf(place, columns);
  return [name, name];
}

function nameOf(place: TreeNode["place"], columns: TreeNode["columns"]): string {
  if (!place) return "";
  if (columns) return `${place.dataset}: ${few(columns)}`;
  return place.column === undefined ? place.dataset : `${place.dataset}.${printable(place.column)}`;
}

function remarkOf(
  node: TreeNode,
  kinds: ReadonlyMap<DatasetId, string>,
  { style }: LineageLineOptions,
): string {
  const { place, consumer, how, proven, cut } = node;
  const kind = consumer?.type ?? (place?.column === undefined ? (kinds.get(place?.dataset ?? "") ?? "") : "");
  const said = [
    kind === "" ? "" : style.dim(kind),
    how,
    proven ? "" : style.yellow(notProven),
    cut === "above" ? style.dim("(its tree is above)") : "",
    cut === "depth" ? style.dim("… (goes on)") : "",
  ];
  return said.filter((part) => part !== "").join("  ");
}

/** The lines of a tree, with its branches drawn. */
function treeLines(
  nodes: readonly TreeNode[],
  kinds: ReadonlyMap<DatasetId, string>,
  options: LineageLineOptions,
  before = "",
): Line[] {
  return nodes.flatMap((node, index) => {
    const isLast = index === nodes.length - 1;
    const [plain, painted] = labelOf(node, options);
    const branch = `${before}${isLast ? "└─ " : "├─ "}`;
    const line = {
      text: options.style.dim(branch) + painted,
      length: branch.length + displayWidth(plain),
      remark: remarkOf(node, kinds, options),
    };
    return [line, ...treeLines(node.children, kinds, options, `${before}${isLast ? "   " : "│  "}`)];
  });
}

/** The widest name that remarks are aligned behind. */
const widestName = 60;

function aligned(lines: readonly Line[]): string[] {
  const width = Math.min(widestName, Math.max(0, ...lines.map(({ length }) => length)));
  return lines.map(({ text, length, remark }) =>
    remark === "" ? text : `${text}${" ".repeat(Math.max(0, width - length))}  ${remark}`,
  );
}

function section(
  walk: LineageWalk,
  { node, column }: LineageTarget,
  direction: Direction,
  options: LineageLineOptions,
): string[] {
  const from = column === undefined ? { dataset: node.id } : { dataset: node.id, column };
  const kinds = new Map(walk.graph.datasets.map((one) => [one.id, kindWord(one)]));
  const tree = lineageTree(walk, from, direction, options.depth);
  const title = direction === "up" ? "up: where it comes from" : "down: what depends on it";
  const nothing = direction === "up" ? "up: nothing, it is where data comes in" : "down: nobody reads it";
  if (tree.length === 0 && direction === "up" && node.kind === "model")
    return ["", options.style.dim("up: no column of another dataset")];
  return tree.length === 0
    ? ["", options.style.dim(nothing)]
    : ["", options.style.dim(title), ...aligned(treeLines(tree, kinds, options))];
}

/** Names listed for one column; more are counted. */
const listedNames = 4;

function few(names: readonly string[]): string {
  const shown = names.slice(0, listedNames).map(printable).join(", ");
  return names.length > listedNames ? `${shown} and ${names.length - listedNames} more` : shown;
}

/** Where one column comes from, in a few words: `raw.orders.day`, `aggregate of raw.orders.amount`, `constant`. */
export function originWords({ direct, kind, proven }: ColumnOrigin): string {
  if (!proven) return notProven;
  if (direct.length === 0) return kind;
  return kind === "identity" ? few(direct) : `${kind} of ${few(direct)}`;
}

function originText(origin: ColumnOrigin, { style }: LineageLineOptions): string {
  const words = originWords(origin);
  if (!origin.proven) return style.yellow(`${words}: any column of its inputs`);
  return origin.direct.length === 0 ? style.dim(words) : words;
}

/** A line for each column: where it comes from, and who reads it. */
function columnLines(links: ColumnLinks, { node }: LineageTarget, options: LineageLineOptions): string[] {
  const { style, width } = options;
  const origins = columnOrigins(node, links);
  const widest = Math.max(...origins.map(({ column }) => displayWidth(printable(column))));
  const shared = node.kind === "model" ? (node.lineage?.rows ?? []) : [];
  const lines = origins.flatMap((origin) => {
    const ref = { dataset: node.id, column: origin.column };
    const rows = new Set(shared.map(({ dataset, column }) => `${dataset}.${column}`));
    const others = origin.indirect.filter((name) => !rows.has(name));
    const readers = links
      .readers(ref)
      .filter(
        ({ rows: deciding, direct, indirect }) =>
          direct !== undefined || indirect.length > 0 || deciding.length === 0,
      );
    const users = links.consumersOf(ref).map(({ name }) => name);
    const down = [...readers.map(({ dataset, column }) => `${dataset}.${column}`), ...users];
    const indent = " ".repeat(widest + 4);
    return [
      ...(options.up
        ? [`  ${pad(printable(origin.column), widest)}  ${style.dim("←")} ${originText(origin, options)}`]
        : [`  ${printable(origin.column)}`]),
      ...(options.up && others.length > 0 ? [`${indent}  ${style.dim(`decided by ${few(others)}`)}`] : []),
      ...(options.down && down.length > 0 ? [`${indent}${style.dim("→")} ${few(down)}`] : []),
    ].map((line) => clipped(line, width));
  });
  const ways = Map.groupBy(shared, ({ dataset, column }) => `${dataset}.${printable(column)}`);
  const deciding = [...ways].map(([name, all]) => `${name} (${all.map(({ by }) => by).join(", ")})`);
  const all = deciding.length === 0 || !options.up ? [] : ["", `  rows decided by ${few(deciding)}`];
  return ["", ...lines, ...all];
}

/** Cutting would cut colours too: only text without them is cut. */
const clipped = (line: string, width: number): string => (line.includes("\u001b") ? line : clip(line, width));

/** Lineage of a dataset or a column, as trees; with `columns`, a line for each column of the dataset. */
export function lineageLines(
  graph: Graph,
  links: ColumnLinks,
  target: LineageTarget,
  options: LineageLineOptions & { readonly columns: boolean },
): string[] {
  const { node, column } = target;
  const { style } = options;
  const type = node.columns.find(({ name }) => name === column)?.engineType;
  const name = column === undefined ? node.id : `${node.id}.${printable(column)}`;
  const origin = columnOrigins(node, links).find((one) => one.column === column);
  const what =
    type === undefined
      ? `${kindWord(node)}, ${node.path}`
      : `${type}, ${origin?.proven === false ? notProven : origin?.kind}`;
  const head = `${style.bold(name)}  ${what}`;
  if (options.columns && column === undefined) return [head, ...columnLines(links, target, options)];
  const walk = lineageWalk(graph, links);
  return [
    head,
    ...(options.up ? section(walk, target, "up", options) : []),
    ...(options.down ? section(walk, target, "down", options) : []),
  ];
}
