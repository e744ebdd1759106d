/** Additions to the header of a SQL model. Text is put in; what stands there stays as it was written. */
import { isMap, isPair, isScalar, isSeq, type Pair, parseDocument, type YAMLMap } from "yaml";
import type { CheckSpec } from "../../define/check-spec.ts";
import { readSqlHeader } from "../header.ts";
import type { Addition, ColumnAddition } from "./addition.ts";

type Ranged = { readonly range?: readonly number[] | null } | null | undefined;

const isColumn = (addition: Addition): addition is ColumnAddition => "rule" in addition;

/** A value as YAML between braces. Text is quoted, and cannot end the comment that it stands in. */
const inline = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(inline).join(", ")}]`;
  if (typeof value !== "string") return String(value);
  return isPlain(value) ? value : JSON.stringify(value).replaceAll("*/", String.raw`*\u002f`);
};

/** Words that mean the same with and without quotes. */
const isPlain = (text: string): boolean =>
  /^[A-Za-z_][\w.]*$/.test(text) && !/^(?:true|false|null|yes|no|on|off|y|n)$/i.test(text);

const flow = (settings: Readonly<Record<string, unknown>>): string =>
  `{ ${Object.entries(settings)
    .map(([name, value]) => `${inline(name)}: ${inline(value)}`)
    .join(", ")} }`;

/** A check as an item of a list in YAML. */
export const checkAsYaml = ({ check, ...settings }: CheckSpec): string => `${check}: ${flow(settings)}`;

/** A rule of a column in YAML. */
export const ruleAsYaml = ({ column, rule }: ColumnAddition): string => `${inline(column)}: ${flow(rule)}`;

/** The text with one addition; undefined where there is no place for it. */
export function editHeader(path: string, text: string, addition: Addition): string | undefined {
  const edited = withHeader(text, (yaml) => editYaml(yaml, addition));
  return edited !== undefined && readSqlHeader(path, edited).diagnostics.length === 0 ? edited : undefined;
}

function withHeader(text: string, edit: (yaml: string) => string | undefined): string | undefined {
  const opening = /^\s*\/\*---/.exec(text);
  if (opening === null) return `/*---\n${edit("") ?? ""}---*/\n${text}`;
  const start = opening[0].length;
  const end = text.indexOf("---*/", start);
  const yaml = text.slice(start, end);
  const edited = end < 0 ? undefined : edit(yaml.trim() === "" ? "\n" : yaml);
  return edited === undefined ? undefined : `${text.slice(0, start)}${edited}${text.slice(end)}`;
}

function editYaml(yaml: string, addition: Addition): string | undefined {
  const { contents, errors } = parseDocument(yaml, { prettyErrors: false, logLevel: "silent" });
  if (errors.length > 0 || (contents !== null && (!isMap(contents) || contents.flow === true)))
    return undefined;
  const settings = contents as YAMLMap | null;
  return isColumn(addition) ? addRule(yaml, settings, addition) : addCheck(yaml, settings, addition.check);
}

const pairOf = (map: YAMLMap | null, name: string): Pair | undefined =>
  map?.items.find((item) => isScalar(item.key) && String(item.key.value) === name);

const put = (text: string, at: number, what: string): string => text.slice(0, at) + what + text.slice(at);

/** Behind the line in which something ends. */
function lineAfter(text: string, node: Ranged): number {
  const end = node?.range?.[1] ?? 0;
  if (text[end - 1] === "\n") return end;
  const line = text.indexOf("\n", end);
  return line < 0 ? text.length : line + 1;
}

const indentOf = (text: string, at: number): string =>
  /^[ \t]*/.exec(text.slice(text.lastIndexOf("\n", at - 1) + 1, at))?.[0] ?? "";

/** A setting more, as far in as the others. */
function append(yaml: string, settings: YAMLMap | null, name: string, item: string): string {
  const first = (settings?.items[0]?.key as Ranged)?.range?.[0];
  const indent = first === undefined ? "" : indentOf(yaml, first);
  // What ends the header may stand in its last line.
  const tail = /[ \t]*$/.exec(yaml)?.[0] ?? "";
  const body = yaml.slice(0, yaml.length - tail.length);
  const end = body === "" || body.endsWith("\n") ? "" : "\n";
  return `${body}${end}${indent}${name}:\n${indent}  ${item}\n${tail}`;
}

function addRule(yaml: string, settings: YAMLMap | null, addition: ColumnAddition): string | undefined {
  const { column, rule } = addition;
  const columns = pairOf(settings, "columns");
  if (columns === undefined || (isScalar(columns.value) && columns.value.value === null)) {
    if (columns !== undefined) return undefined;
    return append(yaml, settings, "columns", ruleAsYaml(addition));
  }
  const map = columns.value;
  if (!isMap(map) || map.flow === true) return undefined;
  const pair = pairOf(map, column);
  if (pair !== undefined) return ruleInto(yaml, pair, rule);
  const last = map.items.at(-1);
  const first = (map.items[0]?.key as Ranged)?.range?.[0];
  if (!isPair(last) || first === undefined) return undefined;
  const at = lineAfter(yaml, (last.value as Ranged)?.range ? (last.value as Ranged) : (last.key as Ranged));
  const line = `${indentOf(yaml, first)}${ruleAsYaml(addition)}\n`;
  return put(yaml, at, yaml[at - 1] === "\n" ? line : `\n${line}`);
}

/** A setting more of a column that is named already. */
function ruleInto(yaml: string, pair: Pair, rule: ColumnAddition["rule"]): string | undefined {
  const [[name, value] = ["", ""]] = Object.entries(rule) as [string, unknown][];
  const setting = `${name}: ${inline(value)}`;
  const node = pair.value;
  if (isMap(node)) {
    if (node.items.some((item) => isScalar(item.key) && String(item.key.value) === name)) return undefined;
    const [first] = node.items;
    if (node.flow !== true) {
      const at = (first?.key as Ranged)?.range?.[0];
      return at === undefined ? undefined : put(yaml, at, `${setting}\n${indentOf(yaml, at)}`);
    }
    const start = node.range?.[0];
    if (start === undefined) return undefined;
    return put(yaml, start + 1, first === undefined ? ` ${setting} ` : ` ${setting},`);
  }
  if (!isScalar(node) || node.range === undefined || node.range === null) return undefined;
  const [from, to] = node.range;
  if (node.value === null && from === to) {
    const key = (pair.key as Ranged)?.range?.[1] ?? 0;
    const colon = yaml.indexOf(":", key) + 1;
    return put(yaml, colon, ` { ${setting} }`);
  }
  if (typeof node.value !== "string") return undefined;
  return `${yaml.slice(0, from)}{ type: ${inline(node.value)}, ${setting} }${yaml.slice(to)}`;
}

function addCheck(yaml: string, settings: YAMLMap | null, check: CheckSpec): string | undefined {
  const checks = pairOf(settings, "checks");
  const item = checkAsYaml(check);
  if (checks === undefined) return append(yaml, settings, "checks", `- ${item}`);
  const list = checks.value;
  if (!isSeq(list) || list.range === undefined || list.range === null) return undefined;
  if (list.flow === true) return undefined;
  const last = list.items.at(-1) as Ranged;
  if (last === undefined || last === null) return undefined;
  const at = lineAfter(yaml, last);
  const line = `${indentOf(yaml, list.range[0])}- ${item}\n`;
  return put(yaml, at, yaml[at - 1] === "\n" ? line : `\n${line}`);
}
