import { resolve } from "node:path";
import type { Workspace } from "../wiring.ts";
import type { Shell } from "./shell.ts";

/** Options that most verbs take. */
export interface VerbOptions {
  readonly json?: boolean;
  readonly project?: string;
}

/** The directory a verb starts from: `--project`, else where the user stands. */
export function startDirectory(shell: Shell, options: { readonly project?: string }): string {
  return resolve(shell.cwd, options.project ?? ".");
}

/** The environment a verb is about: `--env`, else `SLUICE_ENV`, else `dev`. */
export function environmentOf(shell: Shell, options: { readonly env?: string }): string {
  return options.env ?? (shell.env["SLUICE_ENV"] || "dev");
}

/** Open the workspace for one piece of work and close it behind, whatever comes of it. Errors: `not-a-project`. */
export async function withWorkspace<T>(
  shell: Shell,
  options: { readonly project?: string },
  work: (workspace: Workspace) => Promise<T>,
): Promise<T> {
  const { openWorkspace } = await import("../wiring.ts");
  const workspace = await openWorkspace(startDirectory(shell, options));
  try {
    return await work(workspace);
  } finally {
    await workspace.close();
  }
}

/** Print a document as JSON. */
export async function printJson(shell: Shell, document: unknown): Promise<void> {
  await shell.out.write(`${JSON.stringify(document, undefined, 2)}\n`);
}

/** Print lines, each ended. */
export async function printLines(shell: Shell, lines: readonly string[]): Promise<void> {
  await shell.out.write(lines.map((line) => `${line}\n`).join(""));
}
