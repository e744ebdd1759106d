/** One query studied: what its lineage says, what moved, and where the two do not agree. */
import type { Outcome } from "../../src/sql/binder.ts";
import type { QueryLineage } from "../../src/graph/lineage.ts";
import type { Choices } from "./choices.ts";
import { cannotBeMissed, claimed, misnamed, misses, waysToForget } from "./claims.ts";
import { type Case, isCertain, type Move, type Observation, observe } from "./perturb.ts";
import { tableSql } from "./tables.ts";
import type { World } from "./world.ts";

/** Where lineage comes from. */
export type Trace = (sql: string) => Promise<Outcome<QueryLineage>>;

export interface Study {
  readonly case: Case;
  readonly observation: Observation;
  /** Undefined where there is no lineage although the engine answers the query. */
  readonly lineage: QueryLineage | undefined;
  /** Moves that lineage does not allow, each beyond doubt. */
  readonly misses: readonly Move[];
  /** What else is wrong, in words. */
  readonly faults: readonly string[];
}

export interface StudyEffort {
  /** Changes tried for each column. */
  readonly tries: number;
  /** Whether columns are changed that no output can miss: needed for power and precision, not for misses. */
  readonly complete: boolean;
}

/** Undefined where the engine does not answer the query over these tables. */
export async function study(
  world: World,
  trace: Trace,
  one: Case,
  choices: Choices,
  { tries, complete }: StudyEffort,
): Promise<Study | undefined> {
  const outcome = await trace(one.sql);
  if (!outcome.ok) {
    const [problem] = outcome.problems;
    await world.load(one.tables);
    if ((await world.ask(one.sql)) === undefined) return undefined;
    const observation = { names: [], steady: [], rows: 0, changes: 0, moves: [] };
    const faults = [`there is no lineage: ${problem?.code} ${problem?.message}`];
    return { case: one, observation, lineage: undefined, misses: [], faults };
  }
  const lineage = outcome.value;
  const effort = complete
    ? { tries }
    : { tries, skip: (source: Move["source"]) => cannotBeMissed(lineage, source) };
  const observation = await observe(world, one, choices, effort);
  if (observation === undefined) return undefined;
  const certain: Move[] = [];
  for (const move of misses(lineage, observation)) {
    if (await isCertain(world, one, move, choices)) certain.push(move);
  }
  const faults = misnamed(lineage, observation.names);
  return { case: one, observation, lineage, misses: certain, faults };
}

/** What many studies found. */
export interface Tally {
  readonly queries: number;
  /** Queries without an answer for their data, which prove nothing. */
  readonly unanswered: number;
  /** Changed tables that were tried. */
  readonly changes: number;
  readonly outputs: number;
  /** Outputs that depend on the order of rows in tables, and so on more than their data. */
  readonly unsteady: number;
  readonly unproven: number;
  /** Pairs of source and output that lineage claims, and how many of them were seen to move. */
  readonly claimed: number;
  readonly moved: number;
  /** Pairs that there could be. */
  readonly possible: number;
  /** Ways to forget one source, and how many of them the study would have noticed. */
  readonly forgotten: number;
  readonly noticed: number;
  readonly misses: number;
  /** What is wrong, to be read and run by hand. */
  readonly findings: readonly string[];
}

export const nothing: Tally = {
  queries: 0,
  unanswered: 0,
  changes: 0,
  outputs: 0,
  unsteady: 0,
  unproven: 0,
  claimed: 0,
  moved: 0,
  possible: 0,
  forgotten: 0,
  noticed: 0,
  misses: 0,
  findings: [],
};

/** Adds a study to what was found so far. */
export function add(tally: Tally, found: Study | undefined): Tally {
  if (found === undefined) return { ...tally, unanswered: tally.unanswered + 1 };
  const { observation, lineage } = found;
  const { pairs, possible } =
    lineage === undefined ? { pairs: [], possible: 0 } : claimed(lineage, observation, found.case.tables);
  const moved = pairs.filter(({ source, output }) =>
    observation.moves.some(
      (move) =>
        move.output === output &&
        move.source.dataset === source.dataset &&
        move.source.column === source.column,
    ),
  );
  const forgotten = lineage === undefined ? [] : waysToForget(lineage);
  const noticed = forgotten.filter((less) => misses(less, observation).length > 0);
  return {
    queries: tally.queries + 1,
    unanswered: tally.unanswered,
    changes: tally.changes + observation.changes,
    outputs: tally.outputs + observation.names.length,
    unsteady: tally.unsteady + observation.names.length - observation.steady.length,
    unproven: tally.unproven + (lineage?.columns.filter(({ proven }) => !proven).length ?? 0),
    claimed: tally.claimed + pairs.length,
    moved: tally.moved + moved.length,
    possible: tally.possible + possible,
    forgotten: tally.forgotten + forgotten.length,
    noticed: tally.noticed + noticed.length,
    misses: tally.misses + found.misses.length,
    findings: [...tally.findings, ...describe(found)],
  };
}

/** All that is missing, with the data that shows the first of it. */
function describe({ case: { sql, tables }, misses: moves, faults }: Study): string[] {
  const missing = moves.map(
    ({ output, source }) =>
      `"${output}" depends on "${source.dataset}"."${source.column}", which its lineage does not say`,
  );
  const [first] = moves;
  const data =
    first === undefined
      ? [`${sql};`]
      : [...tables.map(tableSql), `${sql};`, "-- Another answer with:", tableSql(first.changed)];
  return missing.length + faults.length === 0 ? [] : [[...missing, ...faults, ...data].join("\n")];
}
