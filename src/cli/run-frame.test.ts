import { expect, test } from "vitest";
import type { Stage } from "../plan/plan.ts";
import type { RunEvent } from "../run/events.ts";
import { liveDisplay, plainDisplay } from "./run-display.ts";
import { runFrame } from "./run-frame.ts";
import { advance, noProgress, type RunProgress } from "./run-progress.ts";
import { type Output, plainStyle } from "./shell.ts";

const stage = (dataset: string, kind: "read" | "build" = "build"): Stage => ({
  kind,
  dataset,
  reason: { because: "new" },
  consumers: [],
  stories: [],
});

const planned = (...datasets: readonly string[]): RunEvent => ({
  type: "planned",
  runId: "r1",
  plan: {
    format: 1,
    environment: "dev",
    base: 3,
    graphHash: "0",
    stages: datasets.map((dataset) => stage(dataset)),
    unchanged: [],
    metadata: [],
    links: [],
    restated: false,
  },
});

const started = (dataset: string): RunEvent => ({ type: "started", dataset, stage: "build" });
const finished = (
  dataset: string,
  more: Partial<Extract<RunEvent, { type: "finished" }>> = {},
): RunEvent => ({
  type: "finished",
  dataset,
  outcome: "built",
  rows: 12_040,
  elapsed: 812,
  findings: [],
  ...more,
});

const after = (events: readonly (readonly [RunEvent, number])[]): RunProgress =>
  events.reduce((progress, [event, now]) => advance(progress, event, now), noProgress("dev", 0));

const frame = (progress: RunProgress, now: number, size = { width: 90, height: 24 }) =>
  runFrame(progress, { ...size, now, style: plainStyle }).join("\n");

test("each dataset has a line with its state, rows and time, and the overall progress comes last", () => {
  const progress = after([
    [planned("raw.slack", "raw.reddit", "community.comments", "community.phrases"), 100],
    [started("raw.slack"), 200],
    [started("raw.reddit"), 200],
    [{ type: "progress", dataset: "raw.reddit", phase: "reading", rows: 4000 }, 900],
    [
      finished("raw.slack", {
        delivery: { received: 12_080, accepted: 12_040, quarantined: 38, rejected: 2 },
      }),
      1012,
    ],
    [started("community.comments"), 1100],
  ]);
  expect(frame(progress, 2200)).toBe(`\
  raw.slack           built         12,040 rows     0.81 s  38 quarantined, 2 rejected
  raw.reddit          reading        4,000 rows      2.0 s
  community.comments  starting                       1.1 s
  community.phrases   waiting
  ━━━━━━──────────────────  1 of 4 · 2.2 s`);
});

test("what failed says why, cut to the terminal", () => {
  const progress = after([
    [planned("raw.slack"), 0],
    [
      finished("raw.slack", {
        outcome: "failed",
        reason: "2,300 of 10,000 records refused (23 %), the limit is 5 %",
      }),
      10,
    ],
  ]);
  const lines = runFrame(progress, { width: 70, height: 24, now: 10, style: plainStyle });
  expect(lines[0]).toBe("  raw.slack  failed        12,040 rows     0.81 s  2,300 of 10,000 re…");
  expect(lines.every((line) => line.length <= 70)).toBe(true);
});

test("a list longer than the terminal shows what matters most, and how much it leaves out", () => {
  const names = Array.from({ length: 50 }, (_, index) => `m.model_${String(index).padStart(2, "0")}`);
  const progress = after([
    [planned(...names), 0],
    ...names.slice(0, 20).map((name): [RunEvent, number] => [finished(name), 10]),
    [finished("m.model_03", { outcome: "failed", reason: "no" }), 11],
    [started("m.model_20"), 12],
    [started("m.model_21"), 12],
  ]);
  const lines = runFrame(progress, { width: 90, height: 10, now: 1012, style: plainStyle });
  expect(lines.length).toBeLessThan(10);
  expect(lines.map((line) => line.trim().split(/ {2,}/).slice(0, 2).join(" "))).toEqual([
    "m.model_03 failed",
    "m.model_17 built",
    "m.model_18 built",
    "m.model_19 built",
    "m.model_20 starting",
    "m.model_21 starting",
    "… 44 more",
    `${"━".repeat(9)}${"─".repeat(15)} 20 of 50 · 1.0 s`,
  ]);
});

test("after Ctrl-C the frame says what happens", () => {
  const progress = { ...after([[planned("a.b"), 0]]), stopping: true };
  expect(frame(progress, 0)).toContain("stopping cleanly; Ctrl-C again stops at once");
});

/** An output that keeps what a terminal of one size would show. */
function terminal(columns: number, rows: number) {
  const written: string[] = [];
  const size = { columns, rows };
  const out: Output = {
    write: (text) => {
      written.push(text);
      return Promise.resolve();
    },
    isTerminal: true,
    width: () => size.columns,
    height: () => size.rows,
    style: plainStyle,
  };
  return { out, written, size };
}

test("the live view redraws in place, follows a resize, and ends with the whole list", async () => {
  const { out, written, size } = terminal(80, 8);
  let now = 0;
  const display = liveDisplay(out, "dev", () => now);
  const names = Array.from({ length: 12 }, (_, index) => `a.dataset_${index}`);
  display.onEvent(planned(...names));
  display.say("hello", false);
  display.say("again", false);
  // Six lines stand there, and the cursor is below them.
  expect(written[1]?.startsWith("\u001b[?25l\r\u001b[6A")).toBe(true);
  size.columns = 40;
  display.say("narrow", false);
  // Lines that were wider than the terminal now is take two of its rows each: only the status was.
  expect(written[2]?.startsWith("\u001b[?25l\r\u001b[7A")).toBe(true);
  now = 5000;
  for (const name of names) display.onEvent(finished(name));
  await display.end();
  const last = written.at(-2) ?? "";
  for (const name of names) expect(last).toContain(name);
  expect(last).not.toContain("of 12");
  expect(written.at(-1)).toBe("\u001b[?25h");
});

test("without a terminal there is a line per finished dataset, and nothing moves", async () => {
  const { out, written } = terminal(80, 24);
  const display = plainDisplay({ ...out, isTerminal: false, width: () => Infinity }, "dev");
  display.onEvent(planned("raw.slack", "community.comments"));
  display.onEvent(started("raw.slack"));
  display.onEvent(finished("raw.slack"));
  display.onEvent({ type: "warning", dataset: "raw.reddit", message: "no file matches landing/*.json" });
  display.onEvent(finished("community.comments", { outcome: "held", reason: "waits for raw.reddit" }));
  await display.end();
  expect(written.join("")).toBe(`\
Run in dev, from release 3: 2 of 2 datasets to look at
  raw.slack           built         12,040 rows     0.81 s
warning: raw.reddit: no file matches landing/*.json
  community.comments  held                          0.81 s  waits for raw.reddit
`);
});
