import {
  type ContractSettings,
  exportContract,
  importContract,
  settingsOf,
} from "../compile/odcs/contract-document.ts";
import { SluiceError } from "../errors.ts";
import { type ColumnLinks, columnLinks } from "../graph/column-walks.ts";
import type { DatasetId, DatasetNode, Graph } from "../graph/graph.ts";
import { type ContractReaders, judgeContract, readersOf } from "../plan/judge-contract.ts";
import { isContractFile, isSide, type NamedChange } from "./contract-names.ts";
import { findDataset, readContractFile } from "./contract-files.ts";
import { findTable } from "./contract-import.ts";
import { lookAtGraph } from "./lineage.ts";
import type { Ports } from "../run/ports.ts";
import { startDirectory, type VerbOptions, withWorkspace } from "./open-workspace.ts";
import type { Shell } from "./shell.ts";

/** One of the two things compared. */
interface End {
  /** As it is called in full: `prod@12`. */
  readonly name: string;
  /** A compiled project; absent for a document. */
  readonly graph?: Graph;
  readonly only?: DatasetId;
  readonly document?: ContractSettings;
}

/**
 * Compare contracts as environments or releases publish them: those of two, or one with what the project says, or with a
 * document. Errors: `bad-usage` where it is not clear which dataset a document is compared with, and those of `diffSide`.
 */
export async function diffContractSides(
  shell: Shell,
  names: readonly [string, string],
  datasets: readonly string[],
  options: VerbOptions & { readonly table?: string },
): Promise<{ readonly a: string; readonly b: string; readonly changes: readonly NamedChange[] }> {
  const compare = (project: Graph | undefined) =>
    withWorkspace(shell, options, async ({ ports }) => {
      const open = async (name: string): Promise<End> => {
        if (isContractFile(shell, name)) return await openDocument(shell, name, options.table);
        if (project === undefined || isSide(shell, name)) return await openSide(ports, name);
        return { name, graph: project, only: findDataset(project, name).id };
      };
      const [a, b] = [await open(names[0]), await open(names[1])];
      return { a: a.name, b: b.name, changes: compareEnds(a, b, datasets) };
    });
  const needsProject = names.some((name) => !isContractFile(shell, name) && !isSide(shell, name));
  return needsProject ? await lookAtGraph(startDirectory(shell, options), compare) : await compare(undefined);
}

async function openDocument(shell: Shell, name: string, table: string | undefined): Promise<End> {
  const document = await readContractFile(shell, name);
  return { name, document: importContract(document, findTable(document, table), "any.any").settings };
}

async function openSide(ports: Ports, side: string): Promise<End> {
  const { diffSide } = await import("../run/diff-side.ts");
  const found = await diffSide(ports, side);
  const graph = await found.graph();
  if (graph !== undefined) return { name: found.name, graph };
  throw new SluiceError("unknown-release", `the definitions of "${side}" are not kept any more`, {
    hint: "sluice releases lists what there is",
  });
}

function compareEnds(a: End, b: End, datasets: readonly string[]): readonly NamedChange[] {
  const graph = a.graph ?? b.graph;
  const isAlone =
    a.only !== undefined || b.only !== undefined || a.document !== undefined || b.document !== undefined;
  const ids = idsOf(a, b, datasets);
  let links: ColumnLinks | undefined;
  const found = (dataset: DatasetId, column: string): ContractReaders => {
    if (graph === undefined) return { models: [], consumers: [] };
    links ??= columnLinks(graph);
    return readersOf(links, { dataset, column });
  };
  return ids.flatMap((id) => {
    const is = nodeOf(b, id);
    // Under the name it had before, where that says so.
    const earlier = a.graph && nodeOf(a, id) === undefined ? (is?.renamedFrom ?? id) : id;
    const [from, to] = [contractOf(a, nodeOf(a, earlier), b), contractOf(b, is, a)];
    const changes = judgeContract(from, to, (column) => found(earlier, column));
    return isAlone ? changes : changes.map((change) => ({ dataset: id, ...change }));
  });
}

const nodeOf = ({ graph }: End, id: DatasetId): DatasetNode | undefined =>
  graph?.datasets.find((node) => node.id === id);

const nothing: ContractSettings = { columns: {}, checks: [], about: {} };

/** Beside a document, the other is told in its words as well, so that both leave out the same. */
function contractOf(end: End, node: DatasetNode | undefined, other: End): ContractSettings {
  if (end.document !== undefined) return end.document;
  if (node === undefined) return nothing;
  return other.document === undefined
    ? settingsOf(node)
    : importContract(exportContract(node), 0, "any.any").settings;
}

/** Which datasets are compared: those that are named, or all that either of the two has. */
function idsOf(a: End, b: End, datasets: readonly string[]): readonly DatasetId[] {
  const only = a.only ?? b.only;
  if (only !== undefined) return [only];
  const graphs = [a, b].flatMap(({ graph }) => graph ?? []);
  const all = new Map(graphs.flatMap((one) => one.datasets.map((node) => [node.id, node] as const)));
  const [graph] = graphs;
  if (graph === undefined) return [];
  const union = { ...graph, datasets: [...all.values()] };
  const named = datasets.map((name) => findDataset(union, name).id);
  if (named.length === 0 && (a.document !== undefined || b.document !== undefined)) {
    throw new SluiceError("bad-usage", "A document is the contract of one dataset, and none is named", {
      hint: "name it behind: sluice contract diff prod orders.odcs.yaml raw.orders",
    });
  }
  return named.length > 0 ? named : [...all.keys()].sort();
}
