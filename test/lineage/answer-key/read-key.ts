/**
 * The answer key: queries with their lineage as reasoned from what the SQL means.
 *
 * A query, then a line for each of its columns: its name, what flows in, and behind a bar what bears on it.
 * `=` stands before columns that flow in as they are, `~` before those that a value is computed of, `+` before
 * those that are aggregated (alone, it counts rows). A line for `*` tells what decides about rows.
 */
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { datasets } from "./datasets.ts";
import type { ColumnLineage, Influence, QueryLineage } from "../../../src/graph/lineage.ts";

export interface Answer {
  readonly sql: string;
  readonly lineage: QueryLineage;
}

interface Source {
  readonly dataset: string;
  readonly column: string;
}

const steps = { "=": "identity", "~": "expression", "+": "aggregate" } as const;
const strengths = ["constant", "identity", "expression", "aggregate"] as const;
const influences: ReadonlySet<string> = new Set(["filter", "join", "group", "window", "order"]);

const names: Readonly<Record<string, string>> = Object.fromEntries(
  datasets.map(([short, id]) => [short, id]),
);

/** The files of the key with their answers. */
export function readKey(): ReadonlyMap<string, readonly Answer[]> {
  const files = readdirSync(import.meta.dirname).filter((name) => name.endsWith(".key"));
  return new Map(
    files.map((name) => {
      const text = readFileSync(join(import.meta.dirname, name), "utf8");
      const blocks = text.split(/\n\n+/).filter((block) => block.includes("\n>"));
      return [name.replace(".key", ""), blocks.map((block) => readBlock(block))];
    }),
  );
}

function readBlock(block: string): Answer {
  const lines = block.trimEnd().split("\n");
  const start = lines.findIndex((line) => line.startsWith("> "));
  const columns: ColumnLineage[] = [];
  let rows: QueryLineage["rows"] = [];
  for (const line of lines.slice(start)) {
    const parts =
      /^> (?<name>.*?)(?= [=~+|]| constant$| unproven$)(?<direct>[^|]*)(?:\|(?<indirect>.*))?$/.exec(line);
    const { name = "", direct = "", indirect = "" } = parts?.groups ?? {};
    if (parts === null) throw new Error(`cannot read "${line}"`);
    if (name === "*") rows = readInfluences(indirect);
    else columns.push(readColumn(name, direct.trim(), readInfluences(indirect)));
  }
  return { sql: lines.slice(0, start).join("\n"), lineage: { rows, columns } };
}

function readColumn(column: string, text: string, indirect: ColumnLineage["indirect"]): ColumnLineage {
  if (text === "unproven") return { column, direct: [], indirect, kind: "expression", proven: false };
  const direct: ColumnLineage["direct"][number][] = [];
  let kind: ColumnLineage["kind"] = "constant";
  let step: keyof typeof steps = "=";
  for (const word of text === "constant" ? [] : wordsOf(text)) {
    if (word in steps) {
      step = word as keyof typeof steps;
      if (strengths.indexOf(steps[step]) > strengths.indexOf(kind)) kind = steps[step];
    } else direct.push({ ...readSource(word), kind: steps[step] });
  }
  return { column, direct: direct.sort(bySource), indirect, kind, proven: true };
}

function readInfluences(text: string): QueryLineage["rows"] {
  const found: QueryLineage["rows"][number][] = [];
  let by: Influence = "filter";
  for (const word of wordsOf(text)) {
    if (influences.has(word)) by = word as Influence;
    else found.push({ ...readSource(word), by });
  }
  return found.sort((a, b) => bySource(a, b) || (a.by < b.by ? -1 : 1));
}

const wordsOf = (text: string): string[] => text.match(/(?:"(?:[^"]|"")*"|[^\s"])+/g) ?? [];

function readSource(word: string): Source {
  const dot = word.indexOf(".");
  const dataset = names[word.slice(0, dot)];
  if (dataset === undefined) throw new Error(`"${word}" is no column`);
  const name = word.slice(dot + 1);
  return { dataset, column: name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name };
}

function bySource(a: Source, b: Source): number {
  const [one, other] = [a, b].map(({ dataset, column }) => [dataset, column] as const) as [
    readonly [string, string],
    readonly [string, string],
  ];
  for (const at of [0, 1] as const) if (one[at] !== other[at]) return one[at] < other[at] ? -1 : 1;
  return 0;
}
