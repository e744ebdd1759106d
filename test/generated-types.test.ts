/** The types of a project as its own compiler sees them: `test/golden/typed-project/uses` says what must and must not compile. */
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { renderTypes } from "../src/compile/render-types.ts";
import { compileProject } from "../src/project/compile-project.ts";

const project = join(import.meta.dirname, "golden/typed-project");
/** As deep in the repository as the project, so that its settings lead to the same places. */
const place = mkdtempSync(join(import.meta.dirname, ".types-"));
const copy = join(place, "project");
afterAll(() => rmSync(place, { recursive: true, force: true }));

function tsc(directory: string): string {
  try {
    return execFileSync(join(import.meta.dirname, "../node_modules/.bin/tsc"), ["-p", directory], {
      encoding: "utf8",
    });
  } catch (error) {
    return (error as { readonly stdout: string }).stdout;
  }
}

test("the generated types are as they are written down", async () => {
  const { graph } = await compileProject(project, { cache: false });
  expect(renderTypes(graph?.datasets ?? [])).toBe(readFileSync(join(project, "sluice-env.d.ts"), "utf8"));
});

test("definitions, queries, rows, consumers and applications are typed end to end", () => {
  expect(tsc(project)).toBe("");
});

test("without generated types every name will do, and what is imported is typed all the same", () => {
  cpSync(project, copy, {
    recursive: true,
    filter: (path) => !path.endsWith("sluice-env.d.ts") && !path.includes("/uses/"),
  });
  const text = `import { type Row, dataset, model, sql } from "sluice";
import comments from "../sources/raw/comments.ts";
export const anything: Row<"no.such"> = { x: 1 };
model({ inputs: { a: dataset("no.such"), comments }, query: ({ a, comments }) => sql\`\${a["x"]} \${comments.body}\` });
model({ inputs: { comments }, query: ({ comments }) => sql\`\${comments.bodyy}\` });
`;
  writeFileSync(join(copy, "uses/late.ts"), text);
  const said = tsc(copy);
  expect(said.match(/error TS/g)).toHaveLength(1);
  expect(said).toContain("bodyy");
  expect(said).toContain("late.ts(5,");
});
