import { type ContractSettings, importContract } from "../compile/odcs/contract-document.ts";
import { exitCode, SluiceError } from "../errors.ts";
import { columnLinks } from "../graph/column-walks.ts";
import type { Graph } from "../graph/graph.ts";
import { isRefusal, judgeContract, readersOf } from "../plan/judge-contract.ts";
import { isContractFile, isSide, type NamedChange } from "./contract-names.ts";
import { documentOfDataset, findDataset, readContractFile } from "./contract-files.ts";
import { findTable } from "./contract-import.ts";
import { lookAtGraph } from "./lineage.ts";
import { printable } from "./display-text.ts";
import { printJson, printLines, startDirectory, type VerbOptions } from "./open-workspace.ts";
import type { Shell } from "./shell.ts";

interface DiffOptions extends VerbOptions {
  readonly table?: string;
}

/** `sluice contract diff`: how one contract differs from another, and who feels it. */
export async function diffContracts(
  shell: Shell,
  a: string,
  b: string,
  datasets: readonly string[],
  options: DiffOptions,
): Promise<number> {
  if (isSide(shell, a) || isSide(shell, b)) {
    const { diffContractSides } = await import("./contract-diff-sides.ts");
    const found = await diffContractSides(shell, [a, b], datasets, options);
    return await tell(shell, found, options);
  }
  if (datasets.length > 0) {
    throw new SluiceError("bad-usage", "Datasets are named behind environments or releases only", {
      hint: "sluice contract diff prod dev raw.orders",
    });
  }
  const dataset = [a, b].find((name) => !isContractFile(shell, name));
  if (dataset === undefined) return await compare(shell, [a, b], options, undefined);
  return await lookAtGraph(startDirectory(shell, options), (graph) =>
    compare(shell, [a, b], options, { graph, dataset: findDataset(graph, dataset).id }),
  );
}

interface Project {
  readonly graph: Graph;
  readonly dataset: string;
}

async function compare(
  shell: Shell,
  names: readonly [string, string],
  options: DiffOptions,
  project: Project | undefined,
): Promise<number> {
  const read = async (name: string): Promise<ContractSettings> => {
    const own = project !== undefined && !isContractFile(shell, name);
    const document = own ? documentOfDataset(project.graph, name) : await readContractFile(shell, name);
    return importContract(document, findTable(document, own ? undefined : options.table), "any.any").settings;
  };
  const links = project && columnLinks(project.graph);
  const changes = judgeContract(
    await read(names[0]),
    await read(names[1]),
    links && ((column) => readersOf(links, { dataset: project.dataset, column })),
  );
  return await tell(shell, { a: names[0], b: names[1], changes }, options);
}

async function tell(
  shell: Shell,
  { a, b, changes }: { readonly a: string; readonly b: string; readonly changes: readonly NamedChange[] },
  options: DiffOptions,
): Promise<number> {
  const verdict = changes.some(({ severity }) => severity === "breaking") ? "breaking" : "compatible";
  if (options.json) await printJson(shell, { a, b, verdict, changes });
  else if (changes.length === 0) await printLines(shell, ["the contracts say the same"]);
  else
    await printLines(shell, [
      ...changes.map((change) => printable(lineOf(change))),
      "",
      `${verdict}, ${count(changes.length, "change")}`,
    ]);
  return changes.length === 0 ? exitCode.ok : exitCode.findings;
}

function lineOf({ dataset, column, what, from, to, breaks, severity, readers }: NamedChange): string {
  const sign = what === "added" ? "+" : what === "removed" ? "-" : "~";
  const said = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));
  const values = [from, to].flatMap((value) => (value === undefined ? [] : [said(value)])).join(" → ");
  const people = [
    ...(readers?.models ?? []),
    ...(readers?.consumers ?? []).map((name) => `consumer ${name}`),
  ];
  const whom = [
    ...(isRefusal(breaks) ? ["refuses records that were accepted"] : []),
    ...(people.length === 0 ? [] : [`read by ${people.join(", ")}`]),
  ].join("; ");
  const end = severity === "breaking" ? `  breaking${whom === "" ? "" : `: ${whom}`}` : "";
  return `${sign} ${dataset === undefined ? "" : `${dataset} `}${column === undefined ? "" : `${column} `}${what} ${values}${end}`;
}

const count = (number: number, word: string): string => `${number} ${word}${number === 1 ? "" : "s"}`;
