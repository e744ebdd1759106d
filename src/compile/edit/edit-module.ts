/** Additions to a definition in TypeScript that is written as one literal. */
import type { CheckSpec } from "../../define/check-spec.ts";
import { camelCase } from "../settings.ts";
import type { Addition, ColumnAddition } from "./addition.ts";
import { itemsOf, type ObjectLiteral, type Property, readObject, tokensFrom } from "./object-literal.ts";

const put = (text: string, at: number, what: string): string => text.slice(0, at) + what + text.slice(at);

/** The text with one addition; undefined where there is no place for it. */
export function editModule(text: string, addition: Addition): string | undefined {
  const settings = settingsOf(text);
  if (settings === undefined) return undefined;
  return "rule" in addition
    ? addRule(text, settings, addition)
    : addCheck(text, settings, checkAsCode(addition.check));
}

/** What stands between the brackets of `export default source({ … })`. */
function settingsOf(text: string): ObjectLiteral | undefined {
  const call = /\bexport\s+default\s+[\w$.]+\s*\(\s*(?=\{)/.exec(text);
  return call === null ? undefined : readObject(text, call.index + call[0].length);
}

const find = (object: ObjectLiteral, name: string): Property | undefined =>
  object.properties.find((property) => property.name === name);

const asName = (name: string): string => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name));

/** A rule as the verb of a column. */
export function ruleAsCode(rule: ColumnAddition["rule"]): string {
  if ("key" in rule) return ".key()";
  if ("unique" in rule) return ".unique()";
  return "format" in rule ? `.format(${JSON.stringify(rule.format)})` : "";
}

function addRule(
  text: string,
  settings: ObjectLiteral,
  { column, type, rule }: ColumnAddition,
): string | undefined {
  const columns = find(settings, "columns");
  const object = columns?.value && readObject(text, columns.value.start);
  if (object === undefined || object.end !== columns?.value?.end) return undefined;
  const property = find(object, column);
  if (property === undefined) {
    if (type === "decimal" || type === "json") return undefined;
    return addItem(text, object, `${asName(column)}: t.${type}()${ruleAsCode(rule)}`);
  }
  // A chain of names and calls can be gone on with; anything else may end in something that cannot.
  const { value } = property;
  if (value === undefined || !isChain(text.slice(value.start, value.end))) return undefined;
  return put(text, value.end, ruleAsCode(rule));
}

function isChain(code: string): boolean {
  let depth = 0;
  const fits = tokensFrom(code, 0).every(({ text }) => {
    if (/^[)\]}]$/.test(text)) depth -= 1;
    const isPart = depth > 0 || /^(?:[\w$]+|[.()])$/.test(text);
    if (/^[([{]$/.test(text)) depth += 1;
    return isPart;
  });
  return fits && /^[\w$]/.test(code);
}

/** A check as code: `check.valueRange("likes", { min: 0 }, { severity: "warn" })`. */
export function checkAsCode(spec: CheckSpec): string {
  const { check, severity, name, column, to, type, ...others } = spec as unknown as Record<string, unknown>;
  // The columns of a key are what its check is called with; those of others stand among the settings.
  const { columns, ...withoutColumns } = others;
  const [key, rest] = check === "duplicate_values" ? [columns, withoutColumns] : [undefined, others];
  const settings = Object.keys(rest).length > 0 ? [literal(rest)] : [];
  const own = [column, key, to, type].filter((one) => one !== undefined).map(literal);
  const options = {
    ...(name === undefined ? {} : { name }),
    ...(severity === undefined ? {} : { severity }),
  };
  const last = Object.keys(options).length > 0 ? [literal(options)] : [];
  return `check.${camelCase(String(check))}(${[...own, ...settings, ...last].join(", ")})`;
}

function literal(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).map(([name, one]) => `${asName(name)}: ${literal(one)}`);
  return `{ ${entries.join(", ")} }`;
}

function addCheck(text: string, settings: ObjectLiteral, code: string): string | undefined {
  const checks = find(settings, "checks");
  const edited =
    checks === undefined
      ? addItem(text, settings, `checks: [\n    ${code},\n  ]`)
      : addToList(text, checks, code);
  return edited === undefined ? undefined : importCheck(edited);
}

/** Behind the last item of a bracket, on a line of its own where the last one has. */
function addItem(
  text: string,
  { start, end }: { start: number; end: number },
  item: string,
): string | undefined {
  const tokens = tokensFrom(text.slice(0, end), start);
  const found = itemsOf(tokens, 0);
  const last = tokens[(found?.close ?? 0) - 1];
  if (found === undefined || last === undefined) return undefined;
  const after = last.at + last.text.length;
  if (found.items.length === 0) return put(text, start + 1, text[start] === "[" ? item : ` ${item} `);
  const first = found.items.at(-1)?.[0]?.at ?? 0;
  const line = text.slice(text.lastIndexOf("\n", first - 1) + 1, first);
  const hasComma = last.text === ",";
  if (!/^\s*$/.test(line)) return put(text, after, `${hasComma ? "" : ","} ${item}`);
  // A comment at the end of the line stays with what it is about.
  const rest = /^[ \t]*(?:\/\/[^\n]*)?(?=\n)/.exec(text.slice(after))?.[0] ?? "";
  const behind = put(text, after + rest.length, `\n${line}${item},`);
  return hasComma ? behind : put(behind, after, ",");
}

function addToList(text: string, { value }: Property, code: string): string | undefined {
  if (value === undefined || text[value.start] !== "[" || text[value.end - 1] !== "]") return undefined;
  return addItem(text, value, code);
}

/** `check` among the names that come from the package. */
function importCheck(text: string): string | undefined {
  const found = /\bimport\s*\{([^}]*)\}\s*from\s*["']sluice["']/.exec(text);
  if (found === null) return undefined;
  const names = found[1] ?? "";
  if (/(?:^|,)\s*check\s*(?:,|$)/.test(names)) return text;
  // Another thing may be called so here.
  if (/\bcheck\b/.test(names) || /\b(?:const|let|var|function|class)\s+check\b/.test(text)) return undefined;
  return put(text, found.index + found[0].indexOf("{") + 1, " check,");
}
