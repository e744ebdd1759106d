/** A test of the contract of a source: what is delivered, what it lets through, and what it refuses. */
import type { DatasetNode, SourceNode } from "../graph/graph.ts";
import type { ModelTest, RowsText, TestDelivery } from "../graph/model-test.ts";
import { didYouMean } from "../graph/nearest-name.ts";
import type { Binder } from "../sql/binder.ts";
import { readTestRows } from "./read-test-rows.ts";
import { isRecord, type SettingPath } from "./settings.ts";
import { type Mistakes, reportUnknown, show } from "./validate.ts";

type Written = Readonly<Record<string, unknown>>;

const known = ["source", "given", "expect", "refused"];

/** What is particular to it; undefined where something is wrong, which is told. */
export async function readContractTest(
  value: Written,
  at: SettingPath,
  datasets: readonly DatasetNode[],
  { mistakes, binder }: { readonly mistakes: Mistakes; readonly binder: Binder },
): Promise<Pick<ModelTest, "model" | "delivered" | "steps"> | undefined> {
  const before = mistakes.diagnostics.length;
  for (const name of Object.keys(value))
    if (![...known, "name", "kind"].includes(name)) reportUnknown(mistakes, [...at, name], known);
  const source = sourceNamed(value["source"], [...at, "source"], datasets, mistakes);
  const given = readDelivery(value["given"], [...at, "given"], mistakes);
  const refused = readRefused(value["refused"], [...at, "refused"], mistakes);
  if (value["expect"] === undefined && value["refused"] === undefined) {
    mistakes.add("bad-setting", [...at, "expect"], '"expect" and "refused" are both missing', {
      suggestion:
        'write the rows that the contract lets through, or the lines that it refuses; "refused: []" where it is none',
    });
  }
  if (source === undefined) return undefined;
  const of = { dataset: source.id, columns: source.columns };
  const expect =
    value["expect"] === undefined
      ? nothing
      : await readTestRows(value["expect"], [...at, "expect"], of, mistakes, binder);
  if (mistakes.diagnostics.length > before || given === undefined || expect === undefined) return undefined;
  const accepts = value["expect"] !== undefined;
  const delivered: TestDelivery = { ...given, accepts, ...(refused === undefined ? {} : { refused }) };
  return { model: source.id, delivered, steps: [{ given: {}, expect }] };
}

const nothing: RowsText = { columns: [], rows: [] };

function sourceNamed(
  name: unknown,
  at: SettingPath,
  datasets: readonly DatasetNode[],
  mistakes: Mistakes,
): SourceNode | undefined {
  const found =
    typeof name === "string" ? datasets.find(({ id }) => id.toLowerCase() === name.toLowerCase()) : undefined;
  if (found?.kind === "source") return found;
  if (found !== undefined) {
    const suggestion = `write "model: ${found.id}"`;
    mistakes.add("bad-setting", at, `"${found.id}" is a model, which has no deliveries`, { suggestion });
  } else if (typeof name !== "string") {
    const message = `"source" must be the name of a source, not ${show(name)}`;
    mistakes.add("bad-setting", at, message, { suggestion: 'write "source: schema.name"' });
  } else {
    const sources = datasets.flatMap(({ id, kind }) => (kind === "source" ? [id] : []));
    mistakes.add("unknown-dataset", at, `dataset "${name}" does not exist`, {
      suggestion: didYouMean(name, sources),
    });
  }
  return undefined;
}

/** CSV as it stands, or records that become a line of JSON each. */
function readDelivery(
  value: unknown,
  at: SettingPath,
  mistakes: Mistakes,
): Pick<TestDelivery, "format" | "text"> | undefined {
  if (typeof value === "string") return { format: "csv", text: value };
  if (Array.isArray(value) && value.every(isRecord))
    return { format: "ndjson", text: value.map((record) => `${JSON.stringify(record)}\n`).join("") };
  const message =
    value === undefined ? '"given" is missing' : `"given" must be what is delivered, not ${show(value)}`;
  mistakes.add("bad-setting", at, message, {
    suggestion: "write CSV text with a line of names, or a list of records",
  });
  return undefined;
}

function readRefused(value: unknown, at: SettingPath, mistakes: Mistakes): RowsText | undefined {
  if (value === undefined) return undefined;
  const before = mistakes.diagnostics.length;
  const suggestion =
    "write \"- { line: 3, reason: 'id: required' }\" for each record; one of the two is enough";
  if (!Array.isArray(value)) {
    mistakes.add("bad-setting", at, `"refused" must be a list, not ${show(value)}`, { suggestion });
    return undefined;
  }
  const rows = value.map((row: unknown, index): Written => {
    const place = [...at, index];
    if (!isRecord(row)) {
      mistakes.add("bad-setting", place, `a refused record must be a mapping, not ${show(row)}`, {
        suggestion,
      });
      return {};
    }
    const { line, reason, ...others } = row;
    for (const name of Object.keys(others)) reportUnknown(mistakes, [...place, name], ["line", "reason"]);
    if (line !== undefined && !(Number.isSafeInteger(line) && Number(line) > 0))
      mistakes.add("bad-setting", [...place, "line"], `"line" must be a number from 1, not ${show(line)}`);
    if (reason !== undefined && typeof reason !== "string")
      mistakes.add("bad-setting", [...place, "reason"], `"reason" must be text, not ${show(reason)}`);
    return row;
  });
  const columns = ["line", "reason"].filter((name) => rows.some((row) => row[name] !== undefined));
  const uneven = rows.findIndex((row) => columns.some((name) => row[name] === undefined));
  if (uneven >= 0 && mistakes.diagnostics.length === before)
    mistakes.add("bad-setting", [...at, uneven], "refused records must all say the same of themselves", {
      suggestion,
    });
  const cells = rows.map((row) => columns.map((name) => String(row[name] as string | number)));
  return { columns, rows: cells };
}
