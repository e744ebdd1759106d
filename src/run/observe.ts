import { judgeFreshness } from "../flow/freshness.ts";
import type { Incident, IncidentFinding } from "../flow/incident.ts";
import { linkFindings, type Observation, renamedIn, touchedBy } from "../flow/observation.ts";
import type { DatasetId, Graph } from "../graph/graph.ts";
import type { Held, Version } from "../graph/version.ts";
import type { PlanState } from "../plan/plan-state.ts";
import type { CheckResult } from "../quality/verdict.ts";
import type { StageResult } from "./context.ts";
import type { Execution } from "./execute.ts";
import type { Prepared } from "./prepare.ts";
import { awaitedIn, dataAges, logicalMoment, sourcesIn } from "./data-ages.ts";

type Finding = Omit<IncidentFinding, "since">;

/** What somebody is about to make true, and who. */
interface Occasion {
  readonly at: string;
  readonly who: string;
  readonly runId?: string;
}

/**
 * What a run found, for incidents. Everything that is held has a cause among the findings: where no check says why,
 * the reason itself is one. `brought`: incidents of the environment that is promoted; what they say of versions that
 * are taken over goes on to be so.
 */
export function observeRun(
  graph: Graph,
  prepared: Prepared,
  run: Occasion & {
    readonly execution: Execution;
    readonly held: Readonly<Record<DatasetId, Held>>;
    readonly brought: readonly Incident[];
  },
): Observation {
  const { execution, held, brought, at, who, runId } = run;
  const { state } = prepared;
  const offers = state.promotion?.offers ?? new Map<DatasetId, never>();
  const judged = new Map([...execution.outcomes].filter(([id]) => isJudged(id, held)));
  const findings = [...judged].flatMap(([id, result]) =>
    offers.has(id) ? [] : findingsOf(id, result, held[id]),
  );
  const taken = brought
    .flatMap((incident) => incident.findings)
    .filter(({ dataset, version }) => {
      const result = judged.get(dataset);
      if (result === undefined || !offers.has(dataset)) return false;
      return held[dataset] !== undefined || result.version?.id === version;
    });
  const known = [...findings, ...taken];
  const stopped = new Set(known.flatMap(({ dataset, severity }) => (severity === "stop" ? dataset : [])));
  const unsaid = Object.entries(held)
    .filter(([id, { by }]) => by === id && judged.has(id) && !stopped.has(id))
    .map(([id, { reason }]): Finding => unsaidFinding(id, reason, offers.has(id) ? "held" : "build"));
  const all = [...known, ...unsaid];
  const stale = staleFindings(graph, state, execution.versions, held);
  const seen = observation(graph, prepared, { at, who, ...(runId === undefined ? {} : { runId }) });
  const stayed = [...judged].flatMap(([id, { version }]) =>
    version !== undefined && version.id === state.pointers.get(id)?.version
      ? [[id, version.id] as const]
      : [],
  );
  return {
    ...seen,
    standing: new Map([...seen.standing, ...stayed]),
    found: [...linkFindings(graph, all), ...stale],
    judged: new Set(judged.keys()),
    held,
    touched: touchedBy(graph, new Set([...all, ...stale].map(({ dataset }) => dataset))),
  };
}

/** What a run saw that had nothing to do: everything stands where it stood, and nobody is held any more. */
export function observeNothing(graph: Graph, prepared: Prepared, occasion: Occasion): Observation {
  const stale = staleFindings(graph, prepared.state, new Map(), {});
  return {
    ...observation(graph, prepared, occasion),
    found: stale,
    judged: new Set(),
    held: {},
    touched: touchedBy(
      graph,
      stale.map(({ dataset }) => dataset),
    ),
  };
}

/** Data of which nothing came for too long. What else is found has nothing to do with it: old data did not change. */
function staleFindings(
  graph: Graph,
  state: PlanState,
  made: ReadonlyMap<DatasetId, Version>,
  held: Readonly<Record<DatasetId, Held>>,
): Observation["found"] {
  const found = judgeFreshness(dataAges(graph, state, made, held), logicalMoment(state));
  return found.map((finding) => ({ ...finding, below: [] }));
}

/** Whether an observation says other things of the age of data than the incidents that are open. */
export function tellsNewAge({ found, aged }: Observation, open: readonly Incident[]): boolean {
  const said = (
    findings: readonly Pick<IncidentFinding, "dataset" | "check" | "kind" | "severity" | "version">[],
  ) =>
    findings
      .filter(({ dataset, kind }) => kind === "delivery" && aged?.has(dataset) !== false)
      .map(({ dataset, check, severity, version }) => `${dataset} ${check} ${severity} ${version}`)
      .toSorted()
      .join();
  return said(found) !== said(open.flatMap(({ findings }) => findings));
}

function observation(
  graph: Graph,
  { plan, state }: Prepared,
  occasion: Occasion,
): Omit<Observation, "found" | "judged" | "held" | "touched"> {
  const standing = plan.unchanged.flatMap((id) => {
    const pointer = state.pointers.get(id);
    return pointer === undefined ? [] : [[id, pointer.version] as const];
  });
  return {
    environment: state.environment,
    ...occasion,
    standing: new Map(standing),
    repairs: true,
    aged: new Set([
      ...sourcesIn(graph, state).map(({ id }) => id),
      ...awaitedIn(graph, state).map(({ dataset }) => dataset),
    ]),
    datasets: new Set(graph.datasets.map(({ id }) => id)),
    renamed: renamedIn(graph),
  };
}

/** Whether what came of a dataset says all there is to say of it: what waits for another, or for a release, does not. */
const isJudged = (id: DatasetId, held: Readonly<Record<DatasetId, Held>>): boolean =>
  held[id] === undefined || held[id].by === id;

function findingsOf(dataset: DatasetId, result: StageResult, held: Held | undefined): readonly Finding[] {
  return incidentFindings(dataset, result.version?.id ?? held?.candidate, result.findings);
}

/** What did not pass of a version, as findings of an incident. */
export function incidentFindings(
  dataset: DatasetId,
  version: string | undefined,
  results: readonly CheckResult[],
): readonly Finding[] {
  const about = { dataset, ...(version === undefined ? {} : { version }) };
  const failed = results.filter(({ passed }) => !passed);
  const files = failed.filter(({ check }) => check === "file");
  const others = failed.filter(({ check }) => check !== "file");
  return [...filesFinding(files), ...others.map(shown)].map((finding) => ({ ...finding, ...about }));
}

const shown = ({ name, check, severity, message, value }: CheckResult): Omit<Finding, "dataset"> => ({
  check: name,
  kind: check,
  severity,
  message,
  value,
});

/** Files that cannot be read are one finding: the next delivery has others, and the trouble is the same. */
function filesFinding(files: readonly CheckResult[]): readonly Omit<Finding, "dataset">[] {
  const first = files.find(({ severity }) => severity === "stop") ?? files[0];
  if (first === undefined) return [];
  const more = files.length > 1 ? ` (and ${files.length - 1} more)` : "";
  return [
    {
      check: "files",
      kind: "file",
      severity: first.severity,
      message: `${first.name}: ${first.message}${more}`,
      value: files.length,
    },
  ];
}

function unsaidFinding(dataset: DatasetId, reason: string, kind: "build" | "held"): Finding {
  return { dataset, check: kind, kind, severity: "stop", message: reason, value: 0 };
}
