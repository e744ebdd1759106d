/** A diff in words: a paragraph for each dataset that differs, its schema, its rows and a few of them. */
import type { SampledRow, TableComparison } from "../engine/engine.ts";
import type { SchemaChange } from "../graph/schema-changes.ts";
import type { DatasetDiff, Diff } from "../run/diff.ts";
import { type ColumnDiff, columnDiffs } from "./diff-document.ts";
import { clip, printable } from "./display-text.ts";
import { textValue } from "./query-value.ts";
import { count, counted, names } from "./quantity.ts";
import type { Style } from "./shell.ts";
import { renderTable } from "./table.ts";

interface LineOptions {
  readonly style: Style;
  readonly width: number;
}

/** The longest value worth showing in a line of its row. */
const widestValue = 40;

/** Columns listed for one dataset; more are counted. */
const listedColumns = 12;

/** A share from 0 to 1 in per cent; what is neither nothing nor all never looks like it. */
function percent(share: number): string {
  if (share > 0 && share < 0.001) return "< 0.1 %";
  if (share < 1 && share > 0.999) return "> 99.9 %";
  return `${(share * 100).toFixed(1)} %`;
}

function value(of: unknown): string {
  return of === null || of === undefined ? "null" : clip(printable(textValue(of)), widestValue);
}

const rowText = (row: Readonly<Record<string, unknown>>): string =>
  Object.entries(row)
    .map(([name, of]) => `${printable(name)} ${value(of)}`)
    .join(", ");

function schemaLine(one: SchemaChange, style: Style): string {
  const column = printable(one.column);
  switch (one.change) {
    case "added":
      return style.green(`+ ${column} ${one.type}`);
    case "removed":
      return style.red(`- ${column} ${one.type}`);
    case "retyped":
      return style.yellow(`~ ${column} ${one.from} → ${one.to}`);
    case "renamed":
      return style.yellow(`~ ${printable(one.from)} → ${column} (same values)`);
  }
}

function headLine(
  { dataset, before, change, a, b }: DatasetDiff,
  { a: left, b: right }: Diff,
  style: Style,
): string {
  const name = before === undefined ? style.bold(dataset) : `${style.bold(dataset)} (was ${before})`;
  if (change === "added") return `${name}  only in ${right.name}: ${counted(b?.rows ?? 0, "row")}`;
  if (change === "removed") return `${name}  only in ${left.name}: ${counted(a?.rows ?? 0, "row")}`;
  const rows =
    a?.rows === b?.rows
      ? counted(b?.rows ?? 0, "row")
      : `${count(a?.rows ?? 0)} → ${counted(b?.rows ?? 0, "row")}`;
  return `${name}  ${rows}`;
}

/** What became of the rows, in one sentence, and what of their keys is odd. */
function rowLines({ rows, key, note }: DatasetDiff, style: Style): string[] {
  const odd = note === undefined ? [] : [style.yellow(`  ${printable(note)}`)];
  if (!rows) return [...odd, style.dim("  rows not compared")];
  const keys = key.map(printable).join(", ");
  const how =
    key.length > 0
      ? `${count(rows.added)} added, ${count(rows.removed)} removed, ${count(rows.changed)} changed of ${count(rows.matched)} in both (by ${keys})`
      : `${count(rows.added)} added, ${count(rows.removed)} removed (no key: rows compared as wholes)`;
  const { repeated, nullKeys } = rows;
  if (repeated.keys > 0)
    odd.push(
      style.yellow(
        `  ${counted(repeated.keys, "key repeats", "keys repeat")} (${counted(repeated.a, "row")} → ${counted(repeated.b, "row")}): ${count(repeated.different)} of them with other rows, the rest the same`,
      ),
    );
  if (nullKeys.a + nullKeys.b > 0)
    odd.push(style.yellow(`  rows whose key is null: ${count(nullKeys.a)} → ${count(nullKeys.b)}`));
  return [`  rows: ${how}`, ...odd];
}

const pair = ({ a, b }: { readonly a: unknown; readonly b: unknown }): string =>
  a === b ? value(a) : `${value(a)} → ${value(b)}`;

/** Whether a column says anything: its values changed, or what is known of all of them did. */
function isTelling({ changed, nulls, distinct, min, max }: ColumnDiff): boolean {
  if (changed !== null && changed > 0) return true;
  return [nulls, distinct ?? { a: 0, b: 0 }, min, max].some(({ a, b }) => a !== b);
}

function columnLines(one: DatasetDiff, options: LineOptions): string[] {
  const all = columnDiffs(one)
    .filter(isTelling)
    .toSorted((x, y) => (y.changed ?? 0) - (x.changed ?? 0));
  if (all.length === 0) return [];
  const byKey = one.rows !== undefined && one.key.length > 0;
  const limits = (of: ColumnDiff["min"] | ColumnDiff["nulls"], hidden: boolean): string =>
    hidden ? "hidden" : of.a === null && of.b === null ? "" : pair(of);
  const cells = all
    .slice(0, listedColumns)
    .map((column) => [
      printable(column.column),
      ...(byKey
        ? [
            column.changed === null ? "key" : count(column.changed),
            column.share === null ? "" : percent(column.share),
          ]
        : [column.distinct ? pair(column.distinct) : ""]),
      limits(column.nulls, false),
      limits(column.min, column.hidden),
      limits(column.max, column.hidden),
    ]);
  const right = { align: "right" as const, fixed: true };
  const columns = [
    { title: "column" },
    ...(byKey
      ? [
          { title: "changed", ...right },
          { title: "share", ...right },
        ]
      : [{ title: "distinct, about" }]),
    { title: "nulls", fixed: true },
    { title: "smallest" },
    { title: "largest" },
  ];
  const more = all.length - listedColumns;
  return [
    ...renderTable(columns, cells, { ...options, indent: "  " }),
    ...(more > 0 ? [options.style.dim(`  … ${counted(more, "more column")}`)] : []),
  ];
}

function sampleLines({ rows, hidden }: DatasetDiff, { style, width }: LineOptions): string[] {
  if (!rows) return [];
  const { added, removed, changed } = rows.sample;
  const whole = (mark: string, { row, times }: SampledRow): string =>
    clip(
      `  ${mark} ${rowText(row)}${times !== undefined && times > 1 ? ` (${count(times)} times)` : ""}`,
      width,
    );
  const lines = [
    ...changed.map(({ key, values }) => {
      const moved = Object.entries(values).map(([column, { a, b }]) =>
        hidden.has(column) ? `${printable(column)} hidden` : `${printable(column)} ${value(a)} → ${value(b)}`,
      );
      const told = Object.keys(key).length === 0 ? "" : `${rowText(key)}: `;
      return style.yellow(clip(`  ~ ${told}${moved.join("; ")}`, width));
    }),
    ...added.map((row) => style.green(whole("+", row))),
    ...removed.map((row) => style.red(whole("-", row))),
  ];
  const more = unseen(rows);
  return lines.length > 0 && more > 0
    ? [...lines, style.dim(`  … ${counted(more, "more row")}; --sample shows more`)]
    : lines;
}

/** Rows that differ and are not shown. */
function unseen({ added, removed, changed, sample }: TableComparison): number {
  const shown = [...sample.added, ...sample.removed].reduce((sum, { times }) => sum + (times ?? 1), 0);
  return added + removed + changed - shown - sample.changed.length;
}

function datasetLines(one: DatasetDiff, all: Diff, options: LineOptions): string[] {
  const { style } = options;
  const head = headLine(one, all, style);
  if (one.change !== "changed") return ["", head];
  return [
    "",
    head,
    ...one.schema.map((change) => `  ${schemaLine(change, style)}`),
    ...(one.reordered ? [style.yellow("  ~ columns stand in another order")] : []),
    ...rowLines(one, style),
    ...columnLines(one, options),
    ...sampleLines(one, options),
  ];
}

/** A diff for a person. */
export function diffLines(found: Diff, options: LineOptions): string[] {
  const { a, b, same, datasets } = found;
  const total = same.length + datasets.length;
  const between = `${options.style.bold(a.name)} → ${options.style.bold(b.name)}`;
  if (datasets.length === 0) return [`${between}: no difference in ${counted(total, "dataset")}`];
  const differ = datasets.length === 1 ? "differs" : "differ";
  return [
    `${between}: ${count(datasets.length)} of ${counted(total, "dataset")} ${differ}`,
    ...datasets.flatMap((one) => datasetLines(one, found, options)),
    ...(datasets.some(({ hidden }) => hidden.size > 0)
      ? ["", options.style.dim("hidden: may hold personal data, so values are counted and not shown")]
      : []),
    ...(same.length === 0 ? [] : ["", options.style.dim(`the same: ${names(same, 5)}`)]),
  ];
}
