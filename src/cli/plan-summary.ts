import type { DatasetId, Graph } from "../graph/graph.ts";
import { certainStages } from "../plan/certain-stages.ts";
import type { Plan, Stage } from "../plan/plan.ts";
import { bytes, count, counted, duration } from "./quantity.ts";

/** A consumer or story that a plan touches, with the datasets through which it does. */
export interface Touched {
  readonly kind: "consumer" | "story";
  readonly name: string;
  /** Type of the consumer, title of the story. */
  readonly about: string | undefined;
  readonly datasets: readonly DatasetId[];
}

/** What a plan comes down to, for every way of showing it. */
export interface PlanSummary {
  /** What is known to happen: breaking changes first, then other changes, then what follows from them. */
  readonly stages: readonly Stage[];
  readonly breaking: number;
  /** `1 to read, 2 to build`. */
  readonly counts: string;
  readonly touched: readonly Touched[];
  /** Generators that are asked, and what is built if they bring something. */
  readonly asked: readonly DatasetId[];
  readonly ifAnything: readonly DatasetId[];
  /** Datasets that read nothing of what changes. */
  readonly spared: readonly DatasetId[];
}

const kinds: readonly Stage["kind"][] = ["read", "build", "reuse", "audit", "drop"];

export function summarisePlan(plan: Plan, graph: Graph): PlanSummary {
  const { certain, possible } = certainStages(plan);
  const of = (list: readonly Stage[], test: (stage: Stage) => boolean) =>
    list.filter(test).map(({ dataset }) => dataset);
  const asked = of(possible, ({ reason }) => reason.because === "generator");
  const spared = sparedBy(possible);
  return {
    stages: certain.toSorted((a, b) => rank(a) - rank(b)),
    breaking:
      certain.filter(({ change }) => change?.severity === "breaking").length +
      plan.metadata.filter(({ contract = [] }) => contract.some(({ severity }) => severity === "breaking"))
        .length,
    counts: kinds
      .map((kind) => ({ kind, found: certain.filter((stage) => stage.kind === kind).length }))
      .filter(({ found }) => found > 0)
      .map(({ kind, found }) => `${count(found)} to ${kind}`)
      .join(", "),
    touched: touchedBy(certain, graph),
    asked,
    ifAnything: of(possible, ({ dataset, reason }) => reason.because === "inputs" && !spared.has(dataset)),
    spared: [...spared],
  };
}

/** What moves on only through datasets that are spared is spared as well. */
function sparedBy(possible: readonly Stage[]): ReadonlySet<DatasetId> {
  const spared = new Set<DatasetId>();
  for (const { dataset, reason } of possible) {
    const follows = reason.because === "inputs" && reason.inputs.every((input) => spared.has(input));
    if (reason.because === "unread" || follows) spared.add(dataset);
  }
  return spared;
}

function rank({ change, reason }: Stage): number {
  if (change) return change.severity === "breaking" ? 0 : 1;
  return reason.because === "inputs" || reason.because === "clock" ? 3 : 2;
}

function touchedBy(stages: readonly Stage[], graph: Graph): Touched[] {
  const consumers = new Map(graph.consumers.map(({ name, type }) => [name, type]));
  const stories = new Map(graph.stories.map(({ id, title }) => [id, title]));
  const found = new Map<string, Touched & { readonly datasets: DatasetId[] }>();
  const add = (kind: Touched["kind"], name: string, about: string | undefined, dataset: DatasetId) => {
    const key = `${kind} ${name}`;
    const known = found.get(key);
    if (known === undefined) found.set(key, { kind, name, about, datasets: [dataset] });
    else known.datasets.push(dataset);
  };
  for (const stage of stages) {
    const hit = stage.change?.reach ?? stage;
    for (const name of hit.consumers) add("consumer", name, consumers.get(name), stage.dataset);
    for (const id of hit.stories) add("story", id, stories.get(id), stage.dataset);
  }
  return [...found].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, touched]) => touched);
}

/** What a stage is expected to bring and to take; empty for what is new or builds nothing. */
export function expected(stage: Stage): string {
  if (stage.kind !== "read" && stage.kind !== "build") return "";
  if (stage.estimate === undefined) return stage.reason.because === "new" ? "" : "no history";
  const { rows, bytes: size, elapsed, builds } = stage.estimate;
  return `about ${counted(rows, "row")}, ${bytes(size)}, ${duration(elapsed)}, from ${counted(builds, "earlier build")}`;
}
