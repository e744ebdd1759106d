import type { RowsDifference, RowText } from "../run/compare-rows.ts";
import type { TestFailure } from "../run/test-model.ts";
import type { TestResult } from "../run/test-models.ts";
import { clip, displayWidth, pad, printable } from "./display-text.ts";
import { count, counted, duration } from "./quantity.ts";
import type { Style } from "./shell.ts";

/** Rows of each kind that are shown. */
const mostRows = 10;
/** Columns of a value that are shown. */
const widest = 40;

/** The last line: `12 passed, 1 failed (0.4 s)`. */
export function testSummary(results: readonly TestResult[], elapsed: number, style: Style): string {
  const failed = results.filter(({ failure }) => failure !== undefined).length;
  const passed = results.length - failed;
  const parts = [
    ...(passed > 0 || failed === 0 ? [style.green(`${passed} passed`)] : []),
    ...(failed > 0 ? [style.red(`${failed} failed`)] : []),
  ];
  return `${parts.join(", ")} (${duration(elapsed)})`;
}

/** A test that failed: which, how, and the rows that differ, with an empty line after. */
export function failureLines({ test, failure = {} }: TestResult, style: Style): string[] {
  const { name, path, line, model } = test;
  const place = line === undefined ? path : `${path}:${line}`;
  const how = [model, ...wayOf(failure)].join(", ");
  const head = `${style.red("failed")} ${style.bold(printable(name))} ${style.dim(`(${place})`)}`;
  const { error, difference } = failure;
  const what = error === undefined ? [] : error.split("\n").map((text) => `  ${printable(text)}`);
  return [
    head,
    `  ${style.dim(how)}`,
    ...what,
    ...(difference ? differenceLines(difference, style) : []),
    "",
  ];
}

function wayOf({ step, built, rows }: TestFailure): string[] {
  return [
    ...(rows === undefined
      ? []
      : [rows === "accepted" ? "what its contract lets through" : "what its contract refuses"]),
    ...(step === undefined ? [] : [`step ${step}`]),
    ...(built === undefined ? [] : [built === "whole" ? "built as a whole" : "built delivery by delivery"]),
  ];
}

interface Line {
  readonly mark: " " | "-" | "+" | "~";
  readonly cells: readonly string[];
  readonly changed?: ReadonlySet<number>;
}

function differenceLines(difference: RowsDifference, style: Style): string[] {
  const { columns, expected, actual, missing, unexpected, changed, misplaced } = difference;
  if (misplaced !== undefined) {
    const row = `row ${misplaced.at + 1} is the first that stands elsewhere (- expected, + actual)`;
    const both: Line[] = [
      { mark: "-", cells: cellsOf(misplaced.expected) },
      { mark: "+", cells: cellsOf(misplaced.actual) },
    ];
    const table = tableLines(columns, both, style).map((line) => `  ${line}`);
    return [`  the rows are right, but not in their order: ${row}`, ...table];
  }
  const lines: Line[] = [
    ...changed.slice(0, mostRows).map((row): Line => {
      const places = columns.map((_, at) => at).filter((at) => row.expected[at] !== row.actual[at]);
      const cells = columns.map((_, at) =>
        places.includes(at)
          ? `${shown(row.expected[at] ?? null)} → ${shown(row.actual[at] ?? null)}`
          : shown(row.expected[at] ?? null),
      );
      return { mark: "~", cells, changed: new Set(places) };
    }),
    ...missing.slice(0, mostRows).map((row): Line => ({ mark: "-", cells: cellsOf(row) })),
    ...unexpected.slice(0, mostRows).map((row): Line => ({ mark: "+", cells: cellsOf(row) })),
  ];
  const counts = [
    ...(missing.length > 0 ? [`${count(missing.length)} missing (-)`] : []),
    ...(unexpected.length > 0 ? [`${count(unexpected.length)} unexpected (+)`] : []),
    ...(changed.length > 0 ? [`${count(changed.length)} changed (~ expected → actual)`] : []),
  ];
  const hidden = missing.length + unexpected.length + changed.length - lines.length;
  return [
    `  expected ${counted(expected, "row")}, got ${count(actual)}: ${counts.join(", ")}`,
    ...tableLines(columns, lines, style).map((line) => `  ${line}`),
    ...(hidden > 0 ? [style.dim(`  and ${counted(hidden, "row")} more`)] : []),
  ];
}

const shown = (cell: string | null): string => (cell === null ? "null" : clip(printable(cell), widest));
const cellsOf = (row: RowText): string[] => row.map(shown);

function tableLines(columns: readonly string[], lines: readonly Line[], style: Style): string[] {
  const titles = columns.map((name) => printable(name));
  const widths = titles.map((title, at) =>
    Math.max(displayWidth(title), ...lines.map(({ cells }) => displayWidth(cells[at] ?? ""))),
  );
  const paint = { "-": style.red, "+": style.green, "~": style.yellow, " ": style.dim };
  const row = ({ mark, cells, changed }: Line): string => {
    const colour = paint[mark];
    const padded = cells.map((cell, at) => pad(cell, widths[at] ?? 0));
    if (changed === undefined) return colour(`${mark} ${padded.join("  ")}`.trimEnd());
    return `${colour(mark)} ${padded.map((cell, at) => (changed.has(at) ? colour(cell) : cell)).join("  ")}`.trimEnd();
  };
  return [row({ mark: " ", cells: titles }), ...lines.map(row)];
}
