import { exitCode } from "../errors.ts";
import { type CheckedProject, checkProject } from "../project/compile-project.ts";
import { lazyBinder } from "../project/lazy-binder.ts";
import type { ProjectScan, ScannedFile } from "../project/project.ts";
import { ProjectInvalid } from "../project/project-invalid.ts";
import { scanProject } from "../project/scan.ts";
import { ProjectWatch } from "../project/watch-project.ts";
import { checkDocument, verdict } from "./check-document.ts";
import { diagnosticRenderer } from "./diagnostic-renderer.ts";
import { printLines } from "./open-workspace.ts";
import { names } from "./quantity.ts";
import { errorDocument, renderDiagnostics } from "./render-error.ts";
import type { Shell } from "./shell.ts";

/** An answer as it was printed. */
interface Told {
  readonly project: CheckedProject;
  /** Files that changed since the answer before. */
  readonly changed: readonly string[];
  /** Milliseconds. */
  readonly elapsed: number;
}

/**
 * `sluice check --watch`: check, and check again after every change, until Ctrl-C. The engine stays open in
 * between. Mistakes of the project are told and waited out; they end nothing.
 */
export async function checkAndWatch(shell: Shell, root: string, json: boolean): Promise<number> {
  const tell = json ? tellPrograms : tellPeople;
  const stop = new AbortController();
  using _interrupts = shell.interrupts(() => stop.abort());
  using watch = new ProjectWatch(root);
  const binder = lazyBinder();
  void binder.warm();
  let last: CheckedProject | undefined;
  try {
    while (!stop.signal.aborted) {
      const started = shell.now().getTime();
      if (last === undefined || scanProject(root).signature !== last.scan.signature) {
        const project = await checkProject(root, { binder });
        const changed = last === undefined ? [] : changedFiles(last.scan, project.scan);
        if (last === undefined || changed.length > 0 || !isSameAnswer(last, project))
          await tell(shell, root, { project, changed, elapsed: shell.now().getTime() - started });
        last = project;
      }
      // What happened in a new directory before it was watched is seen by looking once more.
      if (!watch.follow(last.scan.directories)) await watch.next(stop.signal);
    }
  } finally {
    binder.close();
  }
  return exitCode.ok;
}

/** Paths of files that were written, made or removed between two scans, sorted. */
function changedFiles(before: ProjectScan, after: ProjectScan): string[] {
  const [old, young] = [before, after].map(
    ({ files }) => new Map(files.map((file) => [file.path, stamp(file)])),
  );
  const paths = new Set([...(old?.keys() ?? []), ...(young?.keys() ?? [])]);
  return [...paths].filter((path) => old?.get(path) !== young?.get(path)).toSorted();
}

/** Size and times. Of a file written just now the state tells more, and that goes away with time. */
const stamp = ({ state }: ScannedFile): string => state.split(" ", 3).join(" ");

const isSameAnswer = (one: CheckedProject, other: CheckedProject): boolean =>
  one.graphHash === other.graphHash && JSON.stringify(one.diagnostics) === JSON.stringify(other.diagnostics);

/** One document in one line: that of a check, or that of the error it would end with. */
async function tellPrograms(shell: Shell, _root: string, { project, elapsed }: Told): Promise<void> {
  const document = checkDocument(project, elapsed) ?? errorDocument(new ProjectInvalid(project.diagnostics));
  await shell.out.write(`${JSON.stringify(document)}\n`);
}

const clearScreen = "\u001B[2J\u001B[3J\u001B[H";

async function tellPeople(shell: Shell, root: string, { project, changed, elapsed }: Told): Promise<void> {
  const { style, isTerminal } = shell.out;
  const paint = project.outline === undefined ? style.red : style.green;
  const time = style.dim(shell.now().toTimeString().slice(0, 8));
  const why = changed.length === 0 ? "" : ` ${style.dim(`after ${names(changed)}`)}`;
  if (isTerminal) await shell.out.write(clearScreen);
  await printLines(shell, [
    ...(await renderDiagnostics(project.diagnostics, diagnosticRenderer(root), style)),
    `${time} ${paint(verdict(project, elapsed))}${why}`,
    ...(isTerminal ? [style.dim("Watching for changes; Ctrl-C ends it.")] : []),
  ]);
}
