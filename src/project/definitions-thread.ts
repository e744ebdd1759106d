/**
 * The thread in which a project's TypeScript is evaluated: with a fresh module cache, so that changed files
 * are seen, and apart, so that code that hangs or exits cannot take the program along. It answers each task once, in
 * their order.
 */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import type { EvaluatedModule } from "../compile/definitions.ts";
import { plainData } from "./plain-data.ts";
import { hookProjectModules } from "./project-modules.ts";
import { TemplateError, renderQuery } from "./render-query.ts";
import type {
  ThreadAnswer,
  ThreadFile,
  ThreadModule,
  ThreadProblem,
  ThreadStart,
  ThreadTask,
} from "./thread-protocol.ts";
import { describeThrown } from "./thrown-place.ts";
import { ImportTrace } from "./trace-imports.ts";

interface Loaded {
  readonly file: ThreadFile;
  readonly url: string;
  readonly definition?: unknown;
  readonly problem?: ThreadProblem;
}

const { root, progress: shared } = workerData as ThreadStart;
const progress = new Int32Array(shared);
hookProjectModules();
const trace = new ImportTrace(root);
trace.start();
const environment = watchEnvironment();

async function answer(task: ThreadTask): Promise<ThreadAnswer> {
  const loaded: Loaded[] = [];
  for (const [index, file] of task.entries()) {
    Atomics.store(progress, 0, index);
    loaded.push(await load(file));
  }
  const named = new Map<unknown, string>();
  for (const { file, definition } of loaded) {
    if (file.dataset !== undefined && isObject(definition)) named.set(definition, file.dataset);
  }
  const imported = new Set<string>();
  const modules = loaded.map((one, index): ThreadModule => {
    Atomics.store(progress, 0, index);
    for (const path of trace.watched(one.url)) imported.add(path);
    return { path: one.file.path, hash: trace.hash(one.url), ...reduce(one, named) };
  });
  return { modules, imported: [...imported], environment: [...environment] };
}

/** What definitions read from the environment decides what they say, so the cache must know of it. */
function watchEnvironment(): Set<string> {
  const seen = new Set<string>();
  const see = (name: string | symbol): void => {
    if (typeof name === "string") seen.add(name);
  };
  process.env = new Proxy(process.env, {
    get: (target, name) => (see(name), Reflect.get(target, name) as string | undefined),
    has: (target, name) => (see(name), Reflect.has(target, name)),
    getOwnPropertyDescriptor: (target, name) => (see(name), Reflect.getOwnPropertyDescriptor(target, name)),
    ownKeys: (target) => (see("*"), Reflect.ownKeys(target)),
  });
  return seen;
}

async function load(file: ThreadFile): Promise<Loaded> {
  const url = pathToFileURL(join(root, file.path)).href;
  try {
    const module = (await import(url)) as { readonly default?: unknown };
    return { file, url, definition: module.default };
  } catch (error) {
    return { file, url, problem: describeThrown(error, root, file.path) };
  }
}

function reduce(
  { file, definition, problem }: Loaded,
  named: ReadonlyMap<unknown, string>,
): { readonly value?: EvaluatedModule; readonly problems: readonly ThreadProblem[] } {
  if (problem !== undefined) return { problems: [problem] };
  if (Array.isArray(definition) && definition.length > 0 && definition.every(isTest)) {
    const tests = definition.map((one) => reduceTest(one, named));
    return { value: plainData({ kind: "tests", tests }) as EvaluatedModule, problems: [] };
  }
  if (isTest(definition)) {
    return { value: plainData(reduceTest(definition, named)) as EvaluatedModule, problems: [] };
  }
  if (!isObject(definition))
    return { value: { kind: definition === undefined ? "none" : typeof definition }, problems: [] };
  const problems: ThreadProblem[] = [];
  try {
    const value = reduceDefinition(definition, named, problems);
    return problems.length > 0 ? { problems } : { value, problems };
  } catch (error) {
    if (error instanceof TemplateError) {
      return {
        problems: [
          { code: "bad-setting", message: `"query" is not right: ${error.message}`, setting: ["query"] },
        ],
      };
    }
    return { problems: [describeThrown(error, root, file.path)] };
  }
}

function reduceDefinition(
  definition: Readonly<Record<string, unknown>>,
  named: ReadonlyMap<unknown, string>,
  problems: ThreadProblem[],
): EvaluatedModule {
  const { columns, inputs, reads, query, rows, from, ...rest } = definition;
  for (const [setting, named] of Object.entries({ columns, inputs })) {
    if (hasLostMember(named)) problems.push(lostMember(setting));
  }
  const kind = typeof definition["kind"] === "string" ? definition["kind"] : "value";
  const aliases = isObject(inputs) ? nameInputs(inputs, named, problems) : inputs;
  const value: Record<string, unknown> = {
    ...rest,
    kind,
    ...(columns === undefined ? {} : { columns: isObject(columns) ? reduceColumns(columns) : columns }),
    ...(inputs === undefined ? {} : { inputs: aliases }),
    ...(reads === undefined
      ? {}
      : { reads: Array.isArray(reads) ? nameReads(reads, named, problems) : reads }),
    ...(from === undefined
      ? {}
      : { from: isObject(from) && from["kind"] === "generator" ? { kind: "generator" } : from }),
    ...(rows === undefined ? {} : { rows: typeof rows === "function" ? true : rows }),
  };
  if (typeof query !== "function")
    return plainData(query === undefined ? value : { ...value, query }) as EvaluatedModule;
  // A query over inputs that nobody knows would only fail a second time.
  if (problems.length === 0) {
    Object.assign(
      value,
      renderQuery(query as (inputs: never) => unknown, (aliases ?? {}) as Record<string, string>, named),
    );
  }
  return plainData(value) as EvaluatedModule;
}

const isTest = (definition: unknown): definition is Readonly<Record<string, unknown>> =>
  isObject(definition) && definition["kind"] === "test";

/** A test with its model named; what is no dataset stays as it is, for the compiler to say so. */
function reduceTest(
  definition: Readonly<Record<string, unknown>>,
  named: ReadonlyMap<unknown, string>,
): Record<string, unknown> {
  const { model } = definition;
  return { ...definition, model: nameOf(model, named) ?? (typeof model === "string" ? model : null) };
}

function reduceColumns(columns: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const specs = Object.entries(columns).map(([name, column]) => [
    name,
    isObject(column) && column["kind"] === "column" ? column["spec"] : column,
  ]);
  return Object.fromEntries(specs) as Record<string, unknown>;
}

function nameInputs(
  inputs: Readonly<Record<string, unknown>>,
  named: ReadonlyMap<unknown, string>,
  problems: ThreadProblem[],
): Record<string, string> {
  const names: Record<string, string> = {};
  for (const [alias, input] of Object.entries(inputs)) {
    const name = nameOf(input, named);
    if (name === undefined) problems.push(notADataset(`input "${alias}"`, ["inputs", alias]));
    else names[alias] = name;
  }
  return names;
}

function nameReads(
  reads: readonly unknown[],
  named: ReadonlyMap<unknown, string>,
  problems: ThreadProblem[],
): unknown[] {
  return reads.flatMap((input, index): unknown[] => {
    const isPart = isObject(input) && !named.has(input) && "dataset" in input;
    const whole = isPart ? input["dataset"] : input;
    const name = typeof whole === "string" ? whole : nameOf(whole, named);
    if (name !== undefined) return [isPart ? { ...input, dataset: name } : name];
    problems.push(notADataset(`number ${index + 1} of "reads"`, ["reads", index]));
    return [];
  });
}

function nameOf(input: unknown, named: ReadonlyMap<unknown, string>): string | undefined {
  const name = named.get(input);
  if (name !== undefined) return name;
  if (!isObject(input) || input["kind"] !== "dataset") return undefined;
  return typeof input["name"] === "string" ? input["name"] : undefined;
}

/** Whether something was called `__proto__` where it was written down, by which JavaScript means what objects inherit from. */
const hasLostMember = (named: unknown): boolean =>
  isObject(named) &&
  isObject(Object.getPrototypeOf(named)) &&
  Object.getPrototypeOf(named) !== Object.prototype;

const lostMember = (setting: string): ThreadProblem => ({
  code: "bad-setting",
  message: `"${setting}" has something called __proto__, by which JavaScript means something else`,
  suggestion: 'write it in brackets: ["__proto__"]: …',
  setting: [setting],
});

const notADataset = (what: string, setting: readonly (string | number)[]): ThreadProblem => ({
  code: "bad-setting",
  message: `${what} is not the definition of a dataset`,
  suggestion: 'import the default export of its file, or write dataset("schema.name")',
  setting,
});

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** While a task is worked on nothing waits for the next: a definition that waits for nothing at all ends the thread. */
const nextTask = (port: MessagePort): Promise<ThreadTask> =>
  new Promise((resolve) => port.once("message", resolve));

while (parentPort !== null) parentPort.postMessage(await answer(await nextTask(parentPort)));
