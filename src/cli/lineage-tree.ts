import type { ColumnLink, ColumnLinks } from "../graph/column-walks.ts";
import type { ConsumerNode, DatasetId, DatasetNode, Graph } from "../graph/graph.ts";
import { dependents, indexDatasets } from "../graph/walks.ts";

/** Where a walk stands: a dataset, one of its columns, or (`*`) every column of it at once. */
export interface Place {
  readonly dataset: DatasetId;
  readonly column?: string;
}

/** One line of the tree, with what lies behind it. */
export interface TreeNode {
  readonly place: Place | undefined;
  readonly consumer?: ConsumerNode;
  /** Several columns of the place's dataset in one line, with nothing behind them. */
  readonly columns?: readonly string[];
  /** How it is linked with the line above: `aggregate`, `filter`, `rows: join`. Empty between datasets. */
  readonly how: string;
  readonly proven: boolean;
  readonly children: readonly TreeNode[];
  /** Why nothing lies behind it although there is more: it stands above already, or too deep. */
  readonly cut?: "above" | "depth";
}

export type Direction = "up" | "down";

/** The column that stands for all of a dataset. */
export const everyColumn = "*";

interface Step {
  readonly place: Place;
  readonly columns?: readonly string[];
  readonly how: string;
  readonly proven: boolean;
}

/** Walks over a graph that end up as lines of a terminal. */
export interface LineageWalk {
  readonly graph: Graph;
  readonly links: ColumnLinks;
  readonly readers: ReadonlyMap<DatasetId, readonly DatasetId[]>;
  readonly nodes: ReadonlyMap<DatasetId, DatasetNode>;
}

export function lineageWalk(graph: Graph, links: ColumnLinks): LineageWalk {
  return { graph, links, readers: dependents(graph), nodes: indexDatasets(graph) };
}

/** What lies up or down from a place, at most `depth` steps; what is reached twice is told where it stands first. */
export function lineageTree(
  walk: LineageWalk,
  from: Place,
  direction: Direction,
  depth = Number.POSITIVE_INFINITY,
): readonly TreeNode[] {
  const seen = new Set([keyOf(from)]);
  const below = (place: Place, left: number): TreeNode[] => {
    const branches = steps(walk, place, direction).map((step): TreeNode => {
      if (step.columns) return { ...step, children: [] };
      const key = keyOf(step.place);
      const more =
        steps(walk, step.place, direction).length > 0 || consumers(walk, step.place, direction).length > 0;
      if (seen.has(key)) return { ...step, children: [], ...(more ? { cut: "above" as const } : {}) };
      if (left <= 1) return { ...step, children: [], ...(more ? { cut: "depth" as const } : {}) };
      seen.add(key);
      return { ...step, children: below(step.place, left - 1) };
    });
    const users = consumers(walk, place, direction).map((consumer): TreeNode => ({
      place: undefined,
      consumer,
      how: "",
      proven: true,
      children: [],
    }));
    return [...branches, ...users];
  };
  return below(from, Math.min(depth, deepest));
}

/** A tree that is deeper is no tree for a terminal. */
const deepest = 500;

const keyOf = ({ dataset, column }: Place): string => `${dataset}\n${column?.toLowerCase() ?? ""}`;

function consumers(
  { graph, links }: LineageWalk,
  { dataset, column }: Place,
  direction: Direction,
): readonly ConsumerNode[] {
  if (direction === "up") return [];
  if (column !== undefined && column !== everyColumn) return links.consumersOf({ dataset, column });
  return graph.consumers.filter(({ reads }) => reads.includes(dataset));
}

/** One step from a place. */
function steps(walk: LineageWalk, { dataset, column }: Place, direction: Direction): readonly Step[] {
  if (column === undefined || column === everyColumn) {
    const next =
      direction === "up" ? (walk.nodes.get(dataset)?.inputs ?? []) : (walk.readers.get(dataset) ?? []);
    const place = (id: DatasetId): Place =>
      column === undefined ? { dataset: id } : { dataset: id, column };
    return next.map((id) => ({ place: place(id), how: "", proven: true }));
  }
  const ref = { dataset, column };
  const links = direction === "up" ? walk.links.sources(ref) : walk.links.readers(ref);
  const byDataset = Map.groupBy(links, (link) => link.dataset);
  return [...byDataset].flatMap(([id, all]) => intoDataset(walk, id, all, direction));
}

/** Links into one dataset, those that concern all of its columns in one line. */
function intoDataset(
  walk: LineageWalk,
  dataset: DatasetId,
  links: readonly ColumnLink[],
  direction: Direction,
): readonly Step[] {
  const whole: Step[] = [];
  const assumed = links.filter(({ proven }) => !proven);
  if (assumed.length > 1 && assumed.length === walk.nodes.get(dataset)?.columns.length)
    whole.push({ place: { dataset, column: everyColumn }, how: "", proven: false });
  const rows = new Set(links.flatMap((link) => link.rows));
  if (direction === "down" && rows.size > 0)
    whole.push({
      place: { dataset, column: everyColumn },
      how: `rows: ${[...rows].join(", ")}`,
      proven: true,
    });
  const own = links.filter((link) => {
    if (!link.proven) return whole[0]?.proven !== false;
    return direction === "up" || link.direct !== undefined || link.indirect.length > 0;
  });
  const deciding = own.filter(
    ({ direct, indirect, proven }) => proven && direct === undefined && indirect.length === 0,
  );
  const together = deciding.length > 1;
  const single = own
    .filter((link) => !together || !deciding.includes(link))
    .map((link): Step => ({
      place: { dataset, column: link.column },
      how: howOf(link, direction),
      proven: link.proven,
    }));
  const last = together ? [decidingStep(dataset, deciding)] : [];
  return [...single, ...whole, ...last];
}

/** Columns that decide about rows and nothing else: where they come from themselves is another question. */
function decidingStep(dataset: DatasetId, links: readonly ColumnLink[]): Step {
  const ways = new Set(links.flatMap(({ rows }) => rows));
  const columns = links.map(({ column }) => column);
  return { place: { dataset, column: "" }, columns, how: `rows: ${[...ways].join(", ")}`, proven: true };
}

/** How values or rows depend, in words. */
function howOf({ direct, indirect, rows }: ColumnLink, direction: Direction): string {
  const ways = [direct ?? "", ...new Set(indirect)].filter((way) => way !== "");
  const all = direction === "up" && rows.length > 0 ? [`rows: ${[...new Set(rows)].join(", ")}`] : [];
  return [...ways, ...all].join("; ");
}
