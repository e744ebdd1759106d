/** Look at what is published of a dataset, and say what its definition could promise. */
import { SluiceError } from "../errors.ts";
import { personalColumns } from "../govern/personal-columns.ts";
import type { DatasetNode, Graph } from "../graph/graph.ts";
import type { TableColumn } from "../graph/table-column.ts";
import type { InputTable } from "../engine/engine.ts";
import {
  countsQuery,
  firstLookQuery,
  narrow,
  type Open,
  proofsQuery,
  readCounts,
  readProofs,
  type SeenColumn,
  strangersQuery,
} from "../quality/suggest/evidence.ts";
import {
  fewestRows,
  leftOpen,
  type PastVersion,
  propose,
  soundsPersonal,
  type Suggestion,
} from "../quality/suggest/propose.ts";
import {
  likelyPairs,
  pairQuery,
  pairsQuery,
  possiblePairs,
  proposePair,
} from "../quality/suggest/compound-key.ts";
import { proposeTimes, timesQuery } from "../quality/suggest/times.ts";
import { possibleReferences } from "../quality/suggest/references.ts";
import { logicalTypeOf } from "../sql/engine-type.ts";
import { monitoredViews } from "./monitors.ts";
import type { Ports } from "./ports.ts";
import { locate, publishedTables } from "./read.ts";

export interface SuggestRequest {
  readonly graph: Graph;
  readonly node: DatasetNode;
  readonly environment: string;
  /** Names of settings that the definition gives to a column itself. */
  readonly said: (column: string) => ReadonlySet<string>;
  readonly limits: { readonly memory: number; readonly threads: number; readonly signal?: AbortSignal };
}

/** What is suggested, and of how much it was learnt. */
export interface Suggested {
  readonly rows: number;
  readonly versions: number;
  readonly release: number;
  readonly suggestions: readonly Suggestion[];
}

/** Pairs of columns of which it is asked whether no two rows have the same: each costs as much as sorting the rows. */
const mostPairs = 3;

/** Columns that are asked about in one query: the engine plans wide ones slowly. */
const widest = 400;

/** Errors: `unknown-environment`, and `unknown-release` where nothing of the dataset is published. */
export async function suggest(ports: Ports, request: SuggestRequest): Promise<Suggested> {
  const { graph, node, environment } = request;
  const { release, tables } = await publishedTables(ports, { environment });
  const pinned = tables.find(({ name }) => name === node.id);
  if (pinned === undefined)
    throw new SluiceError("unknown-release", `${environment} publishes nothing of ${node.id} to learn from`, {
      hint: `sluice run --env ${environment} --select ${node.id} publishes it`,
    });
  const [table] = await locate(ports, [pinned]);
  const ask = asker(ports, request, table === undefined ? [] : [table]);
  const columns = seenColumns(graph, node, pinned.columns).slice(0, widest);
  const counts = readCounts(await ask(countsQuery(node.id, columns)), columns);
  const past = await pastVersions(ports, request);
  const { said } = request;
  const seen = { node, columns, rows: counts.rows, counts: counts.columns, past, said };
  const open = leftOpen(seen);
  const proofs = new Map(await prove(node.id, open, ask));
  const found = propose({ ...seen, proofs: columns.map(({ name }) => proofs.get(name)) });
  const references =
    counts.rows < fewestRows
      ? []
      : await proveReferences(ports, request, tables, table, uniqueOf(found), counts.rows);
  return {
    rows: counts.rows,
    versions: Math.max(1, past.length),
    release: release.number,
    suggestions: [
      ...found,
      ...(await lookFurther(ports, node, ask, { columns, counts, found })),
      ...references,
    ],
  };
}

/** Dates and times, and two columns that are a key together, where no one is. */
async function lookFurther(
  { now }: Ports,
  node: DatasetNode,
  ask: Ask,
  seen: {
    readonly columns: readonly SeenColumn[];
    readonly counts: ReturnType<typeof readCounts>;
    readonly found: readonly Suggestion[];
  },
): Promise<readonly Suggestion[]> {
  const { columns, counts, found } = seen;
  const { rows } = counts;
  const times = columns.filter(({ kind, personal }) => kind === "time" && !personal);
  const suggested =
    times.length === 0 || rows < fewestRows
      ? []
      : proposeTimes(node, times, await ask(timesQuery(node.id, times)), now().getTime());
  if (uniqueOf(found).size > 0) return suggested;
  const pairs = possiblePairs(node, columns, counts.columns, rows);
  if (pairs.length === 0) return suggested;
  const likely = likelyPairs(pairs, await ask(pairsQuery(node.id, columns, pairs)), rows);
  for (const pair of likely.slice(0, mostPairs)) {
    const [distinct] = await ask(pairQuery(node.id, columns, pair));
    if (Number(distinct) === rows) return [proposePair(pair, rows), ...suggested];
  }
  return suggested;
}

type Ask = (sql: string) => Promise<readonly unknown[]>;

/** Asks a query of one row. */
const asker =
  ({ engine }: Ports, { limits }: SuggestRequest, tables: readonly InputTable[]): Ask =>
  async (sql) => {
    const result = await engine.query(sql, tables, limits);
    let first: readonly unknown[] | undefined;
    for await (const chunk of result.rows) first ??= chunk[0];
    return first ?? [];
  };

/** The columns that are published as they are defined now. */
function seenColumns(
  graph: Graph,
  { id, columns }: DatasetNode,
  published: readonly TableColumn[],
): readonly SeenColumn[] {
  const personal = personalColumns(graph).get(id);
  const there = new Map(published.map(({ name, engineType }) => [name, engineType]));
  return columns
    .filter(({ name, engineType }) => there.get(name) === engineType)
    .map(({ name, engineType }) => {
      const type = logicalTypeOf(engineType);
      const isNumber = type === "integer" || type === "number" || type === "decimal";
      const isTime = type === "date" || type === "timestamp";
      const kind = engineType === "VARCHAR" ? "text" : isNumber ? "number" : isTime ? "time" : "other";
      const tagged = personal?.has(name) === true;
      return { name, kind, tagged, personal: tagged || soundsPersonal(name) };
    });
}

/** A look at some rows leaves little to ask of all. */
async function prove(dataset: string, open: readonly Open[], ask: Ask) {
  if (open.length === 0) return [];
  const narrowed = narrow(await ask(firstLookQuery(dataset, open)), open);
  const proofs = readProofs(await ask(proofsQuery(dataset, narrowed)), narrowed);
  return narrowed.flatMap(({ column }, at) => {
    const proof = proofs[at];
    return proof === undefined ? [] : [[column.name, proof] as const];
  });
}

/** What monitors remember of earlier releases. */
async function pastVersions(
  ports: Ports,
  { graph, node, environment }: SuggestRequest,
): Promise<readonly PastVersion[]> {
  const [view] = await monitoredViews(ports, graph, environment, [node.id]);
  return (view?.points ?? []).map(({ measures }) => ({
    rows: measures.rows,
    nulls: Object.fromEntries(Object.entries(measures.columns).map(([name, { nulls = 0 }]) => [name, nulls])),
  }));
}

const uniqueOf = (found: readonly Suggestion[]): ReadonlySet<string> =>
  new Set(found.flatMap(({ about, column = "" }) => (about === "key" || about === "unique" ? [column] : [])));

async function proveReferences(
  ports: Ports,
  request: SuggestRequest,
  tables: Awaited<ReturnType<typeof publishedTables>>["tables"],
  own: InputTable | undefined,
  unique: ReadonlySet<string>,
  rows: number,
): Promise<readonly Suggestion[]> {
  const { graph, node } = request;
  const found: Suggestion[] = [];
  for (const { column, dataset, key } of possibleReferences(graph, node, unique)) {
    const other = tables.find(({ name }) => name === dataset);
    if (other === undefined || own === undefined || !other.columns.some(({ name }) => name === key)) continue;
    const both = [own, ...(await locate(ports, [other]))];
    const [strangers] = await asker(ports, request, both)(strangersQuery([node.id, column], [dataset, key]));
    if (Number(strangers) !== 0) continue;
    found.push({
      about: "reference",
      column,
      addition: {
        check: {
          check: "referential_integrity",
          column,
          to: `${dataset}.${key}`,
          severity: "warn",
        },
      },
      evidence: `every value in ${rows} rows is a ${key} of ${dataset}`,
    });
  }
  return found;
}
