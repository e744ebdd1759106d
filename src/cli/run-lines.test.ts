import { expect, test } from "vitest";
import type { RunEvent, RunSummary } from "../run/events.ts";
import { runExit, summaryLines } from "./run-lines.ts";
import { plainStyle } from "./shell.ts";

const summary: RunSummary = {
  environment: "dev",
  runId: "r1",
  release: 4,
  current: 4,
  built: ["raw.slack", "community.comments"],
  reused: ["raw.github"],
  held: [],
  failed: [],
  dropped: [],
  rows: {
    "raw.github": { received: 100, accepted: 100, quarantined: 0, rejected: 0 },
    "raw.slack": { received: 12_080, accepted: 12_040, quarantined: 38, rejected: 2 },
  },
  elapsed: 3210,
};

const options = { style: plainStyle, width: 100 };
const text = (run: RunSummary, events: readonly RunEvent[] = []) =>
  summaryLines(run, events, options).join("\n");

test("a good run ends with its release, the accounting of every source and what to do next", () => {
  expect(text(summary)).toBe(`
Release 4 published to dev in 3.2 s: 2 built, 1 reused

  source      received  = accepted  + quarantined  + rejected
  raw.github       100         100              0           0
  raw.slack     12,080      12,040             38           2

next: sluice ls`);
  expect(runExit(summary)).toBe(0);
});

test("a run that was stopped by the gate ends with the finding, the incident and where to look", () => {
  const failed: RunSummary = {
    ...summary,
    release: null,
    current: 3,
    built: [],
    held: ["raw.slack", "community.comments"],
    failed: ["raw.slack"],
    rows: {},
  };
  const events: RunEvent[] = [
    {
      type: "finished",
      dataset: "raw.slack",
      outcome: "failed",
      elapsed: 10,
      findings: [
        {
          name: "unique id",
          check: "duplicate_values",
          severity: "stop",
          passed: false,
          value: 2,
          message: "2 rows repeat the value of id",
          sample: [{ id: "1", body: "evil\u001b[2Jtext" }],
        },
      ],
    },
    {
      type: "incident",
      id: 7,
      change: "opened",
      severity: "stop",
      dataset: "raw.slack",
      message: "raw.slack stopped: unique id; readers keep the version of release 3",
      owner: "community-team",
      consumers: ["weekly-digest"],
    },
  ];
  expect(text(failed, events)).toBe(`
Nothing published: dev stays at release 3, after 3.2 s: 0 built, 1 reused, 1 held, 1 failed

1 finding:
  stop  raw.slack  unique id: 2 rows repeat the value of id
      {"id":"1","body":"evil\\u001b[2Jtext"}

incident 7: raw.slack stopped: unique id; readers keep the version of release 3; owner community-team; touches weekly-digest

next: sluice incidents show 7`);
  expect(runExit(failed)).toBe(1);
});

test("nothing to do is said in one line", () => {
  const idle: RunSummary = { ...summary, release: null, current: 3, built: [], rows: {} };
  expect(text(idle)).toBe("Nothing to do: dev is at release 3.");
  expect(text({ ...idle, current: 0 })).toBe("Nothing to do: dev has no release.");
  expect(runExit(idle)).toBe(0);
});
