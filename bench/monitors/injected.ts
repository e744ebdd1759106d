/**
 * What monitors find of errors that happen to deliveries: `node bench/monitors/injected.ts [comments] [seed]` injects them
 * into days of the example's comments, and prints the table of docs/concepts/monitors.md. Monitors alone are asked: no
 * contract, no check. Wants a built program (`npm run build`).
 */
import type { Measures } from "../../src/quality/monitors/measures.ts";
import { measure } from "../../src/quality/monitors/measures.ts";
import { judgeRelease, type MeasuredPoint } from "../../src/quality/monitors/judge-release.ts";
import { profileSample, type SampledColumn } from "../../src/quality/monitors/profile-sample.ts";
import type { Profile } from "../../src/graph/profile.ts";
import { injectedErrors, type InjectedError } from "./errors.ts";
import { type Comment, exampleDays } from "./example-days.ts";
import { chanceFrom } from "./series.ts";

const [comments = 120_000, seed = 1] = process.argv.slice(2).map(Number);
const columns = ["network", "id", "author", "body", "posted_at", "edited_at", "channel", "score"].map(
  (name) => ({
    name,
    engineType: name === "score" ? "BIGINT" : name.endsWith("_at") ? "TIMESTAMP" : "VARCHAR",
    personal: false,
  }),
);

/** What the worker would find of these rows; a day's rows are few enough to be looked at as they are. */
function profileRows(rows: readonly Comment[]): Profile {
  const sample = columns.map(({ name, engineType }): SampledColumn => {
    const values = rows.map((row) => row[name] ?? null);
    if (engineType === "BIGINT") return { name, values };
    if (engineType === "TIMESTAMP")
      return { name, values: values.map((value) => (value === null ? null : Date.parse(String(value)))) };
    const texts = values.map((value) => (value === null ? null : String(value)));
    return {
      name,
      values: texts.map((text) => text?.slice(0, 64) ?? null),
      lengths: texts.map((text) => text?.length ?? null),
    };
  });
  return profileSample(sample, columns, rows.length);
}

function measureRows(rows: readonly Comment[], before: Profile | undefined, at: number): [Measures, Profile] {
  const profile = profileRows(rows);
  const statistics = columns.map(({ name, engineType }) => ({
    name,
    engineType,
    nulls: rows.filter((row) => (row[name] ?? null) === null).length,
  }));
  return [measure({ rows: rows.length, columns: statistics }, profile, before, at), profile];
}

// The last day is not over.
const days = (await exampleDays(comments, seed)).slice(0, -1);
const timeOf = (day: number): number => Date.UTC(2026, 0, 5) + day * 86_400_000;
/** The day of its release is a fixed time after that of its rows. */
const shift =
  timeOf(0) - Date.parse(`${String(days[0]?.[0]?.["posted_at"]).slice(0, 10)}T00:00:00Z`) + 90_000_000;
const rowsOf = (day: number): readonly Comment[] =>
  (days[day] ?? []).map((row) => ({
    ...row,
    posted_at: moved(row["posted_at"]),
    edited_at: moved(row["edited_at"]),
  }));
const moved = (time: string | number | null | undefined): string | null =>
  time === null || time === undefined ? null : new Date(Date.parse(String(time)) + shift).toISOString();

const clean: { readonly point: MeasuredPoint; readonly profile: Profile }[] = [];
for (let day = 0; day < days.length; day++) {
  const [measures, profile] = measureRows(rowsOf(day), clean.at(-1)?.profile, timeOf(day + 2));
  clean.push({ point: pointOf(day, measures), profile });
}

function pointOf(day: number, measures: Measures): MeasuredPoint {
  return {
    at: new Date(timeOf(day + 2)).toISOString(),
    release: day + 1,
    measures,
    definition: "",
    alarms: [],
  };
}

function alarms(history: readonly MeasuredPoint[], next: MeasuredPoint): boolean {
  return judgeRelease([{ dataset: "community.comments", history: history.slice(-60), next }]).size > 0;
}

/** After how many days with the error it is found; undefined where it is not within three. */
function delay(error: InjectedError, share: number, day: number, chance: () => number): number | undefined {
  const history = clean.slice(0, day).map(({ point }) => point);
  let before = clean[day - 1]?.profile;
  for (let late = 0; late < 3; late++) {
    const rows = error.spoil(rowsOf(day + late), share, chance, rowsOf(day + late - 1));
    const [measures, profile] = measureRows(rows, before, timeOf(day + late + 2));
    const next = pointOf(day + late, measures);
    if (alarms(history, next)) return late;
    history.push(next);
    before = profile;
  }
  return undefined;
}

const tried = clean
  .map((_, day) => day)
  .filter((day) => day >= 30 && day < clean.length - 3 && day % 8 === 0);
const healthy = clean.map((_, day) => day).filter((day) => day >= 30);
const wolves = healthy.filter((day) => {
  const next = clean[day]?.point;
  return (
    next !== undefined &&
    alarms(
      clean.slice(0, day).map(({ point }) => point),
      next,
    )
  );
});
// What would have been found in as many days if nothing had been wrong.
const byChance = tried.filter((day) => [0, 1, 2].some((late) => wolves.includes(day + late)));
const falseRate = byChance.length / tried.length;
process.stdout.write(
  `\n${days.length} days of ${Math.round(comments / days.length)} comments; ${wolves.length} false alarms in ${healthy.length} healthy days; ${tried.length} days spoilt for each entry, in ${byChance.length} of which something is found anyway\n\n`,
);
process.stdout.write("| error | 1 % | 5 % | 20 % |\n|--|--:|--:|--:|\n");
for (const error of injectedErrors) {
  const cells = [0.01, 0.05, 0.2].map((share) => {
    const chance = chanceFrom(seed + share * 100);
    const delays = tried.map((day) => delay(error, share, day, chance));
    const found = delays.filter((one) => one !== undefined);
    const recall = found.length / delays.length;
    // As many healthy days as spoilt ones.
    const precision = recall === 0 ? 0 : recall / (recall + falseRate);
    const mean = found.reduce((sum, one) => sum + one, 0) / Math.max(1, found.length);
    const percent = (value: number): string => `${(100 * value).toFixed(0)} %`;
    return recall === 0 ? "–" : `${percent(precision)} / ${percent(recall)} / ${mean.toFixed(1)}`;
  });
  process.stdout.write(`| ${error.name} | ${cells.join(" | ")} |\n`);
}
