/** Many queries studied in turn, and what came of it in one line. */
import type { Binder } from "../../src/sql/binder.ts";
import { Choices } from "./choices.ts";
import { datasets } from "./made/datasets.ts";
import { madeCase, smallestMiss } from "./made/made-case.ts";
import type { Case } from "./perturb.ts";
import type { NamedQuery } from "./shaped/read-queries.ts";
import { add, nothing, study, type StudyEffort, type Tally, type Trace } from "./study.ts";
import { crowded, type Fullness, randomTable, type TableShape } from "./tables.ts";
import type { World } from "./world.ts";

/** What a survey needs: an engine with data and one without. */
export interface Bench {
  readonly world: World;
  readonly binder: Binder;
}

export async function declareAll({ binder }: Bench, shapes: readonly TableShape[]): Promise<void> {
  for (const { name, columns } of shapes) {
    await binder.declare(
      name,
      columns.map((column) => ({ name: column.name, engineType: column.type })),
    );
  }
}

export interface FixedSurvey extends StudyEffort {
  readonly queries: readonly NamedQuery[];
  readonly shapes: readonly TableShape[];
  /** How often each query is studied, each time over other tables. */
  readonly rounds: number;
  readonly fullness?: Fullness;
}

/** Studies given queries over random tables, trying for tables over which they have rows. */
export async function surveyQueries(bench: Bench, survey: FixedSurvey): Promise<Tally> {
  await declareAll(bench, survey.shapes);
  let tally = nothing;
  for (const [at, query] of survey.queries.entries()) {
    const used = await datasetsOf(bench, query, survey.shapes);
    for (let round = 0; round < survey.rounds; round++) {
      const choices = new Choices(at * 1000 + round);
      const one = await caseWithRows(bench, query, used, choices, survey.fullness ?? crowded);
      const found = await study(bench.world, traceOf(bench), one, choices, survey);
      const added = add({ ...tally, findings: [] }, found);
      const findings = added.findings.map((finding) => `-- ${query.name}, round ${round}\n${finding}`);
      tally = { ...added, findings: [...tally.findings, ...findings] };
    }
  }
  return tally;
}

export const traceOf =
  ({ binder }: Bench): Trace =>
  (sql) =>
    binder.trace(sql);

async function datasetsOf(
  { binder }: Bench,
  { name, sql }: NamedQuery,
  shapes: readonly TableShape[],
): Promise<TableShape[]> {
  const parsed = await binder.parse(sql);
  if (!parsed.ok) throw new Error(`${name}: ${parsed.problems[0]?.message}`);
  const names = new Set(parsed.value.references.map((reference) => reference.name));
  return shapes.filter((shape) => names.has(shape.name));
}

async function caseWithRows(
  { world }: Bench,
  { sql }: NamedQuery,
  shapes: readonly TableShape[],
  choices: Choices,
  fullness: Fullness,
): Promise<Case> {
  for (let tries = 0; ; tries++) {
    const tables = shapes.map((shape) => randomTable(shape, choices, fullness));
    await world.load(tables);
    if (tries === 8 || ((await world.ask(sql))?.rows ?? 0) > 0) return { sql, tables };
  }
}

/** Studies the made-up queries with these numbers; those that are wrong are made small. */
export async function surveyMade(
  bench: Bench,
  from: number,
  count: number,
  effort: StudyEffort,
): Promise<Tally> {
  await declareAll(bench, datasets);
  let tally = nothing;
  for (let seed = from; seed < from + count; seed++) {
    const found = await study(bench.world, traceOf(bench), madeCase(seed), new Choices(seed), effort);
    const added = add({ ...tally, findings: [] }, found);
    const wrong = await explain(bench, seed, added.findings, tally.findings.length < 3);
    tally = { ...added, findings: [...tally.findings, ...wrong] };
    if (tally.findings.length >= 10) break;
  }
  return tally;
}

/** The findings of a case; made small, which takes a while, where that is wanted. */
async function explain(
  bench: Bench,
  seed: number,
  findings: readonly string[],
  isSmall: boolean,
): Promise<string[]> {
  if (findings.length === 0) return [];
  const small = isSmall ? await smallestMiss(bench.world, traceOf(bench), seed) : undefined;
  const shown = add(nothing, small).findings;
  return (shown.length > 0 ? shown : findings).map((finding) => `-- case ${seed}\n${finding}`);
}

const percent = (part: number, whole: number): string =>
  whole === 0 ? "-" : `${((100 * part) / whole).toFixed(1)} %`;

/** What a survey found, for people. */
export function summary(name: string, tally: Tally): string {
  return [
    `${name}: ${tally.queries} cases, ${tally.changes} changes, ${tally.misses} misses`,
    `${tally.unanswered} without an answer`,
    `${tally.unproven} of ${tally.outputs} columns unproven, ${tally.unsteady} unsteady`,
    `${percent(tally.moved, tally.claimed)} of what is claimed moved`,
    `${percent(tally.claimed, tally.possible)} of all pairs are claimed`,
    `${percent(tally.noticed, tally.forgotten)} of forgotten sources noticed`,
  ].join("; ");
}
