/** Other rows in the place of those that a test in YAML expects. Nothing else of its file is touched. */
import { isMap, isScalar, isSeq, parseDocument } from "yaml";
import { rangeOf } from "../odcs/judge-document.ts";
import type { SettingPath } from "../settings.ts";

export interface ExpectedRows {
  readonly columns: readonly { readonly name: string; readonly engineType: string }[];
  readonly rows: readonly (readonly (string | null)[])[];
}

/** The text with other rows at `path`; undefined where they are a query, or stand in a way that cannot be followed. */
export function editExpected(text: string, path: SettingPath, held: ExpectedRows): string | undefined {
  const document = parseDocument(text, { prettyErrors: false, logLevel: "silent" });
  const value: unknown = document.getIn(path, true);
  const name = rangeOf(document.contents, path);
  if (document.errors.length > 0 || name === undefined) return undefined;
  const isRows = isSeq(value) || (isScalar(value) && typeof value.value === "string");
  const range = isRows ? value.range : undefined;
  // What others refer to, or what stands elsewhere, is not this test's alone.
  if (!isRows || value.anchor !== undefined || isMap(value) || range === null || range === undefined)
    return undefined;
  const lineStart = text.lastIndexOf("\n", name[0] - 1) + 1;
  if (!/^[ -]*$/.test(text.slice(lineStart, name[0]))) return undefined;
  const indent = " ".repeat(name[0] - lineStart + 2);
  const lines = held.rows.map((row) => `\n${indent}- ${rowText(held, row)}`);
  const end = range[0] + text.slice(range[0], range[1]).trimEnd().length;
  const colon = name[1] + text.slice(name[1]).indexOf(":") + 1;
  const edited = `${text.slice(0, colon)}${lines.length === 0 ? " []" : lines.join("")}${text.slice(end)}`;
  return parseDocument(edited, { logLevel: "silent" }).errors.length > 0 ? undefined : edited;
}

/** Where stands what a step expects, counted from 1: a test of one step may have it among its steps as well. */
export function expectedPlace(text: string, name: string, step = 1): SettingPath {
  const hasSteps = parseDocument(text, { logLevel: "silent" }).hasIn([name, "steps"]);
  return hasSteps ? [name, "steps", step - 1, "expect"] : [name, "expect"];
}

const rowText = ({ columns }: ExpectedRows, row: readonly (string | null)[]): string =>
  `{ ${columns.map(({ name, engineType }, at) => `${key(name)}: ${cellText(row[at] ?? null, engineType)}`).join(", ")} }`;

const key = (name: string): string =>
  /^[a-z_][a-z0-9_]*$/i.test(name) && !/^(?:y|n|yes|no|on|off|true|false|null)$/i.test(name)
    ? name
    : JSON.stringify(name);

function cellText(cell: string | null, engineType: string): string {
  if (cell === null) return "null";
  const isNumber = /INT|DECIMAL|DOUBLE|FLOAT/.test(engineType) && /^-?\d{1,15}(?:\.\d+)?$/.test(cell);
  const isTime =
    /^(?:DATE|TIMESTAMP)$/.test(engineType) && /^\d{4}-\d\d-\d\d(?: \d\d:\d\d:\d\d)?$/.test(cell);
  const isTruth = engineType === "BOOLEAN" && /^(?:true|false)$/.test(cell);
  return isNumber || isTime || isTruth ? cell : JSON.stringify(cell);
}
