import { expect, test } from "vitest";
import { judgeRelease, type MonitoredDataset, readMonitors } from "./judge-release.ts";

const at = (day: number): string => new Date(Date.UTC(2026, 2, 1 + day)).toISOString();

test("what was kept of a number that is none is no value of a series", () => {
  const measures = { rows: 10, sampled: 10, columns: { a: { mean: null } }, metrics: { m: null } };
  const history = Array.from({ length: 30 }, (_, day) => ({ at: at(day), release: day + 1, alarms: [] }));
  const dataset = {
    dataset: "raw.a",
    metrics: [{ check: "metric_anomaly", name: "m", severity: "stop", sql: "select 1" }],
    history: history.map((point) => ({ ...point, definition: "d", measures })),
    next: { at: at(30), definition: "d", measures },
  } as unknown as MonitoredDataset;
  expect(readMonitors(dataset).map(({ name }) => name)).toEqual(["volume"]);
  expect(judgeRelease([dataset])).toEqual(new Map());
});
