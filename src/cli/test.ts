import { exitCode, SluiceError } from "../errors.ts";
import type { TestResult } from "../run/test-models.ts";
import { printable } from "./display-text.ts";
import { printJson, printLines, startDirectory } from "./open-workspace.ts";
import { openTests, resultLines, runTests, testDocument, type TestVerbOptions } from "./run-tests.ts";
import type { Shell } from "./shell.ts";
import { stoppable } from "./stoppable.ts";

/**
 * `sluice test`: build models from the given rows of tests, in a place of their own, and compare. Touches neither data
 * nor state. Exits with 1 where a test fails. Errors: `project-invalid`, `bad-selection`.
 */
export async function test(
  shell: Shell,
  selection: readonly string[],
  options: TestVerbOptions,
): Promise<number> {
  const { findProject } = await import("../project/find-project.ts");
  const root = findProject(startDirectory(shell, options));
  if (options.watch && options.update) {
    throw new SluiceError("bad-usage", "--update and --watch do not go together", {
      hint: "look at what differs first, then write it with --update",
    });
  }
  if (options.watch) {
    const { testAndWatch } = await import("./test-watch.ts");
    return testAndWatch(shell, root, selection, options);
  }
  const started = shell.now().getTime();
  const results = await runAll(shell, root, selection, options);
  const elapsed = shell.now().getTime() - started;
  if (options.update) return await update(shell, root, results, elapsed, options);
  if (options.json) await printJson(shell, testDocument(results, elapsed));
  else await printLines(shell, resultLines(shell, results, elapsed));
  return results.some(({ failure }) => failure !== undefined) ? exitCode.failed : exitCode.ok;
}

async function runAll(
  shell: Shell,
  root: string,
  selection: readonly string[],
  options: TestVerbOptions,
): Promise<readonly TestResult[]> {
  const testable = await openTests(root, selection);
  const { openTestBench } = await import("../wiring.ts");
  return await stoppable(shell, stoppingWords(shell), async (signal) => {
    if (testable.tests.length === 0) return [];
    await using bench = await openTestBench(root, testable.graph.project);
    return await runTests(bench, testable, signal, options);
  });
}

/** Show what differs, then expect it. Exits with 1 where a test fails that has to be looked at by hand. */
async function update(
  shell: Shell,
  root: string,
  results: readonly TestResult[],
  elapsed: number,
  options: TestVerbOptions,
): Promise<number> {
  if (!options.json) await printLines(shell, resultLines(shell, results, elapsed));
  const { writeExpected } = await import("./test-update.ts");
  const { written, left } = await writeExpected(root, results);
  const updated = written.map(({ test: { name, path } }) => ({ name, path }));
  if (options.json) await printJson(shell, { ...testDocument(results, elapsed), updated });
  else {
    const lines = updated.map(
      ({ name, path }) => `  expected from now on: ${printable(name)} (${printable(path)})`,
    );
    const more = written.some(({ failure }) => failure?.step !== undefined);
    await printLines(shell, [
      ...lines,
      ...left.map(
        ({ test: { name, path } }) => `  to be looked at by hand: ${printable(name)} (${printable(path)})`,
      ),
      ...(more ? ["  later steps were not looked at: run it again"] : []),
    ]);
  }
  return left.length > 0 ? exitCode.failed : exitCode.ok;
}

const stoppingWords = (shell: Shell) => ({
  onStopping: () => void shell.err.write("stopping…\n"),
  onLeaving: () => undefined,
});
