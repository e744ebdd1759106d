/**
 * How often monitors cry wolf, and what they find: `node bench/monitors/main.ts [series of each kind] [seed]` prints the
 * tables of docs/concepts/monitors.md.
 */
import { calibrate, type Calibration } from "./calibrate.ts";
import { type Detector, interval, others, sluice } from "./detectors.ts";
import { healthySeries } from "./series.ts";

const [count = 400, seed = 20_260_101] = process.argv.slice(2).map(Number);
const detectors: readonly Detector[] = [sluice, interval, ...others];
const results = healthySeries.map((series) =>
  detectors.map((detector) => calibrate(detector, series, count, seed)),
);

function table(title: string, show: (result: Calibration) => string): void {
  process.stdout.write(`\n| ${title} | ${detectors.map(({ name }) => name).join(" | ")} |\n`);
  process.stdout.write(`|--|${detectors.map(() => "--:|").join("")}\n`);
  for (const [index, series] of healthySeries.entries())
    process.stdout.write(`| ${series.name} | ${results[index]?.map(show).join(" | ")} |\n`);
}

const share = (value: number): string => `${(100 * value).toFixed(0)} %`;
table("false alarms per 1,000 values", ({ falseAlarms }) => falseAlarms.toFixed(1));
table("one value doubled / halved", ({ doubled, halved }) => `${share(doubled)} / ${share(halved)}`);
table(
  "doubled / halved for good, within five values",
  ({ doubledForGood, halvedForGood }) => `${share(doubledForGood)} / ${share(halvedForGood)}`,
);
