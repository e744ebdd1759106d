import { globSync, readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isPlainScript } from "./plain-script.ts";

const root = join(import.meta.dirname, "../..");

const plain = [
  'import { project } from "sluice";\n\nexport default project({ name: "p" });\n',
  'import { files, source, t } from "sluice";\nimport * as x from \'./x.ts\';\nimport y, { z } from "./y.ts"\nimport "./effect.ts";\nexport default source({ columns: { id: t.integer().key() } });',
  "export const a = 1;\nexport function f() { return a; }\nexport class C { m() {} }\nexport default async function () {}",
  'const rows = await Promise.resolve([1]);\nexport default rows.map((n) => ({ n, "type": n ? n : 0 }));',
  "export default { type: 1, enum: 2, as: 3, declare: 4 };",
];

const typed = [
  "export default 1 as number;",
  "const a: number = 1;\nexport default a;",
  'import type { A } from "./a.ts";\nexport default 1;',
  'import { type A, b } from "./a.ts";\nexport default b;',
  "export type A = 1;\nexport default 1;",
  "export default interface A {}",
  "export default function f(a?: string) { return a!; }",
  "enum A { a }\nexport default A;",
  "const f = (a) => a;\nexport default f<number>(1);",
  "abstract class A {}\nexport default A;",
  "export default {} satisfies object;",
  "declare const a: number;\nexport default a;",
  "export default 1 +;",
];

describe("isPlainScript", () => {
  test.each(plain)("says yes of %j", (source) => {
    expect(isPlainScript(source)).toBe(true);
    expect(stripTypeScriptTypes(source)).toBe(source);
  });

  test.each(typed)("says no of %j", (source) => expect(isPlainScript(source)).toBe(false));

  test("nothing is taken out of whatever it says yes of", () => {
    const parts = [...plain, ...typed].flatMap((source) => source.split(/(?<=[\s;(){}:,])/));
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...parts), { maxLength: 12 }), (words) => {
        const source = words.join("");
        if (!isPlainScript(source)) return;
        let stripped: string | undefined;
        try {
          stripped = stripTypeScriptTypes(source);
        } catch {
          // What only modules or scripts may say is told when it is loaded.
          return;
        }
        expect(stripped).toBe(source);
      }),
      { numRuns: 5000 },
    );
  });

  test("the definitions of the example say nothing that would have to be taken out", () => {
    const files = globSync("examples/**/*.ts", { cwd: root, exclude: ["**/node_modules/**"] });
    const sources = files.map((file) => readFileSync(join(root, file), "utf8")).filter(isPlainScript);
    expect(sources.length).toBeGreaterThan(3);
    for (const source of sources) expect(stripTypeScriptTypes(source)).toBe(source);
  });
});
