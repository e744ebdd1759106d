/** What must be true after every command, whatever happened to it. */
import type { Ended } from "../../e2e/command-line.ts";
import {
  type ContentCache,
  environmentsOf,
  inspect,
  type Inspection,
  type ReleaseSeen,
} from "../inspect-state.ts";
import { asText, foresee, type Foreseen, foreseePromotion, nothingYet } from "./foresee.ts";
import { errorOf, type Place } from "./place.ts";
import type { Beginning, World } from "./world.ts";

/** What is known of the story so far. */
export interface Account {
  /** By environment: what each of its releases must publish, oldest first. */
  readonly releases: Map<string, Foreseen[]>;
  readonly cache: ContentCache;
}

/** What is known when a story begins. */
export function accountOf({ first, second }: Beginning): Account {
  const { foreseen: one } = foresee(first, nothingYet);
  const { foreseen: two } = foresee(second, one);
  return {
    releases: new Map([
      ["dev", [one, two]],
      ["prod", [two]],
    ]),
    cache: new Map(),
  };
}

/** What a fault may change about an outcome. */
export interface Leniency {
  readonly errors: readonly string[];
  readonly kills?: boolean;
  readonly fails?: boolean;
}

export const strict: Leniency = { errors: [] };

/** What verbs may be refused without any fault. */
const refusals: Readonly<Record<string, readonly string[]>> = {
  rollback: ["unknown-release", "unknown-environment", "version-gone"],
  promote: ["promote-refused", "version-gone"],
  resume: ["unknown-run", "run-over", "resume-refused"],
  cancel: ["unknown-run", "run-over"],
  hold: ["unknown-release", "unknown-environment", "version-gone"],
};

/** How a command may not have ended; undefined where all is well. */
export function endProblem(args: readonly string[], end: Ended, leniency: Leniency): string | undefined {
  const last = end.stdout.trimEnd().split("\n").at(-1) ?? "";
  const error = errorOf(last);
  const told = `sluice ${args.join(" ")} ended with ${end.signal ?? end.code}\n${last.slice(-1500)}\n${end.stderr.slice(-1500)}`;
  if (end.signal !== undefined) return leniency.kills ? undefined : told;
  if (error !== undefined)
    return [...leniency.errors, ...(refusals[args[0] ?? ""] ?? [])].includes(error) ? undefined : told;
  if (end.code === 0) return undefined;
  // A run that held something says so in its summary and its exit code; one that published before it was cancelled, too.
  if (/^(run|resume|promote)$/.test(args[0] ?? "") && end.code === 1 && /"held":\["/.test(last))
    return undefined;
  if (args[0] === "cancel" && end.code === 1) return undefined;
  if (end.code === 130 && leniency.kills) return undefined;
  return told;
}

/** The releases that a run told of. */
export function toldReleases({ stdout }: Ended): number[] {
  return [...stdout.matchAll(/^\{"event":\{"type":"published","release":(\d+)/gm)].map(([, number]) =>
    Number(number),
  );
}

/**
 * Look at every environment: nothing broken, no release lost, each new one foreseen, the newest published to the
 * last row. Returns what is wrong.
 */
export async function check(
  place: Place,
  world: World,
  account: Account,
  leniency: Leniency,
): Promise<string[]> {
  const problems: string[] = [];
  const names = [...new Set(["dev", ...(await environmentsOf(place.places))])];
  for (const name of names) {
    const seen = await inspect(place.places, name, account.cache);
    const own = seen.problems.length > 0 ? seen.problems : compare(name, seen, world, account, leniency);
    problems.push(...own.map((problem) => `${name}: ${problem}`));
  }
  return problems;
}

function compare(
  name: string,
  seen: Inspection,
  world: World,
  account: Account,
  leniency: Leniency,
): string[] {
  const known = account.releases.get(name) ?? [];
  account.releases.set(name, known);
  if (seen.release < known.length) return [`release ${known.length} is gone: it stands at ${seen.release}`];
  const problems: string[] = [];
  for (const release of seen.releases.slice(known.length)) {
    const { ways, problem } = expected(name, release, world, account, leniency);
    if (problem !== undefined) problems.push(problem);
    // What a release that is not the newest any more published is not looked at, and the first way is believed.
    const fits =
      release.number === seen.release ? ways.find((way) => differences(way, seen).length === 0) : undefined;
    known.push(fits ?? ways[0] ?? nothingYet);
  }
  return [...problems, ...differences(known.at(-1) ?? nothingYet, seen)];
}

/** What a new release must publish, or may where there are several ways. */
function expected(
  name: string,
  { number, kind, origin, held }: ReleaseSeen,
  world: World,
  { releases }: Account,
  { fails = false }: Leniency,
): { readonly ways: readonly Foreseen[]; readonly problem?: string } {
  const before = releases.get(name)?.[number - 2] ?? nothingYet;
  if (kind !== "publish") {
    const [from = "", at = ""] = (origin ?? "").split("@");
    const foreseen = releases.get(from)?.[Number(at) - 1];
    if (foreseen === undefined) return { ways: [], problem: `${kind} from an unknown ${origin}` };
    if (kind === "rollback") return { ways: [foreseen] };
    return { ways: [foreseen, ...foreseePromotion(foreseen, before, world, new Set(held))] };
  }
  const must = foresee(world, before);
  if (must.held.join() === held.join()) return { ways: [must.foreseen] };
  const problem = `release ${number} holds ${held.join() || "nothing"} instead of ${must.held.join() || "nothing"}`;
  if (!fails) return { ways: [must.foreseen], problem };
  const more = foresee(world, before, new Set(held));
  return more.held.join() === held.join() ? { ways: [more.foreseen] } : { ways: [more.foreseen], problem };
}

/** How what is published differs from what was foreseen. */
export function differences({ rows, refused }: Foreseen, { content }: Inspection): string[] {
  const datasets = Object.keys(content).filter((name) => !name.endsWith("__quarantine"));
  const strange = datasets.filter((name) => !(name in rows)).map((name) => `${name} should not be there`);
  const wrong = Object.entries(rows).flatMap(([name, must]) => {
    const now = content[name];
    if (now === undefined) return [`${name} is not there`];
    const [is, be] = [now.map(plainRow).toSorted(), asText(must)];
    if (is.join("\n") === be.join("\n")) return [];
    const missing = be.filter((row) => !is.includes(row));
    const surplus = is.filter((row) => !be.includes(row));
    return [
      `${name} has ${is.length} rows, not ${be.length}; missing ${missing.slice(0, 3).join()}; too many ${surplus.slice(0, 3).join()}`,
    ];
  });
  const refusals = Object.entries(refused).flatMap(([name, must]) => {
    const now = content[`${name}__quarantine`]?.length ?? 0;
    return now === must ? [] : [`${name} has ${now} records in quarantine, not ${must}`];
  });
  return [...strange, ...wrong, ...refusals];
}

/** A row without the hidden columns that say where it came from. */
function plainRow(row: string): string {
  const fields = Object.entries(JSON.parse(row) as Record<string, unknown>);
  return JSON.stringify(Object.fromEntries(fields.filter(([name]) => !name.startsWith("sluice_"))));
}
