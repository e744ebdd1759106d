import type { ColumnSpec } from "../../define/column.ts";
import { isObject } from "./patch.ts";
import type { ImportedContract } from "./contract-document.ts";

/** A contract as the text of a source's definition. `patterns`: where its files are taken to lie, unless it says so. */
export function renderSource({ settings, odcs }: ImportedContract, patterns: string): string {
  const { from, ...about } = settings.about;
  const columns = Object.entries(settings.columns).map(
    ([name, spec]) => `    ${key(name)}: ${column(spec)},\n`,
  );
  const lines = [
    ...Object.entries(about).map(([name, value]) => `  ${name}: ${text(value)},\n`),
    `  from: ${origin(from, patterns)},\n`,
    `  columns: {\n${columns.join("")}  },\n`,
    ...(settings.checks.length === 0
      ? []
      : [`  checks: [\n${settings.checks.map((one) => `    ${text(one)},\n`).join("")}  ],\n`]),
    ...(odcs === undefined
      ? []
      : [
          `  // What the contract said beyond; "sluice contract export" says it again.\n  odcs: ${text(odcs)},\n`,
        ]),
  ];
  return `import { files, source, t } from "sluice";\n\nexport default source({\n${lines.join("")}});\n`;
}

function origin(from: unknown, patterns: string): string {
  if (!isObject(from)) return `files(${text(patterns)})`;
  const { kind: _, patterns: own, ...options } = from;
  const rest = Object.keys(options).length === 0 ? "" : `, ${text(options)}`;
  return `files(${text(own)}${rest})`;
}

function column(spec: ColumnSpec): string {
  const { type, precision, scale, nullable, key: isKey, unique, tags, oneOf, from, missing, ...rest } = spec;
  const call = (name: string, values: readonly unknown[]): string =>
    `.${name}(${values.map(text).join(", ")})`;
  return [
    `t.${type}(${type === "decimal" ? [precision ?? 18, scale ?? 2].join(", ") : ""})`,
    isKey ? ".key()" : "",
    nullable ? ".nullable()" : "",
    unique ? ".unique()" : "",
    ...Object.entries(rest).map(([name, value]) => call(name === "description" ? "describe" : name, [value])),
    oneOf === undefined ? "" : call("oneOf", oneOf),
    missing === undefined ? "" : call("missing", missing),
    from === undefined ? "" : call("from", from),
    tags.length === 0 ? "" : call("tag", tags),
  ].join("");
}

const key = (name: string): string =>
  name === "__proto__" ? '["__proto__"]' : /^[A-Za-z_]\w*$/.test(name) ? name : text(name);

/** A value as TypeScript. JSON is, but for two line ends that it leaves as they are, which TypeScript takes as well. */
function text(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(text).join(", ")}]`;
  if (!isObject(value)) return JSON.stringify(value);
  return `{ ${Object.entries(value)
    .map(([name, inner]) => `${key(name)}: ${text(inner)}`)
    .join(", ")} }`;
}
