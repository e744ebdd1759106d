import { type Incident, titleOf } from "../flow/incident.ts";
import type { DatasetId } from "../graph/graph.ts";
import type { Held } from "../graph/version.ts";
import type { StoreReader } from "../store/store.ts";
import { printable } from "./display-text.ts";
import type { Style } from "./shell.ts";

/** What stands in the way of an environment's flow. */
export interface Standing {
  readonly held: Readonly<Record<DatasetId, Held>>;
  /** Unresolved, newest first. */
  readonly incidents: readonly Incident[];
}

const mostIncidents = 1000;

/**
 * The incidents of an environment that stand and concern one of these datasets: they are about it, were found on it, or
 * keep it where it is. Newest first.
 */
export async function openIncidents(
  store: StoreReader,
  environment: string,
  datasets: () => ReadonlySet<DatasetId>,
): Promise<readonly Incident[]> {
  const open = await store.incidents(mostIncidents, { environment, unresolved: true });
  if (open.length === 0) return open;
  const near = datasets();
  return open.filter(
    ({ dataset, findings, held }) =>
      near.has(dataset) ||
      held.names.some((name) => near.has(name)) ||
      findings.some((finding) => near.has(finding.dataset)),
  );
}

/** An incident in a line. */
export const incidentLine = (incident: Incident, style: Style): string =>
  `${style.yellow(`incident ${incident.id}`)} (${incident.state}): ${printable(titleOf(incident.dataset, incident))}`;

/** An incident beside something else, as `--json` prints it; `incidents show --json` has all of it. */
export function incidentDocument(incident: Incident) {
  const { id, dataset, severity, state, owner, opened } = incident;
  return {
    id,
    dataset,
    severity,
    state,
    owner: owner ?? null,
    opened: opened.at,
    title: titleOf(dataset, incident),
  };
}
