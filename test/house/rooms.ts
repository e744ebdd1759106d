/**
 * The plan of the house, as data: which rooms there are, what each may import, and which file tells what
 * the room is for. ARCHITECTURE.md explains it; the rules beside this file hold the code to it.
 */

/** Pure rooms in their order: each may import those before it, never those after. */
export const heart = ["graph", "sql", "govern", "compile", "quality", "plan"] as const;

/** Rooms with an interface file and adapters beside it, and the names of the adapters. */
export const ports: Readonly<Record<string, readonly string[]>> = {
  store: ["sqlite", "postgres"],
  storage: ["local", "s3"],
  engine: ["duckdb", "postgres", "trino"],
  executor: ["local", "kubernetes"],
  sink: ["file", "http", "smtp"],
};

const pure = ["define", "errors", ...heart, "flow"];
const interfaces = Object.keys(ports).map((port) => `${port} port`);
const shell = [...pure, "entry", ...interfaces];

/**
 * What each room may import beside its own files. A port has two: its interface (`store port`) and its
 * adapters (`store adapter`).
 */
export const mayImport: Readonly<Record<string, readonly string[]>> = {
  define: [],
  errors: [],
  entry: [],
  machine: ["errors"],
  index: ["define"],
  ...Object.fromEntries(heart.map((room, at) => [room, ["define", "errors", ...heart.slice(0, at)]])),
  flow: ["define", "errors", "graph"],
  ...Object.fromEntries(interfaces.map((port) => [port, pure])),
  ...Object.fromEntries(
    Object.keys(ports).map((port) => [`${port} adapter`, [...pure, "entry", `${port} port`]]),
  ),
  project: shell,
  run: shell,
  worker: [...shell, "project", "wiring"],
  wiring: [...shell, ...Object.keys(ports).map((port) => `${port} adapter`), "project", "run", "machine"],
  server: [...shell, "project", "run", "wiring"],
  cli: [...shell, "project", "run", "wiring"],
  testing: [...shell, "run"],
};

/** Single files that a room may import although its room is closed to it, each with the reason. */
export const doors: readonly { readonly from: string; readonly to: string; readonly why: string }[] = [
  {
    from: "executor adapter",
    to: "src/worker/messages.ts",
    why: "an executor speaks with the worker it starts",
  },
];

/** Packages from outside and who may import them: a room, or a path below `src/`. */
export const libraries: Readonly<Record<string, readonly string[]>> = {
  "@duckdb/node-api": ["src/sql/", "src/engine/duckdb"],
  // Values as they lie in the memory of the engine.
  "@duckdb/node-bindings": ["src/engine/duckdb/distinct-hashes"],
  kysely: ["src/store/"],
  pg: ["src/store/postgres"],
  "pg-connection-string": ["src/store/postgres"],
  "@aws-sdk/client-s3": ["src/storage/s3"],
  nodemailer: ["src/sink/smtp"],
  "smtp-server": ["src/testing/"],
  yaml: ["src/compile/"],
  "@cfworker/json-schema": ["src/compile/odcs/"],
  zod: ["src/compile/"],
  commander: ["src/cli/"],
  vitest: ["src/testing/"],
  "fast-check": ["src/testing/"],
  // A path that is only known at run time: a definition file of a project, the simulator of the example.
  "(computed)": ["src/worker/load-definition.ts", "src/project/", "src/cli/demo.ts"],
};

/** The file in which each room says what it is for and what it must never do. */
export const doorplates: Readonly<Record<string, string>> = {
  define: "src/index.ts",
  graph: "src/graph/graph.ts",
  sql: "src/sql/binder.ts",
  govern: "src/govern/classes.ts",
  compile: "src/compile/definitions.ts",
  quality: "src/quality/questions.ts",
  plan: "src/plan/plan.ts",
  flow: "src/flow/story-progress.ts",
  store: "src/store/store.ts",
  storage: "src/storage/storage.ts",
  engine: "src/engine/engine.ts",
  executor: "src/executor/executor.ts",
  sink: "src/sink/sink.ts",
  project: "src/project/project.ts",
  run: "src/run/run.ts",
  worker: "src/worker/main.ts",
  cli: "src/cli/main.ts",
  testing: "src/testing/index.ts",
};
