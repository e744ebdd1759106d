import { SluiceError } from "../errors.ts";
import { durationOf } from "../flow/freshness.ts";
import type { Incident, IncidentFinding, TouchedConsumer } from "../flow/incident.ts";
import type { DatasetId, Graph } from "../graph/graph.ts";
import { downstream, upstream } from "../graph/walks.ts";
import type { CheckResult } from "../quality/verdict.ts";
import type { IncidentAct } from "../store/store.ts";
import type { Ports } from "./ports.ts";
import { shownVerdict } from "./shown-verdict.ts";

/** Offending rows of one finding. Values of columns that may hold personal data are left out. */
export interface IncidentSample {
  readonly dataset: DatasetId;
  readonly check: string;
  readonly rows: readonly Record<string, unknown>[];
  /** Columns whose values are not shown. */
  readonly hidden: readonly string[];
}

/** A consumer, and the time from which its data is older than it may get. */
export type WaitingConsumer = TouchedConsumer & { readonly staleFrom?: string };

/** Everything that is known of an incident. */
export interface IncidentAccount extends Omit<Incident, "consumers"> {
  readonly consumers: readonly WaitingConsumer[];
  /** What readers have of its dataset meanwhile; absent where it is not published. */
  readonly published?: { readonly version: string; readonly builtAt: string; readonly rows: number };
  readonly samples: readonly IncidentSample[];
  /** Unresolved incidents of datasets that its own is built from, or that are built from it. */
  readonly related: readonly number[];
}

type IncidentPorts = Pick<Ports, "store" | "now">;

/** How many incidents are looked at to find related ones. */
const mostRelated = 1000;

/** The incident of that number, as people write it: `12` or `#12`. Errors: `unknown-incident`, `bad-usage`. */
export async function findIncident({ store }: Pick<Ports, "store">, name: string): Promise<Incident> {
  const [, digits] = /^#?(\d{1,15})$/.exec(name) ?? [];
  if (digits === undefined) {
    throw new SluiceError("bad-usage", `"${name}" is not the number of an incident`, {
      hint: "write it as sluice incidents ls shows it, such as 12",
    });
  }
  const [incident] = await store.incidents(1, { id: Number(digits) });
  if (incident !== undefined) return incident;
  throw unknown(name);
}

const unknown = (name: string): SluiceError =>
  new SluiceError("unknown-incident", `there is no incident "${name}"`, {
    hint: "sluice incidents ls --all lists them",
  });

/** Acknowledge, assign or resolve an incident. Errors: `unknown-incident`, `incident-resolved`, `bad-usage`. */
export async function actOn(
  { store, now }: IncidentPorts,
  name: string,
  who: string,
  change: IncidentAct["change"],
): Promise<Incident> {
  refuseEmpty(change);
  const before = await findIncident({ store }, name);
  const at = now().toISOString();
  const after =
    before.state === "resolved" ? before : await store.actOnIncident(before.id, { change, at, who });
  if (after === undefined) throw unknown(name);
  const { resolved } = after;
  if (
    resolved === undefined ||
    (change.what === "resolved" && resolved.at === at && resolved.by === "person")
  )
    return after;
  throw new SluiceError(
    "incident-resolved",
    `incident ${after.id} was resolved at ${resolved.at} by ${resolved.by === "flow" ? "the flow" : `"${resolved.who}"`}: ${resolved.why}`,
    { hint: `nothing is to be done; sluice incidents show ${after.id} tells its story` },
  );
}

function refuseEmpty(change: IncidentAct["change"]): void {
  if (change.what === "resolved" && change.why.trim() === "") {
    throw new SluiceError("bad-usage", "resolving an incident needs a reason, and the one given is empty", {
      hint: 'say it for those who read it later: --why "the file was sent again"',
    });
  }
  if (change.what === "assigned" && change.owner.trim() === "") {
    throw new SluiceError("bad-usage", "an incident cannot be assigned to nobody", {
      hint: "name a team or a person: sluice incidents assign 12 shop-team",
    });
  }
}

/** Everything about an incident: with what readers have meanwhile, samples, and what else is wrong around it. */
export async function incidentAccount(
  { store }: Pick<Ports, "store">,
  incident: Incident,
): Promise<IncidentAccount> {
  const { environment, dataset, severity, state } = incident;
  const pointer = (await store.pointers(environment)).get(dataset);
  const [version] = pointer === undefined ? [] : await store.versions([pointer.version]);
  const graph = await graphOf({ store }, incident);
  const waits = severity === "stop" && state !== "resolved" ? version?.createdAt : undefined;
  return {
    ...incident,
    consumers: incident.consumers.map((consumer) => withStaleness(consumer, waits)),
    ...(version === undefined
      ? {}
      : { published: { version: version.id, builtAt: version.createdAt, rows: version.rows } }),
    samples: await samplesOf({ store }, incident.findings, graph),
    related: state === "resolved" ? [] : await relatedTo({ store }, incident, graph),
  };
}

/** The project with which it was found last, else the one that is published. */
async function graphOf({ store }: Pick<Ports, "store">, incident: Incident): Promise<Graph | undefined> {
  const { lastSeen, environment } = incident;
  const [run] = lastSeen.runId === undefined ? [] : await store.runs(1, { id: lastSeen.runId });
  const release = (await store.environment(environment))?.release ?? 0;
  const hash =
    run?.graphHash ?? (release === 0 ? undefined : await store.releasedGraph(environment, release));
  return hash === undefined ? undefined : store.graph(hash);
}

function withStaleness(consumer: TouchedConsumer, builtAt: string | undefined): WaitingConsumer {
  const allowed = durationOf(consumer.freshness?.stop);
  if (allowed === undefined || builtAt === undefined) return consumer;
  return { ...consumer, staleFrom: new Date(Date.parse(builtAt) + allowed).toISOString() };
}

async function samplesOf(
  { store }: Pick<Ports, "store">,
  findings: readonly IncidentFinding[],
  graph: Graph | undefined,
): Promise<readonly IncidentSample[]> {
  const versions = [...new Set(findings.flatMap(({ version }) => version ?? []))];
  const audits = versions.length === 0 ? [] : await store.audits(versions);
  return findings.flatMap(({ dataset, check, version }): IncidentSample[] => {
    const result = audits
      .filter((audit) => audit.version === version)
      .flatMap(({ verdict }) => verdict.results)
      .findLast((one) => !one.passed && one.name === check);
    if (result === undefined) return [];
    const { sample: rows, hidden = [] } = shownSample(result, dataset, graph);
    return rows.length === 0 && hidden.length === 0 ? [] : [{ dataset, check, rows, hidden }];
  });
}

/** Where nobody knows what is personal, all of it may be. */
function shownSample(
  result: CheckResult,
  dataset: DatasetId,
  graph: Graph | undefined,
): Pick<CheckResult, "sample" | "hidden"> {
  const node = graph?.datasets.find(({ id }) => id === dataset);
  if (graph === undefined || node === undefined)
    return { sample: [], hidden: [...new Set(result.sample.flatMap((row) => Object.keys(row)))] };
  const [shown] = shownVerdict(graph, node, { results: [result] }).results;
  return shown ?? { sample: [] };
}

async function relatedTo(
  { store }: Pick<Ports, "store">,
  { id, environment, dataset }: Incident,
  graph: Graph | undefined,
): Promise<readonly number[]> {
  if (graph === undefined) return [];
  const near = new Set([...upstream(graph, [dataset]), ...downstream(graph, [dataset])]);
  const others = await store.incidents(mostRelated, { environment, unresolved: true });
  return others.filter((other) => other.id !== id && near.has(other.dataset)).map((other) => other.id);
}
