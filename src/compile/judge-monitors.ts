import type { MonitorSettings } from "../define/monitors.ts";
import { didYouMean } from "../graph/nearest-name.ts";
import type { GraphColumn } from "../graph/graph.ts";
import type { Mistakes } from "./validate.ts";

/** Report settings of monitors for columns that the dataset does not have. */
export function judgeMonitors(
  {
    id,
    monitors,
    mistakes,
  }: { readonly id: string; readonly monitors?: MonitorSettings; readonly mistakes: Mistakes },
  columns: readonly GraphColumn[],
): void {
  if (monitors === undefined || typeof monitors === "string") return;
  const names = columns.map(({ name }) => name);
  for (const column of Object.keys(monitors.columns ?? {})) {
    if (names.includes(column)) continue;
    mistakes.add(
      "unknown-column",
      ["monitors", "columns", column],
      `column "${column}" does not exist in ${id}, but a monitor is set for it`,
      { suggestion: didYouMean(column, names), part: "name" },
    );
  }
}
