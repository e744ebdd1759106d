import { exitCode } from "../errors.ts";
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
  if (options.watch) {
    const { testAndWatch } = await import("./test-watch.ts");
    return testAndWatch(shell, root, selection, options);
  }
  const started = shell.now().getTime();
  const testable = await openTests(root, selection);
  const { graph, tests } = testable;
  const { openTestBench } = await import("../wiring.ts");
  const stopping = stoppingWords(shell);
  const results = await stoppable(shell, stopping, async (signal) => {
    if (tests.length === 0) return [];
    await using bench = await openTestBench(root, graph.project);
    return await runTests(bench, testable, signal, options);
  });
  const elapsed = shell.now().getTime() - started;
  if (options.json) await printJson(shell, testDocument(results, elapsed));
  else await printLines(shell, resultLines(shell, results, elapsed));
  return results.some(({ failure }) => failure !== undefined) ? exitCode.failed : exitCode.ok;
}

const stoppingWords = (shell: Shell) => ({
  onStopping: () => void shell.err.write("stopping…\n"),
  onLeaving: () => undefined,
});
