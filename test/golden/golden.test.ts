import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { renderDiagnostic } from "../../src/compile/code-frame.ts";
import type { DatasetNode, Graph } from "../../src/graph/graph.ts";
import type { QueryLineage } from "../../src/graph/lineage.ts";
import { compileProject } from "../../src/project/compile-project.ts";
import { madeProjects, makeProject } from "./made-projects.ts";

/** Each folder beside this file is a project, with what the compiler says about it in `expected.txt`. */
const here = import.meta.dirname;
const folders = readdirSync(here, { withFileTypes: true }).filter((entry) => entry.isDirectory());
const cases = [...new Set([...folders.map((entry) => entry.name), ...Object.keys(madeProjects)])].sort(
  (a, b) => (a < b ? -1 : 1),
);
const temporary = mkdtempSync(join(tmpdir(), "sluice-golden-"));

afterAll(() => rmSync(temporary, { recursive: true, force: true }));

describe("golden projects", () => {
  test.each(cases)("%s", async (name) => {
    const made = name in madeProjects;
    const root = made ? join(temporary, name) : join(here, name);
    if (made) makeProject(name, root);
    const timeout = name === "ts-hangs" || name === "ts-waits" ? 1500 : 10_000;
    const { graph, diagnostics } = await compileProject(root, { cache: false, timeout });
    const texts = diagnostics.map((one) => renderDiagnostic(one, readText(join(root, one.path))));
    const text = [...texts, ...(graph === undefined ? [] : [describeGraph(graph)])].join("\n\n");
    expectGolden(name, `${text}\n`);
    expect(graph === undefined).toBe(diagnostics.some((one) => one.severity === "error"));
  });
});

/** What is expected is written when it is missing, to be read and committed; a machine that judges writes nothing. */
function expectGolden(name: string, actual: string): void {
  const path = join(here, name, "expected.txt");
  if (!existsSync(path) && !process.env["CI"]) {
    mkdirSync(join(here, name), { recursive: true });
    writeFileSync(path, actual);
  }
  expect(existsSync(path), `${path} is missing; run the test without CI to write it`).toBe(true);
  expect(actual).toBe(readFileSync(path, "utf8"));
}

function readText(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, "utf8") : undefined;
}

function describeGraph(graph: Graph): string {
  const { project, consumers, stories, datasets } = graph;
  return [
    `project ${JSON.stringify(project)}`,
    ...datasets.flatMap(describeDataset),
    ...consumers.map((one) => `consumer ${JSON.stringify(one)}`),
    ...stories.map((one) => `story ${JSON.stringify(one)}`),
  ].join("\n");
}

function describeDataset(node: DatasetNode): string[] {
  const { id, kind, columns, checks, fingerprint: _, auditFingerprint: __, ...more } = node;
  const { meaning: ___, lineage, ...rest } = { meaning: undefined, lineage: undefined, ...more };
  return [
    `${kind} ${id} ${JSON.stringify(rest)}`,
    ...columns.map(
      ({ name, engineType, declared }) => `  ${name} ${engineType} ${JSON.stringify(declared ?? null)}`,
    ),
    ...checks.map((check) => `  check ${JSON.stringify(check)}`),
    ...(lineage === undefined ? [] : describeLineage(lineage)),
  ];
}

function describeLineage({ rows, columns }: QueryLineage): string[] {
  const decides = (sources: QueryLineage["rows"]): string =>
    sources.map(({ dataset, column, by }) => ` | ${by} ${dataset}.${column}`).join("");
  return [
    ...(rows.length === 0 ? [] : [`  rows from${decides(rows)}`]),
    ...columns.map(({ column, direct, indirect, kind, proven }) => {
      const flows = direct.map((source) => ` ${source.kind} ${source.dataset}.${source.column}`).join(",");
      return `  ${column} from ${proven ? kind : "anything"}:${flows}${decides(indirect)}`;
    }),
  ];
}
