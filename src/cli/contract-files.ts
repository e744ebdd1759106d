import { readFile } from "node:fs/promises";
import { relative, resolve } from "node:path";
import { exportContract } from "../compile/odcs/contract-document.ts";
import { readContract } from "../compile/odcs/judge-document.ts";
import type { OdcsObject } from "../compile/odcs/column-property.ts";
import { SluiceError } from "../errors.ts";
import type { DatasetNode, Graph } from "../graph/graph.ts";
import { nearestName } from "../graph/nearest-name.ts";
import type { Shell } from "./shell.ts";

/** Read a contract from a file, YAML or JSON. Errors: `file-unreadable`, `project-invalid` with what is wrong in it. */
export async function readContractFile(shell: Shell, file: string): Promise<OdcsObject> {
  const path = resolve(shell.cwd, file);
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    throw new SluiceError("file-unreadable", `The contract "${file}" cannot be read`, {
      cause,
      hint: "give the path of a file in YAML or JSON",
    });
  });
  const { misfitsOf } = await import("../compile/odcs/judge-by-schema.ts");
  const { document, diagnostics } = readContract(relative(shell.cwd, path), text, misfitsOf);
  if (document !== undefined) return document;
  const { ProjectInvalid } = await import("../project/project-invalid.ts");
  throw new ProjectInvalid(diagnostics);
}

/** A dataset by its name. Errors: `unknown-dataset`. */
export function findDataset(graph: Graph, name: string): DatasetNode {
  const found = graph.datasets.find(({ id }) => id.toLowerCase() === name.toLowerCase());
  if (found !== undefined) return found;
  const near = nearestName(
    name,
    graph.datasets.map(({ id }) => id),
  );
  throw new SluiceError(
    "unknown-dataset",
    `There is no dataset "${name}" in project "${graph.project.name}"`,
    {
      hint: near === undefined ? "sluice ls lists them" : `Did you mean "${near}"? sluice ls lists them`,
    },
  );
}

export const documentOfDataset = (graph: Graph, name: string): OdcsObject =>
  exportContract(findDataset(graph, name));
