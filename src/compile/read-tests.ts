import type { Diagnostic } from "../errors.ts";
import type { DatasetNode, Graph, ModelNode } from "../graph/graph.ts";
import { instantOf } from "../graph/instant.ts";
import type { ModelTest, ModelTestStep, RowsText } from "../graph/model-test.ts";
import { didYouMean } from "../graph/nearest-name.ts";
import type { Binder } from "../sql/binder.ts";
import { readContractTest } from "./read-contract-test.ts";
import { readTestRows } from "./read-test-rows.ts";
import { camelCase, isRecord, moduleSettings, readYaml, type SettingPath } from "./settings.ts";
import { Mistakes, reportUnknown, show } from "./validate.ts";

/** A file of tests: YAML as it lies there, or the evaluated default export of a module. */
export interface TestFile {
  readonly path: string;
  readonly text: string;
  /** Of a module. */
  readonly value?: Readonly<Record<string, unknown>>;
}

/** A test as it is written, and where in its file. */
interface Written {
  readonly name: string;
  readonly at: SettingPath;
  readonly value: Readonly<Record<string, unknown>>;
}

interface Reading {
  readonly graph: Graph;
  readonly binder: Binder;
  readonly mistakes: Mistakes;
}

/** Tests that say no time are run at this one, so that they come out the same on every day. */
const usualTime = "2026-01-01 00:00:00";

/** Read the tests of a file. What is wrong with one is told, and the test is left out. */
export async function readTests(
  file: TestFile,
  graph: Graph,
  binder: Binder,
): Promise<{ readonly tests: readonly ModelTest[]; readonly diagnostics: readonly Diagnostic[] }> {
  const { mistakes, written } = file.value === undefined ? fromYaml(file) : fromModule(file, file.value);
  const tests: ModelTest[] = [];
  const names = new Set<string>();
  for (const one of written) {
    const test = await readTest(one, { graph, binder, mistakes });
    if (names.has(one.name)) {
      const suggestion = "give each test of a file a name of its own";
      mistakes.add("duplicate-name", one.at, `two tests are called "${one.name}"`, { suggestion });
    } else if (test !== undefined) tests.push(test);
    names.add(one.name);
  }
  return { tests, diagnostics: mistakes.diagnostics };
}

function fromYaml({ path, text }: TestFile): { mistakes: Mistakes; written: Written[] } {
  const { settings, diagnostics } = readYaml(path, text, 0, text.length, "own");
  const mistakes = new Mistakes(settings);
  mistakes.diagnostics.push(...diagnostics);
  const entries = Object.entries(settings.value);
  if (entries.length === 0 && diagnostics.length === 0) {
    mistakes.add("no-definition", [], "there is no test in this file", {
      suggestion: "write the test's name, and below it model, given and expect",
    });
  }
  const written = entries.flatMap(([name, value]): Written[] => {
    if (isRecord(value)) return [{ name, at: [name], value }];
    mistakes.add("bad-setting", [name], `the test "${name}" must be a mapping, not ${show(value)}`, {
      suggestion: "below its name write model, given and expect",
    });
    return [];
  });
  return { mistakes, written };
}

function fromModule(
  { path, text }: TestFile,
  value: Readonly<Record<string, unknown>>,
): { mistakes: Mistakes; written: Written[] } {
  const mistakes = new Mistakes(moduleSettings(path, text, value));
  const usual = (path.split("/").at(-1) ?? path).replace(/\.ts$/, "");
  const named = (one: Readonly<Record<string, unknown>>, at: SettingPath): Written => ({
    name: typeof one["name"] === "string" ? one["name"] : usual,
    at,
    value: one,
  });
  if (value["kind"] === "test") return { mistakes, written: [named(value, [])] };
  if (value["kind"] === "tests" && Array.isArray(value["tests"])) {
    const tests = value["tests"] as Readonly<Record<string, unknown>>[];
    return { mistakes, written: tests.map((one, index) => named(one, [index])) };
  }
  const found = value["kind"] === "none" ? "has no default export" : "exports something else";
  mistakes.add("no-definition", [], `a file below tests/ must define a test, but it ${found}`, {
    suggestion: 'write "export default test({ … })"; rows that tests share belong outside tests/',
  });
  return { mistakes, written: [] };
}

const settingsOf = ["model", "given", "expect", "steps", "exact", "runTime"];

async function readTest({ name, at, value }: Written, reading: Reading): Promise<ModelTest | undefined> {
  const { graph, mistakes } = reading;
  const before = mistakes.diagnostics.length;
  const { path } = mistakes.settings;
  const line = mistakes.settings.placeOf(at)?.line;
  const about = { name, path, ...(line === undefined ? {} : { line }) };
  if (value["source"] !== undefined) {
    const read = await readContractTest(value, at, graph.datasets, reading);
    return read && { ...about, runTime: usualTime, ...read };
  }
  const test = refuseUnknown(value, at, [...settingsOf, "name", "kind"], settingsOf, mistakes);
  const model = modelNamed(test["model"], [...at, "model"], graph, mistakes);
  const runTime = timeOf(test["runTime"] ?? usualTime, [...at, "runTime"], mistakes);
  const exact = test["exact"] ?? false;
  if (typeof exact !== "boolean")
    mistakes.add("bad-setting", [...at, "exact"], `"exact" must be true or false, not ${show(exact)}`);
  if (model === undefined) return undefined;
  const steps = await readSteps(test, at, model, exact === true, reading);
  if (mistakes.diagnostics.length > before || steps === undefined) return undefined;
  return { ...about, model: model.id, runTime, steps };
}

/** A time as parameters have it: UTC, to the second. */
function timeOf(value: unknown, at: SettingPath, mistakes: Mistakes): string {
  const instant = typeof value === "string" ? instantOf(value) : undefined;
  if (instant !== undefined) return new Date(instant).toISOString().slice(0, 19).replace("T", " ");
  mistakes.add("bad-setting", at, `"run_time" must be a time, not ${show(value)}`, {
    suggestion: 'write "2026-03-01 10:00:00"; it is UTC',
  });
  return usualTime;
}

/** The settings in camelCase; those that nobody knows are told. */
function refuseUnknown(
  value: Readonly<Record<string, unknown>>,
  at: SettingPath,
  known: readonly string[],
  told: readonly string[],
  mistakes: Mistakes,
): Readonly<Record<string, unknown>> {
  const settings: Record<string, unknown> = {};
  for (const [name, setting] of Object.entries(value)) {
    if (known.includes(camelCase(name))) settings[camelCase(name)] = setting;
    else reportUnknown(mistakes, [...at, name], told);
  }
  return settings;
}

function modelNamed(
  name: unknown,
  at: SettingPath,
  { datasets }: Graph,
  mistakes: Mistakes,
): ModelNode | undefined {
  if (typeof name !== "string") {
    const message = `"model" must be the name of a model, not ${show(name)}`;
    mistakes.add("bad-setting", at, message, { suggestion: 'write "model: schema.name"' });
    return undefined;
  }
  const node = datasetNamed(name, datasets);
  if (node?.kind === "model") return node;
  if (node === undefined) {
    const suggestion = didYouMean(
      name,
      datasets.map(({ id }) => id),
    );
    mistakes.add("unknown-dataset", at, `dataset "${name}" does not exist`, { suggestion });
  } else {
    const suggestion = `write "source: ${node.id}" to test its contract, or name a model that reads it`;
    mistakes.add("bad-setting", at, `"${name}" is a source, and no model`, { suggestion });
  }
  return undefined;
}

const datasetNamed = (name: string, datasets: readonly DatasetNode[]): DatasetNode | undefined =>
  datasets.find(({ id }) => id.toLowerCase() === name.toLowerCase());

async function readSteps(
  test: Readonly<Record<string, unknown>>,
  at: SettingPath,
  model: ModelNode,
  exact: boolean,
  reading: Reading,
): Promise<readonly ModelTestStep[] | undefined> {
  const { mistakes } = reading;
  const given = await readGiven(test["given"], [...at, "given"], model, reading);
  const { steps } = test;
  if (steps === undefined) {
    const expect = await readExpected(test["expect"], [...at, "expect"], model, exact, reading);
    return expect && [{ given, expect }];
  }
  if (test["expect"] !== undefined) {
    const message = '"expect" stands beside "steps", which each have their own';
    mistakes.add("bad-setting", [...at, "expect"], message, { part: "name" });
  }
  if (!Array.isArray(steps) || steps.length === 0) {
    mistakes.add(
      "bad-setting",
      [...at, "steps"],
      `"steps" must be a list of given and expect, not ${show(steps)}`,
    );
    return undefined;
  }
  const read: ModelTestStep[] = [];
  for (const [index, step] of steps.entries()) {
    const place = [...at, "steps", index];
    if (!isRecord(step)) {
      mistakes.add("bad-setting", place, `a step must be a mapping, not ${show(step)}`);
      continue;
    }
    refuseUnknown(step, place, ["given", "expect"], ["given", "expect"], mistakes);
    const more = await readGiven(step["given"], [...place, "given"], model, reading);
    const expect = await readExpected(step["expect"], [...place, "expect"], model, exact, reading);
    if (expect !== undefined) read.push({ given: index === 0 ? together(given, more) : more, expect });
  }
  return read;
}

type GivenRows = Readonly<Record<string, readonly RowsText[]>>;

const together = (one: GivenRows, other: GivenRows): GivenRows =>
  Object.fromEntries(
    [...new Set([...Object.keys(one), ...Object.keys(other)])].map((id) => [
      id,
      [...(one[id] ?? []), ...(other[id] ?? [])],
    ]),
  );

async function readGiven(
  value: unknown,
  at: SettingPath,
  model: ModelNode,
  { graph, binder, mistakes }: Reading,
): Promise<GivenRows> {
  if (value === undefined || value === null) return {};
  if (!isRecord(value)) {
    const message = `"given" must be a mapping of inputs to rows, not ${show(value)}`;
    mistakes.add("bad-setting", at, message);
    return {};
  }
  let given: GivenRows = {};
  for (const [name, rows] of Object.entries(value)) {
    const input = inputNamed(name, [...at, name], model, graph, mistakes);
    if (input === undefined) continue;
    const of = { dataset: input.id, columns: input.columns };
    const read = await readTestRows(rows, [...at, name], of, mistakes, binder);
    if (read !== undefined) given = together(given, { [input.id]: [read] });
  }
  return given;
}

/** An input by its name, by what stands behind its dot, or by the model's own name for it. */
function inputNamed(
  name: string,
  at: SettingPath,
  { id, inputs, by }: ModelNode,
  { datasets }: Graph,
  mistakes: Mistakes,
): DatasetNode | undefined {
  const wanted = name.toLowerCase();
  const bare = inputs.filter((input) => input.toLowerCase().endsWith(`.${wanted}`));
  const found =
    inputs.find((input) => input.toLowerCase() === wanted) ??
    (by.kind === "rows" && Object.hasOwn(by.aliases, name) ? by.aliases[name] : undefined) ??
    (bare.length === 1 ? bare[0] : undefined);
  if (found !== undefined) return datasetNamed(found, datasets);
  const exists = datasetNamed(name, datasets) !== undefined;
  const reads = inputs.length === 0 ? "it reads nothing" : `it reads ${inputs.join(", ")}`;
  mistakes.add(
    exists ? "bad-setting" : "unknown-dataset",
    at,
    exists ? `"${id}" does not read "${name}"` : `dataset "${name}" does not exist`,
    { suggestion: didYouMean(name, inputs) ?? reads, part: "name" },
  );
  return undefined;
}

async function readExpected(
  value: unknown,
  at: SettingPath,
  { id, columns }: ModelNode,
  exact: boolean,
  { binder, mistakes }: Reading,
): Promise<RowsText | undefined> {
  if (value === undefined) {
    const suggestion = 'write the rows that the model holds; "expect: []" where there are none';
    mistakes.add("bad-setting", at, '"expect" is missing', { suggestion });
    return undefined;
  }
  const rows = await readTestRows(value, at, { dataset: id, columns }, mistakes, binder);
  if (rows === undefined || !exact) return rows;
  const missing = columns.filter(({ name }) => !rows.columns.includes(name));
  if (missing.length === 0) return rows;
  const names = missing.map(({ name }) => `"${name}"`).join(", ");
  const many = "rows" in rows && rows.rows.length === 0;
  if (many) return { columns: columns.map(({ name }) => name), rows: [] };
  mistakes.add("bad-setting", at, `"exact" wants every column, but the rows lack ${names}`, {
    suggestion: 'write them, or leave "exact" out',
  });
  return undefined;
}
