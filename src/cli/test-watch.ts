import { exitCode } from "../errors.ts";
import type { ModelTest } from "../graph/model-test.ts";
import { lazyBinder } from "../project/lazy-binder.ts";
import { ProjectInvalid } from "../project/project-invalid.ts";
import { scanProject } from "../project/scan.ts";
import { ProjectWatch } from "../project/watch-project.ts";
import type { TestResult } from "../run/test-models.ts";
import { diagnosticRenderer } from "./diagnostic-renderer.ts";
import { printLines } from "./open-workspace.ts";
import { errorDocument, renderDiagnostics } from "./render-error.ts";
import type { Shell } from "./shell.ts";
import {
  openTests,
  resultLines,
  runTests,
  type Testable,
  testDocument,
  type TestVerbOptions,
} from "./run-tests.ts";

/**
 * `sluice test --watch`: run all tests, and after every change those that it touches, until Ctrl-C. What was found of the
 * others is told again. Mistakes of the project are told and waited out.
 */
export async function testAndWatch(
  shell: Shell,
  root: string,
  selection: readonly string[],
  options: TestVerbOptions,
): Promise<number> {
  const { openTestBench } = await import("../wiring.ts");
  const stop = new AbortController();
  using _interrupts = shell.interrupts(() => stop.abort());
  using watch = new ProjectWatch(root);
  const binder = lazyBinder();
  let bench: Awaited<ReturnType<typeof openTestBench>> | undefined;
  let known = new Map<string, TestResult>();
  let signature: string | undefined;
  let told: string | undefined;
  const isStopped = (): boolean => stop.signal.aborted;
  try {
    while (!isStopped()) {
      const scan = scanProject(root);
      if (scan.signature !== signature) {
        signature = scan.signature;
        const started = shell.now().getTime();
        try {
          const testable = await openTests(root, selection, binder);
          bench ??= await openTestBench(root, testable.graph.project);
          const keys = testable.tests.map((test) => keyOf(test, testable));
          const touched = testable.tests.filter((_, index) => !known.has(keys[index] ?? ""));
          const fresh = await runTests(bench, { ...testable, tests: touched }, stop.signal, options);
          const results = testable.tests.flatMap((test, index): TestResult[] => {
            const found = fresh[touched.indexOf(test)] ?? known.get(keys[index] ?? "");
            return found === undefined ? [] : [{ ...found, test }];
          });
          known = new Map(results.map((result, index) => [keys[index] ?? "", result]));
          if (touched.length > 0 || told !== testsOf(testable)) {
            await tell(shell, results, touched.length, shell.now().getTime() - started, options);
          }
          told = testsOf(testable);
        } catch (error) {
          if (isStopped()) break;
          if (!(error instanceof ProjectInvalid)) throw error;
          told = undefined;
          await tellMistakes(shell, root, error, options);
        }
      }
      if (!watch.follow(scan.directories)) await watch.next(stop.signal);
    }
  } finally {
    binder.close();
    await bench?.[Symbol.asyncDispose]();
  }
  return exitCode.ok;
}

const testsOf = ({ tests }: Testable): string => JSON.stringify(tests);

/** Equal as long as nothing has changed that a test hangs on. */
function keyOf(test: ModelTest, { graph }: Testable): string {
  const node = graph.datasets.find(({ id }) => id === test.model);
  const shapes = graph.datasets
    .filter(({ id }) => id === test.model || node?.inputs.some((input) => input === id))
    .map(({ id, columns }) => [id, columns]);
  const { line: _, ...written } = test;
  return JSON.stringify([written, node?.fingerprint, shapes]);
}

async function tell(
  shell: Shell,
  results: readonly TestResult[],
  ran: number,
  elapsed: number,
  { json }: TestVerbOptions,
): Promise<void> {
  if (json) return shell.out.write(`${JSON.stringify(testDocument(results, elapsed))}\n`);
  const { style } = shell.out;
  const others = results.length - ran;
  const known = others > 0 && ran > 0 ? [style.dim(`${ran} of ${results.length} tests were touched`)] : [];
  await show(shell, [...resultLines(shell, results, elapsed), ...known]);
}

async function tellMistakes(
  shell: Shell,
  root: string,
  error: ProjectInvalid,
  { json }: TestVerbOptions,
): Promise<void> {
  if (json) return shell.out.write(`${JSON.stringify(errorDocument(error))}\n`);
  await show(shell, await renderDiagnostics(error.diagnostics, diagnosticRenderer(root), shell.out.style));
}

async function show(shell: Shell, lines: readonly string[]): Promise<void> {
  const { style, isTerminal } = shell.out;
  if (isTerminal) await shell.out.write("\u001B[2J\u001B[3J\u001B[H");
  const hint = isTerminal ? [style.dim("Watching for changes; Ctrl-C ends it.")] : [];
  await printLines(shell, [...lines, ...hint]);
}
