import { type Incident, titleOf } from "../flow/incident.ts";
import { currentVersion } from "../plan/decide.ts";
import type { PlanState } from "../plan/plan-state.ts";
import type { RunEvent } from "./events.ts";
import type { Ports } from "./ports.ts";

/** How many incidents a run tells of. */
const most = 1000;

type IncidentEvent = Extract<RunEvent, { readonly type: "incident" }>;

/** Tell what a run did to incidents, in the order in which they were opened. `state`: from what it started. */
export async function tellIncidents(
  { store }: Pick<Ports, "store">,
  runId: string,
  state: PlanState,
  onEvent: (event: RunEvent) => void,
): Promise<void> {
  for (const incident of (await store.incidents(most, { runId })).toReversed())
    onEvent(eventOf(incident, changeBy(incident, runId), state));
}

/** Tell what a run did to incidents at one moment that had nothing to do, and so is not recorded. */
export async function tellIncidentsAt(
  { store }: Pick<Ports, "store">,
  at: string,
  state: PlanState,
  onEvent: (event: RunEvent) => void,
): Promise<void> {
  const { environment } = state;
  for (const incident of (await store.incidents(most, { environment })).toReversed()) {
    const last = incident.timeline.at(-1);
    if (last?.at !== at || last.what === "acknowledged" || last.what === "assigned") continue;
    onEvent(eventOf(incident, last.what, state));
  }
}

function eventOf(incident: Incident, change: IncidentEvent["change"], state: PlanState): IncidentEvent {
  const { id, severity, dataset, owner, consumers } = incident;
  return {
    type: "incident",
    id,
    change,
    severity,
    dataset,
    message: messageOf(incident, change, state),
    ...(owner === undefined ? {} : { owner }),
    consumers: consumers.map(({ name }) => name),
  };
}

function changeBy({ timeline, state }: Incident, runId: string): IncidentEvent["change"] {
  const last = timeline.at(-1);
  if (state === "resolved") return "resolved";
  if (last?.runId !== runId || last.what === "acknowledged" || last.what === "assigned") return "seen";
  return last.what;
}

function messageOf(incident: Incident, change: IncidentEvent["change"], state: PlanState): string {
  const { dataset, resolved, severity } = incident;
  if (change === "resolved") return `${dataset}: ${resolved?.why ?? ""}`;
  const title = titleOf(dataset, incident);
  if (severity === "warn") return title;
  const last = currentVersion(dataset, state);
  return `${title}; ${last ? `readers keep the version of release ${state.base}` : "nothing of it is published"}`;
}
