import { expect, test } from "vitest";
import { deliveredAt, type Delivered, freshUntil, judgeFreshness } from "./freshness.ts";

const hour = 3_600_000;
const source = (dataset: string, limits: Delivered["limits"]): Delivered => ({
  dataset,
  version: `v of ${dataset}`,
  limits,
  at: 0,
});

test("the worst limit that is passed is told, and the next one is what a proof waits for", () => {
  const all = [source("raw.a", { warn: "2h", stop: "1d" }), source("raw.b", { stop: "90m" })];
  const at = (time: number) => judgeFreshness(all, time).map(({ dataset, severity }) => [dataset, severity]);
  expect([at(hour), freshUntil(all, hour)]).toEqual([[], 1.5 * hour]);
  expect([at(1.5 * hour), freshUntil(all, 1.5 * hour)]).toEqual([[["raw.b", "stop"]], 2 * hour]);
  expect(at(2 * hour)).toEqual([
    ["raw.a", "warn"],
    ["raw.b", "stop"],
  ]);
  expect(at(24 * hour)[0]).toEqual(["raw.a", "stop"]);
  expect(freshUntil(all, 24 * hour)).toBeUndefined();
});

test("a warning that comes after what stops does not take its place", () => {
  const [finding] = judgeFreshness([source("raw.a", { warn: "2d", stop: "1d" })], 72 * hour);
  expect(finding?.severity).toBe("stop");
});

test("a consumer says nothing that a source it hangs on says as gravely", () => {
  const board: Delivered = {
    ...source("core.a", { warn: "1h", stop: "3h" }),
    consumer: "board",
    sources: new Set(["raw.a"]),
  };
  const all = [source("raw.a", { warn: "2h" }), source("raw.z", { stop: "1h" }), board];
  const at = (time: number) =>
    judgeFreshness(all, time).map(({ dataset, check, severity }) => [dataset, check, severity]);
  const other = ["raw.z", "delivery", "stop"];
  const own = ["raw.a", "delivery", "warn"];
  expect(at(hour)).toEqual([other, ["core.a", "freshness for board", "warn"]]);
  expect(at(2 * hour)).toEqual([own, other]);
  expect(at(3 * hour)).toEqual([own, other, ["core.a", "freshness for board", "stop"]]);
  expect(freshUntil(all, 2 * hour)).toBe(3 * hour);
});

test("what was only sent again is no delivery", () => {
  const file = {
    bytes: 1,
    modified: "9",
    sha256: "s",
    counts: { received: 1, accepted: 1, quarantined: 0, rejected: 0 },
  };
  const createdAt = "2026-03-09T00:00:00.000Z";
  const since = ["2026-03-02T00:00:00.000Z", "2026-03-01T00:00:00.000Z"];
  const files = since.map((one, index) => ({ ...file, name: String(index), since: one }));
  expect(deliveredAt({ createdAt, manifest: { files } })).toBe(Date.parse("2026-03-02T00:00:00.000Z"));
  expect(deliveredAt({ createdAt })).toBe(Date.parse(createdAt));
});
