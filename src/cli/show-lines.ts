import type { RecordCounts } from "../graph/delivery.ts";
import { columnLinks } from "../graph/column-walks.ts";
import type { ColumnStatistics } from "../graph/table-column.ts";
import type { CheckResult } from "../quality/verdict.ts";
import { blanksOf } from "./coded-blanks.ts";
import { columnRules } from "./column-rules.ts";
import type { DatasetView } from "./dataset-view.ts";
import { clip, pad, printable, wrap } from "./display-text.ts";
import { age, bytes, count, counted, duration, moment } from "./quantity.ts";
import { kindWord } from "./kind-word.ts";
import { columnOrigins } from "./lineage-document.ts";
import { originWords } from "./lineage-lines.ts";
import { recordText } from "./quarantine-lines.ts";
import type { Refusals } from "./refusals.ts";
import type { Style } from "./shell.ts";
import { renderTable } from "./table.ts";

export interface ShowLineOptions {
  readonly style: Style;
  readonly width: number;
  readonly now: Date;
}

/** The longest smallest or largest value worth a column. */
const widestValue = 24;

function headLines({ node, inventory }: DatasetView, { style }: ShowLineOptions): string[] {
  const about = [
    node.path,
    node.owner === undefined ? "" : `owner ${node.owner}`,
    node.tags.length === 0 ? "" : `tags ${node.tags.join(", ")}`,
  ];
  const held = inventory.held[node.id] ? `  ${style.yellow("held")}` : "";
  return [
    `${style.bold(node.id)}  ${kindWord(node)}${held}`,
    ...(node.description === undefined ? [] : [printable(node.description)]),
    style.dim(printable(about.filter((part) => part !== "").join("; "))),
  ];
}

/** A label and what it stands for. */
type Fact = readonly [label: string, text: string];

const labelWidth = 11;

/** Labelled texts, each wrapped to the terminal beside its label. */
function factLines(facts: readonly Fact[], { width }: ShowLineOptions): string[] {
  return facts.flatMap(([label, text]) =>
    wrap(printable(text), width - labelWidth).map(
      (line, index) => pad(index === 0 ? label : "", labelWidth) + line,
    ),
  );
}

function versionFacts(view: DatasetView, { now }: ShowLineOptions): Fact[] {
  const { published, node, inventory } = view;
  const held = inventory.held[node.id];
  const facts: Fact[] = [];
  if (published) {
    const { version, release } = published;
    const from = release === undefined ? "" : ` since release ${release} of ${inventory.environment}`;
    const stored = version.query === undefined ? bytes(version.bytes) : "not stored";
    const size = `${counted(version.rows, "row")}, ${stored}`;
    const built = `built ${age(version.createdAt, now)} (version ${version.id})`;
    facts.push(["published", `${size}${from}, ${built}`]);
    if (version.counts) facts.push(["records", accounting(version.counts)]);
    const blanks = blanksOf(version.counts);
    if (blanks !== "") facts.push(["blanks", `read as null: ${blanks}`]);
  } else {
    facts.push(["published", `nothing yet in ${inventory.environment}`]);
  }
  if (held) {
    const because = held.by === node.id || held.reason.includes(held.by) ? "" : ` (because of ${held.by})`;
    facts.push(["held", `since ${moment(held.since)}: ${held.reason}${because}`]);
  }
  const refused = view.candidate?.version.counts;
  if (refused) facts.push(["candidate", accounting(refused)]);
  return facts;
}

const accounting = ({ received, accepted, quarantined, rejected, dropped = 0 }: RecordCounts): string =>
  `${count(received)} received = ${count(accepted)} accepted + ${count(quarantined)} quarantined + ${count(rejected)} rejected${dropped === 0 ? "" : `, of which ${count(dropped)} dropped`}`;

function neighbourFacts({ node, readBy, consumers, stories, classes }: DatasetView): Fact[] {
  const lists: readonly (readonly [string, readonly string[]])[] = [
    ["inputs", node.inputs],
    ["read by", readBy],
    ["consumers", consumers],
    ["stories", stories],
    ["classes", classes.map((held) => `${held.class}${held.declared ? "" : " (inherited)"}`)],
  ];
  return lists.flatMap(([label, list]): Fact[] => (list.length === 0 ? [] : [[label, list.join(", ")]]));
}

function columnLines({ node, published, inventory }: DatasetView, options: ShowLineOptions): string[] {
  const statistics = new Map<string, ColumnStatistics>(
    published?.version.columns.map((column) => [column.name, column]),
  );
  const origins =
    node.kind === "model" ? columnOrigins(node, columnLinks(inventory.graph)).map(originWords) : undefined;
  const limit = (known: ColumnStatistics | undefined, which: "min" | "max", loose: string): string => {
    const text = known?.[which];
    return text === undefined ? "" : clip(`${known?.loose ? loose : ""}${printable(text)}`, widestValue);
  };
  const rows = node.columns.map(({ name, engineType, declared }, index) => {
    const known = statistics.get(name);
    return [
      printable(name),
      engineType,
      ...(origins ? [origins[index] ?? ""] : []),
      declared ? columnRules(declared) : "",
      known ? `${known.loose && known.nulls > 0 ? "≤ " : ""}${count(known.nulls)}` : "",
      limit(known, "min", "≥ "),
      limit(known, "max", "≤ "),
    ];
  });
  const columns = [
    { title: "column" },
    { title: "type" },
    ...(origins ? [{ title: "comes from" }] : []),
    { title: "contract" },
    { title: "nulls", align: "right" as const, fixed: true },
    { title: "smallest" },
    { title: "largest" },
  ];
  return ["", ...renderTable(columns, rows, options)];
}

/** How a check was answered and, where the engine had to look, how long that took. */
function answerWords({ answered }: CheckResult): string {
  if (answered === undefined) return "";
  const { by, milliseconds } = answered;
  return by === "statistics" || by === "proof" ? by : `${by}, ${duration(milliseconds)}`;
}

function checkLines(checks: readonly CheckResult[], title: string, options: ShowLineOptions): string[] {
  if (checks.length === 0) return [];
  const { style } = options;
  const rows = checks.map((check) => [
    check.passed ? "passed" : check.severity === "stop" ? "stopped" : "warned",
    check.severity,
    printable(check.name),
    printable(check.message),
    answerWords(check),
  ]);
  const columns = [
    { title, fixed: true },
    { title: "severity", fixed: true },
    { title: "check" },
    { title: "found" },
    { title: "answered by" },
  ];
  const [head = "", ...body] = renderTable(columns, rows, options);
  const paint = (line: string) =>
    line.startsWith("stopped") ? style.red(line) : line.startsWith("warned") ? style.yellow(line) : line;
  return ["", head, ...body.map(paint)];
}

function refusalLines(refused: Refusals, title: string, options: ShowLineOptions): string[] {
  if (refused.reasons.length === 0) return [];
  const { style, width } = options;
  const reasons = refused.reasons.map(({ reason, records }) => [count(records), printable(reason)]);
  const examples = refused.examples.flatMap(({ file, position, reasons: why, raw, hidden }) => [
    clip(`  ${printable(file)}:${position}  ${printable(why.join("; "))}`, width),
    style.dim(clip(`    ${recordText(raw, hidden)}`, width)),
  ]);
  return [
    "",
    ...renderTable([{ title: "records", align: "right", fixed: true }, { title }], reasons, options),
    style.dim("for example"),
    ...examples,
  ];
}

function nextLine(
  { node, candidate, published, inventory }: DatasetView,
  { style }: ShowLineOptions,
): string[] {
  const env = inventory.environment === "dev" ? "" : ` --env ${inventory.environment}`;
  if (candidate) {
    const table = candidate.refused.reasons.length > 0 ? `${node.id}__quarantine` : node.id;
    return ["", `${style.dim("next:")} sluice query --candidate "from ${table}"${env}`];
  }
  if (!published) return ["", `${style.dim("next:")} sluice run --select +${node.id}${env}`];
  return [];
}

/** Everything known of one dataset, for a person. */
export function showLines(view: DatasetView, options: ShowLineOptions): string[] {
  const { published, candidate } = view;
  return [
    ...headLines(view, options),
    "",
    ...factLines([...versionFacts(view, options), ...neighbourFacts(view)], options),
    ...columnLines(view, options),
    ...checkLines(published?.checks ?? [], "published", options),
    ...checkLines(candidate?.checks ?? [], "candidate", options),
    ...refusalLines(
      (candidate ?? published)?.refused ?? { reasons: [], examples: [] },
      candidate ? "why the candidate's new records were refused" : "why refused",
      options,
    ),
    ...nextLine(view, options),
  ];
}
