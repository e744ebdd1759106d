import { clip, displayWidth, pad, printable } from "./display-text.ts";
import { plainStyle, type Style } from "./shell.ts";

export interface TableColumn {
  readonly title: string;
  readonly align?: "left" | "right";
  /** A column that keeps its width when others must give way. */
  readonly fixed?: boolean;
}

export interface TableOptions {
  /** Columns of the terminal; `Infinity` cuts nothing. */
  readonly width: number;
  readonly style?: Style;
  /** Put before each line. */
  readonly indent?: string;
}

const gap = "  ";
const narrowest = 6;

/** Take width from the widest column that may give, one step at a time, until all fit. */
function fit(widths: readonly number[], columns: readonly TableColumn[], available: number): number[] {
  const fitted = [...widths];
  let excess = fitted.reduce((sum, width) => sum + width, 0) + gap.length * (fitted.length - 1) - available;
  while (excess > 0) {
    let widest = -1;
    for (const [index, width] of fitted.entries()) {
      if (columns[index]?.fixed || width <= narrowest) continue;
      if (widest === -1 || width > (fitted[widest] ?? 0)) widest = index;
    }
    const width = fitted[widest];
    if (width === undefined) return fitted;
    fitted[widest] = width - 1;
    excess -= 1;
  }
  return fitted;
}

/**
 * Aligned columns under a line of titles, without rules or boxes. Cells that do not fit end in "…". What a terminal would
 * obey is shown instead, whoever made the cell; so cells cannot be painted.
 */
export function renderTable(
  columns: readonly TableColumn[],
  cells: readonly (readonly string[])[],
  options: TableOptions,
): string[] {
  const style = options.style ?? plainStyle;
  const indent = options.indent ?? "";
  const titled = columns.map(({ title }) => printable(title));
  const rows = cells.map((row) => row.map(printable));
  const natural = titled.map((title, index) =>
    rows.reduce((widest, row) => Math.max(widest, displayWidth(row[index] ?? "")), displayWidth(title)),
  );
  const widths = fit(natural, columns, options.width - indent.length);
  const line = (row: readonly string[]) =>
    row.map((cell, index) => {
      const width = widths[index] ?? 0;
      return pad(clip(cell, width), width, columns[index]?.align);
    });
  const titles = line(titled).join(gap).trimEnd();
  return [
    indent + style.dim(titles),
    ...rows.map((row) => (indent + line(columns.map((_, index) => row[index] ?? "")).join(gap)).trimEnd()),
  ];
}
