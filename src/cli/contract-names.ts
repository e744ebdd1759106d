/** What a contract is called on the command line. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { DatasetId } from "../graph/graph.ts";
import type { JudgedContractChange } from "../plan/judge-contract.ts";
import type { Shell } from "./shell.ts";

/** A change, and of which dataset, where several are compared. */
export type NamedChange = JudgedContractChange & { readonly dataset?: DatasetId };

/** Whether a name is that of a document. */
export const isContractFile = (shell: Shell, name: string): boolean =>
  /\.(?:ya?ml|json)$/i.test(name) || existsSync(resolve(shell.cwd, name));

/** Whether a name is an environment, a release or a version, as `sluice diff` takes them, and no file and no dataset. */
export const isSide = (shell: Shell, name: string): boolean =>
  !isContractFile(shell, name) && (name.includes("@") || !name.includes("."));
