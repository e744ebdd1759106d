/**
 * A small tree for every way of breaking each rule, with the breach it must find: the proof that a rule
 * can fail. Beside it a tree that looks alike and breaks nothing.
 */
import type { codeRules } from "./code-rules.ts";
import type { importRules } from "./import-rules.ts";

type Tree = Readonly<Record<string, string>>;
export type RuleName = keyof typeof importRules | keyof typeof codeRules;

const lines = (count: number, text: string): string => `${text}\n`.repeat(count);
const paragraph =
  "/** What this room is for, told in enough words that somebody who comes by knows what it does and what it must never do. */\n";

export const breaches: Readonly<Record<RuleName, readonly (readonly [tree: Tree, breach: string])[]>> = {
  rooms: [
    [
      { "src/define/check.ts": `import type { A } from "../errors.ts";` },
      "define may import nothing, and not errors",
    ],
    [{ "src/plan/plan.ts": `import { a } from "../store/store.ts";` }, "and not store port"],
    [{ "src/run/run.ts": `import { a } from "../cli/main.ts";` }, "and not cli"],
    [{ "src/run/run.ts": `type A = import("../wiring.ts").A;` }, "and not wiring"],
    [{ "src/store/store.ts": `import type { A } from "../run/run.ts";` }, "and not run"],
    [{ "src/executor/local.ts": `import { a } from "../worker/perform.ts";` }, "and not worker"],
    [{ "src/attic/box.ts": `import { a } from "../errors.ts";` }, `"attic" is not a room`],
    [{ "src/cli/run.ts": `const { a } = await import("../testing/index.ts");` }, "and not testing"],
  ],
  inside: [[{ "src/cli/init.ts": `import { a } from "../../examples/a.ts";` }, "what is shipped"]],
  heartOrder: [
    [{ "src/graph/graph.ts": `import type { Plan } from "../plan/plan.ts";` }, "plan comes after graph"],
    [{ "src/sql/bind.ts": `export * from "../compile/compile.ts";` }, "compile comes after sql"],
    [{ "src/compile/compile.ts": `type A = import("../quality/ask.ts").A;` }, "quality comes after compile"],
    [{ "src/plan/plan.ts": `import type { Board } from "../flow/board.ts";` }, "flow comes after plan"],
    [{ "src/flow/board.ts": `import type { Plan } from "../plan/plan.ts";` }, "flow knows graph only"],
  ],
  portTypes: [
    [{ "src/store/store.ts": `import { a } from "../graph/graph.ts";` }, "`import type`"],
    [{ "src/store/store.ts": `import { type A } from "../graph/graph.ts";` }, "`import type`"],
    [
      { "src/engine/engine.ts": `import type { Value } from "@duckdb/node-api";` },
      "neither libraries nor Node",
    ],
    [{ "src/storage/storage.ts": `import type { Stats } from "node:fs";` }, "neither libraries nor Node"],
  ],
  adapters: [
    [{ "src/store/sqlite.ts": `import { a } from "../storage/local.ts";` }, "meet in wiring.ts only"],
    [{ "src/engine/duckdb/ingest.ts": `import { a } from "../postgres.ts";` }, "the adapter postgres"],
    [{ "src/store/sqlite-leases.ts": `import { a } from "./postgres/leases.ts";` }, "the adapter postgres"],
    [{ "src/store/tables.ts": `import { a } from "./sqlite.ts";` }, "the adapter sqlite"],
  ],
  wiring: [
    [{ "src/run/run.ts": `import { a } from "../engine/duckdb/duckdb.ts";` }, "from wiring.ts"],
    [{ "src/worker/main.ts": `const { a } = await import("../storage/local.ts");` }, "from wiring.ts"],
    [{ "src/cli/run.ts": `import type { A } from "../store/sqlite.ts";` }, "from wiring.ts"],
  ],
  siblings: [
    [{ "src/cli/serve.ts": `const { a } = await import("../server/server.ts");` }, "siblings"],
    [{ "src/server/server.ts": `import type { A } from "../cli/main.ts";` }, "siblings"],
  ],
  libraries: [
    [
      { "src/quality/ask.ts": `import { a } from "@duckdb/node-api";` },
      "belongs to src/sql/ and src/engine/duckdb",
    ],
    [
      { "src/engine/postgres.ts": `import { a } from "@duckdb/node-api/lib/a.js";` },
      "belongs to src/sql/ and src/engine/duckdb",
    ],
    [{ "src/run/run.ts": `import { sql } from "kysely";` }, "belongs to src/store/"],
    [{ "src/cli/main.ts": `import chalk from "chalk";` }, "no room owns this package"],
  ],
  circles: [
    [
      { "src/run/a.ts": `import type { B } from "./b.ts";`, "src/run/b.ts": `import { A } from "./a.ts";` },
      "src/run/a.ts, src/run/b.ts",
    ],
    [{ "src/run/a.ts": `export type A = import("./a.ts").B;` }, "in a circle: src/run/a.ts"],
    [
      {
        "src/a/a.ts": `import "../b/b.ts";`,
        "src/b/b.ts": `export { c } from "../c/c.ts"; import "../d/d.ts";`,
        "src/c/c.ts": `await import("../a/a.ts");`,
        "src/d/d.ts": ``,
      },
      "in a circle: src/a/a.ts, src/b/b.ts, src/c/c.ts",
    ],
  ],
  console: [
    [{ "console/api/client.ts": `import { a } from "../../src/server/api.ts";` }, "only `import type`"],
    [
      { "console/pages/home.tsx": `import type { A } from "../../src/graph/graph.ts";` },
      "only `import type`",
    ],
  ],
  pureImports: [
    [{ "src/plan/make-plan.ts": `import { readFileSync } from "node:fs";` }, "nothing else of Node"],
    [{ "src/sql/bind.ts": `import { createHash, randomUUID } from "node:crypto";` }, "nothing else of Node"],
    [{ "src/graph/walk.ts": `const { env } = await import("node:process");` }, "nothing else of Node"],
  ],
  pureGlobals: [
    [{ "src/plan/plan.ts": `const at = Date.now();` }, "uses Date.now"],
    [{ "src/plan/plan.ts": `const at = new Date();` }, "uses new Date()"],
    [{ "src/quality/judge.ts": `const at = Date();` }, "uses Date()"],
    [{ "src/graph/walk.ts": `const chance = () => Math.random();` }, "uses Math.random"],
    [{ "src/compile/compile.ts": `if (process.env["A"]) debug();` }, "uses process"],
    [{ "src/compile/compile.ts": `const { env } = globalThis.process;` }, "uses globalThis"],
    [{ "src/sql/bind.ts": `await fetch("http://localhost");` }, "uses fetch"],
    [{ "src/flow/board.ts": `setTimeout(() => {}, 1);` }, "uses setTimeout"],
    [{ "src/define/t.ts": `export const here = import.meta.dirname;` }, "uses import.meta"],
    [{ "src/errors.ts": `const own = { console };` }, "uses console"],
  ],
  emptyNames: [
    [{ "src/run/utils.ts": "" }, `"utils.ts" names no thing`],
    [{ "src/common/clock.ts": "" }, `"common" names no thing`],
    [{ "test/helpers.test.ts": "" }, `"helpers.test.ts" names no thing`],
    [{ "src/run/index.ts": "" }, `"index.ts" names no thing`],
  ],
  kebabCase: [
    [{ "src/run/buildKey.ts": "" }, "not kebab-case"],
    [{ "src/Run/run.ts": "" }, "not kebab-case"],
    [{ "src/run/build_key.test.ts": "" }, "not kebab-case"],
  ],
  declaredNames: [
    [{ "src/run/run.ts": "export class RunManager {}" }, "declares RunManager"],
    [{ "src/engine/duckdb.ts": "abstract class BaseEngine {}" }, "declares BaseEngine"],
    [{ "src/store/store.ts": "export interface IStore {}" }, "declares IStore"],
    [{ "src/store/store.ts": "export const leaseManager = 1;" }, "declares leaseManager"],
  ],
  defaultExports: [
    [{ "src/run/run.ts": "export default function run() {}" }, "src/run/run.ts:1 has a default export"],
  ],
  barrels: [
    [{ "src/plan/all.ts": `export * from "./plan.ts";` }, "re-exports"],
    [{ "src/plan/all.ts": `export type { Plan } from "./plan.ts";` }, "re-exports"],
  ],
  fileLength: [[{ "src/run/run.ts": lines(501, "// a") }, "has 501 lines"]],
  functionLength: [
    [{ "src/run/run.ts": `function run() {\n${lines(60, "  step();")}}` }, "a function of 62 lines"],
    [
      { "src/run/run.ts": `const run = async () => {\n${lines(60, "  step();")}};` },
      "a function of 62 lines",
    ],
  ],
  doorplates: [
    [{ "src/graph/graph.ts": `import type { A } from "./a.ts";` }, "should open with a paragraph"],
    [{ "src/graph/graph.ts": "/** Graph. */" }, "should open with a paragraph"],
    [{ "src/graph/walk.ts": paragraph }, "should open with a paragraph"],
    [{ "src/attic/box.ts": paragraph }, "has no doorplate"],
  ],
};

/** Keeps every rule, although it comes close. */
export const soundTree: Tree = {
  "src/index.ts": `${paragraph}export { a } from "./define/a.ts";`,
  "src/define/a.ts": `export const a = { process: 1 };`,
  "src/graph/graph.ts": `${paragraph}import type { a } from "../define/a.ts"; export const day = (at: string) => new Date(at).toISOString();`,
  "src/sql/binder.ts": `${paragraph}import { createHash } from "node:crypto"; import { DuckDBInstance } from "@duckdb/node-api";`,
  "src/plan/plan.ts": `${paragraph}// Date.now() and process.env stay outside\nexport const text = "Math.random()"; const { fetch: take } = ports; plan.process;`,
  "src/plan/plan.test.ts": `import { readFileSync } from "node:fs"; const at = Date.now();`,
  "src/store/store.ts": `${paragraph}import type { A } from "../graph/graph.ts";`,
  "src/store/sqlite.ts": `import { A } from "./store.ts"; import { sql } from "kysely"; import "./sqlite-leases.ts"; import "./tables.ts";`,
  "src/store/sqlite-leases.ts": `import { DatabaseSync } from "node:sqlite";`,
  "src/store/tables.ts": "",
  "src/worker/messages.ts": "",
  "src/worker/main.ts": `${paragraph}import "../wiring.ts";`,
  "src/executor/executor.ts": paragraph,
  "src/executor/local.ts": `import type { A } from "../worker/messages.ts";`,
  "src/wiring.ts": `import { a } from "./store/sqlite.ts"; const { b } = await import("./executor/local.ts");`,
  "console/api/client.ts": `import type { A } from "../../src/server/api.ts"; import { b } from "./b.ts";`,
  "examples/shop/sources/raw/orders.ts": `import { source } from "sluice"; export default source({});`,
  "scripts/long.ts": `function outer() {\n${lines(40, "  step();")}  const inner = () => {\n${lines(40, "    step();")}  };\n}`,
};
