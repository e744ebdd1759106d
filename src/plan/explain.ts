import type { DatasetId, Graph } from "../graph/graph.ts";
import type { Held } from "../graph/version.ts";
import { certainStages } from "./certain-stages.ts";
import type { Plan, Reason, Stage } from "./plan.ts";

/** What each kind of stage does, in one word; also the order in which they are counted. */
const verbs: Readonly<Record<Stage["kind"], string>> = {
  read: "read",
  build: "build",
  reuse: "reuse",
  audit: "audit",
  drop: "drop",
};

const listed = 4;

function names(list: readonly string[]): string {
  if (list.length <= listed) return list.join(", ");
  return `${list.slice(0, listed - 1).join(", ")} and ${list.length - listed + 1} more`;
}

const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? "" : "s"}`;

function explainFiles(reason: Extract<Reason, { because: "files" }>): string {
  const parts = [
    { count: reason.added, word: "new" },
    { count: reason.changed, word: "changed" },
    { count: reason.removed, word: "removed" },
  ].filter(({ count }) => count > 0);
  return parts
    .map(({ count, word }, index) =>
      index === 0 ? `${count} ${word} file${count === 1 ? "" : "s"}` : `${count} ${word}`,
    )
    .join(", ");
}

/** Why a dataset is touched, in words: `3 new files, 1 changed`, `input raw.slack moves on`. */
export function explainReason(reason: Reason): string {
  switch (reason.because) {
    case "new":
      return "new";
    case "definition":
      return "definition changed";
    case "files":
      return explainFiles(reason);
    case "generator":
      return "asks for what is new";
    case "inputs":
      if (reason.inputs.length === 0) return "inputs move on";
      return reason.inputs.length === 1
        ? `input ${reason.inputs[0]} moves on`
        : `inputs ${names(reason.inputs)} move on`;
    case "checks":
      return "checks changed";
    case "clock":
      return "depends on the time of the run";
    case "removed":
      return "no longer in the project";
  }
}

function explainStage(stage: Stage): string {
  const reason = explainReason(stage.reason);
  return stage.kind === "reuse" ? `${reason}; an equal version was built before` : reason;
}

function headline(plan: Plan, certain: readonly Stage[]): string {
  const from = plan.base === 0 ? "its first release" : `from release ${plan.base}`;
  const counts = Object.entries(verbs)
    .map(([kind, verb]) => ({ verb, count: certain.filter((stage) => stage.kind === kind).length }))
    .filter(({ count }) => count > 0)
    .map(({ verb, count }) => `${count} to ${verb}`);
  return `Plan for ${plan.environment}, ${from}: ${counts.join(", ")}`;
}

/** Which generators are asked, and what is built if they bring something. */
function explainPossible(possible: readonly Stage[]): string[] {
  const of = (because: Reason["because"]) =>
    possible.filter(({ reason }) => reason.because === because).map(({ dataset }) => dataset);
  const asked = of("generator");
  const built = of("inputs");
  if (asked.length === 0) return [];
  const then = built.length === 0 ? "" : `; if there is anything, builds ${names(built)}`;
  return [`${names(asked)} for what is new${then}`];
}

/** Consumers and stories downstream of what is touched, each with the touched datasets it stands on. */
function explainTouched(certain: readonly Stage[], graph: Graph): string[] {
  const reached = new Map<string, DatasetId[]>();
  const add = (subject: string, dataset: DatasetId) =>
    reached.set(subject, [...(reached.get(subject) ?? []), dataset]);
  for (const stage of certain) {
    for (const name of stage.consumers) {
      const type = graph.consumers.find((consumer) => consumer.name === name)?.type;
      add(`consumer ${name}${type ? ` (${type})` : ""}`, stage.dataset);
    }
    for (const id of stage.stories) {
      const title = graph.stories.find((story) => story.id === id)?.title;
      add(`story ${id}${title ? ` (${title})` : ""}`, stage.dataset);
    }
  }
  return [...reached.entries()]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([subject, datasets]) => `${subject}: ${names(datasets)}`);
}

/** A heading before the first of its lines, the others below each other. */
function section(heading: string, lines: readonly string[]): string[] {
  return lines.map((line, index) => `  ${(index === 0 ? heading : "").padEnd(7)} ${line}`);
}

/**
 * A plan in readable lines, without colours: what is read, built, reused, audited and dropped and why, whom
 * it touches, what stays, and what is held (`held`: the environment's, by dataset).
 */
export function explainPlan(
  plan: Plan,
  graph: Graph,
  held: Readonly<Record<DatasetId, Held>> = {},
): string[] {
  const { certain, possible } = certainStages(plan);
  const widest = Math.max(0, ...certain.map((stage) => stage.dataset.length));
  const stages = certain.map(
    (stage) => `  ${verbs[stage.kind].padEnd(7)} ${stage.dataset.padEnd(widest)}  ${explainStage(stage)}`,
  );
  const touched = explainTouched(certain, graph);
  const stays =
    plan.unchanged.length === 0
      ? []
      : [`${counted(plan.unchanged.length, "dataset")} unchanged: ${names(plan.unchanged)}`];
  const holds = Object.entries(held).map(([dataset, { by, reason, since }]) =>
    by === dataset ? `${dataset} since ${since}: ${reason}` : `${dataset} since ${since}, because of ${by}`,
  );
  const rest = [
    ...section("asks", explainPossible(possible)),
    ...section("stays", stays),
    ...section("held", holds),
  ];
  if (certain.length === 0) {
    const where =
      plan.base === 0
        ? `${plan.environment} has no release`
        : `${plan.environment} is at release ${plan.base}`;
    return [`Nothing to do: ${where}.`, ...rest];
  }
  return [
    headline(plan, certain),
    "",
    ...stages,
    ...(touched.length + rest.length > 0 ? [""] : []),
    ...section("touches", touched),
    ...rest,
  ];
}
