import { randomUUID } from "node:crypto";
import { readFile, rename, stat, writeFile } from "node:fs/promises";
import { availableParallelism, totalmem } from "node:os";
import { join } from "node:path";
import { type EditedDefinition, editDefinition, writtenOut } from "../compile/edit/edit-definition.ts";
import { declaredSettings } from "../compile/edit/declared-settings.ts";
import { exitCode, SluiceError } from "../errors.ts";
import type { DatasetNode } from "../graph/graph.ts";
import type { Suggestion } from "../quality/suggest/propose.ts";
import type { Suggested } from "../run/suggest.ts";
import type { Workspace } from "../wiring.ts";
import { findDataset } from "./contract-files.ts";
import { printable } from "./display-text.ts";
import { environmentOf, printJson, printLines, withWorkspace, type VerbOptions } from "./open-workspace.ts";
import { counted } from "./quantity.ts";
import type { Shell } from "./shell.ts";
import { textDiff } from "./text-diff.ts";

interface SuggestOptions extends VerbOptions {
  readonly env?: string;
  readonly write?: boolean;
}

/** A look may use half of the machine's memory before it spills or gives up. */
const memoryShare = 0.5;

/**
 * `sluice suggest`: what a dataset's published rows let its definition promise, as a change of the file. Exit 2 where
 * there is something to add; 0 where there is nothing, or it was written.
 */
export async function suggest(shell: Shell, name: string, options: SuggestOptions): Promise<number> {
  const environment = environmentOf(shell, options);
  return withWorkspace(shell, options, async (workspace) => {
    const { graph } = await workspace.project();
    const node = findDataset(graph, name);
    const path = join(workspace.root, node.path);
    const file = { kind: kindOf(node), path: node.path, text: await readFile(path, "utf8") };
    const found = await look(shell, workspace, environment, node, declaredSettings(file, node));
    const additions = found.suggestions.flatMap(({ addition }) => (addition === undefined ? [] : [addition]));
    const edited = editDefinition(file, additions);
    const isChanged = edited.text !== file.text;
    const isWritten = options.write === true && isChanged;
    if (isWritten) await writeChecked(shell, workspace.root, node.path, file.text, edited.text);
    const report = { environment, node, file, found, edited, isWritten };
    if (options.json) await printJson(shell, suggestDocument(report));
    else await printLines(shell, suggestLines(shell, report));
    return additions.length === 0 || isWritten ? exitCode.ok : exitCode.findings;
  });
}

const kindOf = ({ path }: DatasetNode): "sql" | "module" => (path.endsWith(".sql") ? "sql" : "module");

/** Look at the rows; Ctrl-C ends it. */
async function look(
  shell: Shell,
  workspace: Workspace,
  environment: string,
  node: DatasetNode,
  said: (column: string) => ReadonlySet<string>,
): Promise<Suggested> {
  const [{ suggest: learn }, { whileReading }] = await Promise.all([
    import("../run/suggest.ts"),
    import("../run/while-reading.ts"),
  ]);
  const { ports } = workspace;
  const stop = new AbortController();
  using _interrupts = shell.interrupts(() => {
    if (stop.signal.aborted) shell.leave(exitCode.interrupted);
    stop.abort();
    void ports.storage.letGo();
  });
  const memory = Math.floor(totalmem() * memoryShare);
  const limits = { memory, threads: availableParallelism(), signal: stop.signal };
  const release = (await ports.store.environment(environment))?.release ?? 0;
  const { graph } = await workspace.project();
  return await whileReading(ports, { targets: [{ environment, release }], old: false }, () =>
    learn(ports, { graph, node, environment, said, limits }),
  );
}

/** Write a definition; where the project then has mistakes, it is put back. Errors: `project-invalid`. */
async function writeChecked(
  shell: Shell,
  root: string,
  file: string,
  before: string,
  after: string,
): Promise<void> {
  const path = join(root, file);
  if ((await readFile(path, "utf8")) !== before)
    throw new SluiceError("bad-usage", `"${file}" was changed meanwhile`, { hint: "ask again" });
  await replace(path, after);
  const { checkProject } = await import("../project/compile-project.ts");
  const { diagnostics } = await checkProject(root);
  if (!diagnostics.some(({ severity }) => severity === "error")) return;
  await replace(path, before);
  await checkProject(root);
  await shell.err.write(
    `${shell.err.style.yellow("warning:")} what was suggested does not compile, so ${printable(file)} is as it was\n`,
  );
  const { ProjectInvalid } = await import("../project/project-invalid.ts");
  throw new ProjectInvalid(diagnostics);
}

/** All of a file at once: who reads it meanwhile sees the one text or the other. */
async function replace(path: string, text: string): Promise<void> {
  const { mode } = await stat(path);
  const beside = `${path}.${randomUUID()}~`;
  await writeFile(beside, text, { mode });
  await rename(beside, path);
}

interface Report {
  readonly environment: string;
  readonly node: DatasetNode;
  readonly file: { readonly kind: "sql" | "module"; readonly path: string; readonly text: string };
  readonly found: Suggested;
  readonly edited: EditedDefinition;
  readonly isWritten: boolean;
}

/** What becomes of a suggestion: it is in the change, has to be written by hand, or is for people to decide. */
function stateOf({ edited }: Report, { addition }: Suggestion): "edit" | "by hand" | "advice" {
  if (addition === undefined) return "advice";
  return edited.left.includes(addition) ? "by hand" : "edit";
}

function suggestDocument(report: Report) {
  const { environment, node, file, found, edited, isWritten } = report;
  return {
    dataset: node.id,
    environment,
    release: found.release,
    rows: found.rows,
    versions: found.versions,
    path: file.path,
    suggestions: found.suggestions.map((suggestion) => ({
      about: suggestion.about,
      column: suggestion.column ?? null,
      evidence: suggestion.evidence,
      text: suggestion.addition === undefined ? null : writtenOut(file.kind, suggestion.addition),
      state: stateOf(report, suggestion),
    })),
    diff: edited.text === file.text ? [] : textDiff(file.text, edited.text),
    written: isWritten,
  };
}

function suggestLines(shell: Shell, report: Report): string[] {
  const { style } = shell.out;
  const { node, file, found, edited, isWritten, environment } = report;
  const { rows, versions, suggestions, release } = found;
  const from = `${counted(rows, "row")} of release ${release} of ${environment}, ${counted(versions, "version")} known`;
  const head = `${style.bold(printable(node.id))}: ${counted(suggestions.length, "suggestion")} from ${from}`;
  const evidence = suggestions.flatMap((suggestion) => {
    const { about, column, evidence: why, addition } = suggestion;
    const what = column === undefined ? about : `${about}: ${column}`;
    const lines = [`  ${style.bold(printable(what))}  ${printable(why)}`];
    if (stateOf(report, suggestion) === "by hand" && addition !== undefined)
      lines.push(`    ${style.yellow("by hand")}  ${printable(writtenOut(file.kind, addition))}`);
    return lines;
  });
  if (edited.text === file.text) return [head, ...evidence];
  const diff = textDiff(file.text, edited.text).map((line) =>
    line.startsWith("+")
      ? style.green(printable(line))
      : line.startsWith("-")
        ? style.red(printable(line))
        : printable(line),
  );
  const end = isWritten
    ? `Written to ${printable(file.path)}. The project compiles.`
    : `Nothing was written; --write does it.`;
  return [
    head,
    ...evidence,
    "",
    `--- ${printable(file.path)}`,
    `+++ ${printable(file.path)}`,
    ...diff,
    "",
    end,
  ];
}
