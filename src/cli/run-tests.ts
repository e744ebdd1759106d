import { SluiceError } from "../errors.ts";
import type { Graph } from "../graph/graph.ts";
import type { ModelTest } from "../graph/model-test.ts";
import { select } from "../graph/select.ts";
import type { LazyBinder } from "../project/lazy-binder.ts";
import { ProjectInvalid } from "../project/project-invalid.ts";
import type { ProjectScan } from "../project/project.ts";
import type { TestBench } from "../run/test-model.ts";
import type { TestResult } from "../run/test-models.ts";
import type { VerbOptions } from "./open-workspace.ts";
import type { Shell } from "./shell.ts";
import { failureLines, testSummary } from "./test-lines.ts";

export interface TestVerbOptions extends VerbOptions {
  readonly watch?: boolean;
  /** Write what is held as what is expected. */
  readonly update?: boolean;
  /** Seconds. */
  readonly timeout: number;
}

/** A project that can be tested, and its tests of the selected models. */
export interface Testable {
  readonly graph: Graph;
  readonly scan: ProjectScan;
  readonly tests: readonly ModelTest[];
}

/** Compile a project and read the tests of the selected models. Errors: `project-invalid`, `bad-selection`. */
export async function openTests(
  root: string,
  selection: readonly string[],
  binder?: LazyBinder,
): Promise<Testable> {
  const [{ compileProject }, { loadTests }] = await Promise.all([
    import("../project/compile-project.ts"),
    import("../project/load-tests.ts"),
  ]);
  const { graph, diagnostics, scan } = await compileProject(root, binder === undefined ? {} : { binder });
  if (graph === undefined) throw new ProjectInvalid(diagnostics);
  const { tests, diagnostics: mistakes } = await loadTests(scan, graph, binder);
  if (mistakes.some(({ severity }) => severity === "error")) throw new ProjectInvalid(mistakes);
  if (selection.length === 0) return { graph, scan, tests };
  const chosen = new Set(select(graph, selection));
  const some = tests.filter(({ model }) => chosen.has(model));
  if (some.length > 0) return { graph, scan, tests: some };
  throw new SluiceError("bad-selection", `"${selection.join(" ")}" selects nothing that has a test`, {
    hint: "tests lie below tests/ and name their model or source; without a selection all of them run",
  });
}

/** Run tests with the limits of the command line. */
export async function runTests(
  bench: TestBench,
  { graph, tests }: Testable,
  signal: AbortSignal,
  { timeout }: TestVerbOptions,
): Promise<readonly TestResult[]> {
  const { testModels } = await import("../run/test-models.ts");
  return testModels(bench, { graph, tests, signal, timeout: timeout * 1000, onResult: () => undefined });
}

/** What `--json` prints. */
export function testDocument(results: readonly TestResult[], elapsed: number) {
  const failed = results.filter(({ failure }) => failure !== undefined).length;
  return {
    passed: results.length - failed,
    failed,
    tests: results.map(({ test: { name, path, line, model }, failure, elapsed: took }) => ({
      name,
      path,
      ...(line === undefined ? {} : { line }),
      model,
      passed: failure === undefined,
      ...(failure === undefined ? {} : { failure: { ...failure, held: undefined } }),
      elapsed: Math.round(took),
    })),
    elapsed,
  };
}

/** What people read: the tests that failed, and how many passed. */
export function resultLines(shell: Shell, results: readonly TestResult[], elapsed: number): string[] {
  const { style } = shell.out;
  if (results.length === 0)
    return ["there are no tests yet: write one into tests/, as docs/guides/testing.md shows"];
  const failed = results.filter(({ failure }) => failure !== undefined);
  return [...failed.flatMap((one) => failureLines(one, style)), testSummary(results, elapsed, style)];
}
