import { type ErrorCode, SluiceError } from "../errors.ts";
import type { IncidentFinding } from "../flow/incident.ts";
import { touchedBy } from "../flow/observation.ts";
import type { DatasetId, Graph } from "../graph/graph.ts";
import type { Lease } from "../store/store.ts";
import type { RunEvent } from "./events.ts";
import type { Ports } from "./ports.ts";
import type { Prepared } from "./prepare.ts";
import { tellIncidents } from "./tell-incidents.ts";

/** How many open incidents are looked at to find the one that tells of broken runs. */
const mostOpen = 1000;

/** What somebody did, or what another process does now, is no trouble of the flow; a store that is away can be told nothing. */
const untold: ReadonlySet<ErrorCode> = new Set([
  "interrupted",
  "lease-lost",
  "base-moved",
  "environment-busy",
  "state-unreachable",
  "state-damaged",
]);

/** Whether an incident tells of a run that broke off. */
export const tellsOfBreak = ({ findings }: { readonly findings: readonly IncidentFinding[] }): boolean =>
  findings.some(({ kind }) => kind === "run");

/**
 * A run that broke off as a whole opens an incident of the dataset it was at, or finds the one that is open of earlier ones
 * again: it is over with the next run that comes to its end. Telling of it never hides what happened.
 */
export async function observeBreak(
  ports: Ports,
  broken: {
    readonly graph: Graph;
    readonly prepared: Prepared;
    readonly lease: Lease;
    readonly runId: string;
    readonly who: string;
    readonly error: unknown;
    /** Where it broke; absent where that was at no dataset. */
    readonly at: DatasetId | undefined;
  },
  onEvent: (event: RunEvent) => void,
): Promise<void> {
  const { graph, prepared, lease, runId, who, error } = broken;
  if (error instanceof SluiceError && untold.has(error.code)) return;
  const { environment, held } = prepared.state;
  try {
    const open = await ports.store.incidents(mostOpen, { environment, unresolved: true });
    const known = open.flatMap(({ findings }) => findings).find(({ kind }) => kind === "run");
    const dataset = known?.dataset ?? broken.at ?? prepared.plan.stages[0]?.dataset;
    if (dataset === undefined) return;
    const message = `the run broke off: ${error instanceof SluiceError ? error.message : "an error of Sluice itself"}`;
    const finding = { dataset, check: "run", kind: "run", severity: "stop", message, value: 0 } as const;
    await ports.store.hold(lease, held, [], {
      environment,
      at: ports.now().toISOString(),
      who,
      runId,
      found: [{ ...finding, below: [] }],
      judged: new Set(),
      standing: new Map(),
      repairs: false,
      held,
      datasets: new Set(graph.datasets.map(({ id }) => id)),
      touched: touchedBy(graph, [dataset]),
    });
    await tellIncidents(ports, runId, prepared.state, onEvent);
  } catch (failure) {
    if (!(failure instanceof SluiceError)) throw failure;
  }
}
