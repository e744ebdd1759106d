import process from "node:process";
import { exitCode } from "../errors.ts";
import { printJson, printLines } from "./open-workspace.ts";
import { readPackage } from "./package-root.ts";
import type { Shell } from "./shell.ts";

/** `sluice version`. */
export async function version(shell: Shell, options: { readonly json?: boolean }): Promise<number> {
  const { version: sluice, dependencies } = await readPackage();
  const versions = {
    sluice,
    engine: `duckdb ${dependencies["@duckdb/node-bindings"]}`,
    node: process.versions.node,
    platform: `${process.platform}-${process.arch}`,
  };
  if (options.json) await printJson(shell, versions);
  else
    await printLines(shell, [
      `sluice ${sluice} (${versions.engine}, node ${versions.node}, ${versions.platform})`,
    ]);
  return exitCode.ok;
}
