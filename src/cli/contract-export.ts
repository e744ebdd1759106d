import { mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { exportContract } from "../compile/odcs/contract-document.ts";
import { exitCode, SluiceError } from "../errors.ts";
import { contractText } from "../compile/odcs/contract-text.ts";
import { findDataset } from "./contract-files.ts";
import { lookAtGraph } from "./lineage.ts";
import { printJson, printLines, startDirectory, type VerbOptions } from "./open-workspace.ts";
import type { Shell } from "./shell.ts";

interface ExportOptions extends VerbOptions {
  readonly all?: boolean;
  readonly out?: string;
}

/** `sluice contract export`: contracts of datasets as documents of ODCS 3.1. */
export async function exportContracts(
  shell: Shell,
  dataset: string | undefined,
  options: ExportOptions,
): Promise<number> {
  if ((dataset === undefined) === (options.all !== true)) {
    throw new SluiceError("bad-usage", "Name one dataset, or say --all", {
      hint: "sluice contract export raw.orders",
    });
  }
  return await lookAtGraph(startDirectory(shell, options), async (graph) => {
    const nodes = dataset === undefined ? graph.datasets : [findDataset(graph, dataset)];
    const contracts = nodes.map((node) => ({ dataset: node.id, document: exportContract(node) }));
    const { out } = options;
    if (out !== undefined) {
      await mkdir(resolve(shell.cwd, out), { recursive: true });
      for (const { dataset: id, document } of contracts) {
        const path = join(out, `${id}.odcs.yaml`);
        await writeFile(resolve(shell.cwd, path), contractText(document));
        if (!options.json) await printLines(shell, [path]);
      }
    }
    if (options.json) await printJson(shell, { contracts });
    else if (out === undefined) {
      const texts = contracts.map(({ document }) => contractText(document));
      await shell.out.write(texts.join("---\n"));
    }
    return exitCode.ok;
  });
}
