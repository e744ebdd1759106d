/** What definitions say of monitors: read from settings, judged once the columns are known. */
import type { MonitorSettings } from "../define/monitors.ts";
import type { GraphColumn } from "../graph/graph.ts";
import { didYouMean } from "../graph/nearest-name.ts";
import { columnMonitorsSchema, monitorsSchema, monitorWordSchema } from "./schemas.ts";
import { isRecord } from "./settings.ts";
import { type Mistakes, validate } from "./validate.ts";

/** Read the setting `monitors`; nothing where it is not there or nothing of it can be used. */
export function readMonitors(value: unknown, mistakes: Mistakes): { readonly monitors?: MonitorSettings } {
  if (value === undefined) return {};
  if (!isRecord(value)) {
    const word = validate(monitorWordSchema, value, mistakes, ["monitors"]);
    return word === undefined ? {} : { monitors: word };
  }
  const { columns, ...all } = validate(monitorsSchema, value, mistakes, ["monitors"]) ?? {};
  const each = Object.entries(columns ?? {}).flatMap(([name, setting]) => {
    const at = ["monitors", "columns", name];
    const read = isRecord(setting)
      ? validate(columnMonitorsSchema, setting, mistakes, at)
      : validate(monitorWordSchema, setting, mistakes, at);
    return read === undefined ? [] : [[name, read] as const];
  });
  return {
    monitors: {
      ...(all as MonitorSettings & object),
      ...(each.length === 0 ? {} : { columns: Object.fromEntries(each) }),
    },
  };
}

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
