import { readFileSync } from "node:fs";
import { join } from "node:path";
import { compareDiagnostics } from "../compile/compare-diagnostics.ts";
import { readDefinitionPath } from "../compile/definition-path.ts";
import { readTests, type TestFile } from "../compile/read-tests.ts";
import type { Diagnostic } from "../errors.ts";
import type { Graph } from "../graph/graph.ts";
import type { ModelTest } from "../graph/model-test.ts";
import { evaluate } from "./evaluate.ts";
import { type LazyBinder, lazyBinder } from "./lazy-binder.ts";
import type { ProjectScan } from "./project.ts";

export interface LoadedTests {
  /** In the order of their files and, within one, as they are written. */
  readonly tests: readonly ModelTest[];
  /** Sorted by path and place. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Milliseconds that one TypeScript file may take to load. */
const timeout = 10_000;

/** Read the tests of a compiled project. They are no part of it: what is wrong with one stops no run. */
export async function loadTests(scan: ProjectScan, graph: Graph, binder?: LazyBinder): Promise<LoadedTests> {
  const diagnostics: Diagnostic[] = [];
  const files: TestFile[] = [];
  const modules: string[] = [];
  for (const { path } of scan.files) {
    const kind = kindOf(path);
    if (kind === "other") diagnostics.push(notRead(path));
    if (kind === "module") modules.push(path);
    const text = kind === "yaml" ? textOf(scan.root, path, diagnostics) : undefined;
    if (text !== undefined) files.push({ path, text });
  }
  if (modules.length > 0) files.push(...(await evaluated(scan, modules, diagnostics)));
  const binding = binder ?? lazyBinder();
  const tests: ModelTest[] = [];
  try {
    for (const file of files.toSorted((a, b) => (a.path < b.path ? -1 : 1))) {
      const read = await readTests(file, graph, binding);
      tests.push(...read.tests);
      diagnostics.push(...read.diagnostics);
    }
  } finally {
    if (binder === undefined) binding.close();
  }
  return { tests, diagnostics: diagnostics.sort(compareDiagnostics) };
}

function kindOf(path: string): "yaml" | "module" | "other" | undefined {
  const name = path.split("/").at(-1) ?? "";
  if (!path.startsWith("tests/") || name.startsWith(".") || name.endsWith(".d.ts")) return undefined;
  if (/^readme\.md$/i.test(name)) return undefined;
  if (/\.ya?ml$/.test(name)) return "yaml";
  return name.endsWith(".ts") ? "module" : "other";
}

const notRead = (path: string): Diagnostic => ({
  code: "no-definition",
  severity: "warning",
  message: `"${path.split("/").at(-1)}" is not read: in tests/ definitions are *.yml, *.yaml and *.ts`,
  path,
});

function textOf(root: string, path: string, diagnostics: Diagnostic[]): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(join(root, path)));
  } catch (error) {
    const isText = error instanceof TypeError;
    const reason = error instanceof Error ? error.message : String(error);
    diagnostics.push({
      code: isText ? "file-encoding" : "file-load",
      severity: "error",
      message: isText ? "the file is not text" : `it cannot be read: ${reason}`,
      path,
      ...(isText ? { suggestion: "save it as UTF-8" } : {}),
    });
    return undefined;
  }
}

/** What modules of tests export. Datasets are evaluated with them, because tests import them. */
async function evaluated(
  scan: ProjectScan,
  modules: readonly string[],
  diagnostics: Diagnostic[],
): Promise<readonly TestFile[]> {
  const datasets = scan.files.flatMap(({ path }) => {
    const read = path.endsWith(".ts") ? readDefinitionPath(path) : undefined;
    const isDataset = read !== undefined && "role" in read && ["source", "model"].includes(read.role);
    return isDataset ? [{ path, dataset: read.name }] : [];
  });
  const answer = await evaluate(scan.root, [...datasets, ...modules.map((path) => ({ path }))], timeout);
  const fail = (path: string, problem: Omit<Diagnostic, "path" | "severity">): void =>
    void diagnostics.push({ ...problem, severity: "error", path });
  if ("lostOn" in answer) {
    const { message, suggestion } = answer.problem;
    fail(answer.lostOn.path, { code: "file-load", message, ...(suggestion ? { suggestion } : {}) });
    return [];
  }
  const wanted = new Set(modules);
  return answer.modules.flatMap(({ path, value, problems }): TestFile[] => {
    if (!wanted.has(path)) return [];
    for (const { code, message, suggestion, thrown } of problems)
      fail(thrown?.path ?? path, { code, message, ...(suggestion ? { suggestion } : {}), ...thrown });
    const text = value === undefined ? undefined : textOf(scan.root, path, diagnostics);
    return value === undefined || text === undefined ? [] : [{ path, text, value }];
  });
}
