import type { DatasetId } from "../graph/graph.ts";
import type { Incident, IncidentChange, IncidentFinding } from "./incident.ts";
import { findingKey, type Found, nameList, type Observation } from "./observation.ts";

/** What happens to an incident; one without an id is new. */
export interface JudgedChange {
  readonly id?: number;
  readonly change: IncidentChange;
}

/** An incident, as it was or not yet there, with what is now found of it. */
interface Case {
  /** Under the names of now. */
  readonly before?: Incident;
  readonly isRenamed?: boolean;
  readonly dataset: DatasetId;
  readonly found: Found[];
}

/**
 * What an observation means for incidents. A finding that an open incident has is that one, found again. What is new
 * joins the one that keeps its dataset standing already, for the same reason or another, else that of a finding that is new in the same look and that
 * it may come from; what is left opens one for its dataset. An incident of which nothing stands any more is resolved.
 * `open`: the unresolved incidents of the environment, oldest first.
 */
export function judgeIncidents(
  open: readonly Incident[],
  seen: Observation,
  release?: number,
): readonly JudgedChange[] {
  const cases: Case[] = open.map((incident) => caseOf(incident, seen));
  const known = new Map<string, Case>();
  for (const one of cases)
    for (const finding of one.before?.findings ?? []) known.set(findingKey(finding), one);
  const fresh: Found[] = [];
  for (const found of seen.found) {
    const one = known.get(findingKey(found));
    if (one === undefined) fresh.push(found);
    else one.found.push(found);
  }
  const rest = fresh.filter((found) => {
    const one = goesOn(cases, found);
    one?.found.push(found);
    return one === undefined;
  });
  const causes = new Map<string, Case>();
  for (const found of inOrder(rest)) {
    const one = standstill(cases, found) ?? newCause(causes, found) ?? opened(cases, found.dataset);
    one.found.push(found);
    if (one.before === undefined) causes.set(findingKey(found), one);
  }
  return cases.flatMap((one) => changeOf(one, cases, seen, release));
}

/** An incident goes on under the names that its datasets have now. */
function caseOf(incident: Incident, { renamed = new Map() }: Observation): Case {
  const now = (dataset: DatasetId): DatasetId => renamed.get(dataset) ?? dataset;
  const { dataset, findings } = incident;
  const isRenamed = [incident, ...findings].some((one) => renamed.has(one.dataset));
  const before: Incident = isRenamed
    ? {
        ...incident,
        dataset: now(dataset),
        findings: findings.map((finding) => ({ ...finding, dataset: now(finding.dataset) })),
      }
    : incident;
  return { before, dataset: before.dataset, isRenamed, found: [] };
}

/** Causes before what may come from them. */
const inOrder = (found: readonly Found[]): readonly Found[] =>
  found.toSorted((a, b) => a.below.length - b.below.length);

const stops = ({ found }: Case, dataset: DatasetId): boolean =>
  found.some((one) => one.dataset === dataset && one.severity === "stop");

/** A dataset that was stopped for one reason, and is stopped for another before it ever went on. */
const goesOn = (cases: readonly Case[], { dataset, severity }: Found): Case | undefined =>
  cases.find(
    ({ before }) =>
      severity === "stop" &&
      before?.findings.some((known) => known.dataset === dataset && known.severity === "stop") === true,
  );

/** A dataset that stands still stands still for one reason; more of it is no second incident. */
const standstill = (cases: readonly Case[], { dataset }: Found): Case | undefined =>
  cases.find((one) => one.before !== undefined && stops(one, dataset));

function newCause(causes: ReadonlyMap<string, Case>, { below }: Found): Case | undefined {
  for (const key of below) {
    const one = causes.get(key);
    if (one !== undefined) return one;
  }
  return undefined;
}

function opened(cases: Case[], dataset: DatasetId): Case {
  const there = cases.find((one) => one.before === undefined && one.dataset === dataset);
  if (there !== undefined) return there;
  const one: Case = { dataset, found: [] };
  cases.push(one);
  return one;
}

function changeOf(
  one: Case,
  cases: readonly Case[],
  seen: Observation,
  release: number | undefined,
): readonly JudgedChange[] {
  const { before, dataset, found } = one;
  const again = new Set(found.map(findingKey));
  const others = (before?.findings ?? []).filter((finding) => !again.has(findingKey(finding)));
  const rest = others.filter((finding) => stillStands(finding, seen));
  const findings = [...found.map((finding) => withSince(finding, before, seen)), ...rest].toSorted(byWeight);
  const severity = findings.some((finding) => finding.severity === "stop") ? "stop" : "warn";
  const held = nameList(heldBecause(one, findings, cases, seen));
  const standing = { severity, findings, held, ...(one.isRenamed ? { renamed: dataset } : {}) } as const;
  if (before === undefined) {
    const touched = seen.touched.get(dataset) ?? { datasets: nameList([]), consumers: [], stories: [] };
    return [{ change: { what: "opened", dataset, ...standing, ...touched } }];
  }
  const { id } = before;
  if (findings.length === 0) {
    const why = recovered(before, seen, release);
    const number = release === undefined ? {} : { release };
    return [{ id, change: { what: "resolved", why, by: "flow", ...number } }];
  }
  const isNew = found.some((finding) => !before.findings.some((known) => isSame(known, finding)));
  if (isNew || (severity === "stop" && before.severity === "warn"))
    return [{ id, change: { what: "worsened", ...standing } }];
  if (found.length > 0) return [{ id, change: { what: "seen", ...standing } }];
  const changed =
    one.isRenamed === true || rest.length < before.findings.length || held.count !== before.held.count;
  return changed ? [{ id, change: { what: "changed", ...standing } }] : [];
}

const isSame = (one: IncidentFinding, other: Found): boolean => findingKey(one) === findingKey(other);

const byWeight = (a: IncidentFinding, b: IncidentFinding): number =>
  Number(b.severity === "stop") - Number(a.severity === "stop");

function withSince(
  { below: _, ...finding }: Found,
  before: Incident | undefined,
  { at }: Observation,
): IncidentFinding {
  const since = before?.findings.find((known) => findingKey(known) === findingKey(finding))?.since ?? at;
  return { ...finding, since };
}

/** Whether a finding that nobody came across again is still so. */
function stillStands(finding: IncidentFinding, seen: Observation): boolean {
  const { dataset, version, severity, kind } = finding;
  const standing = seen.standing.get(dataset);
  if (kind === "delivery" && seen.aged?.has(dataset)) return false;
  // Whatever got to its end shows that runs do.
  if (kind === "run") return !seen.repairs;
  // Monitors judge what moves: of what stayed they said what they had to say when it came.
  if (seen.judged.has(dataset)) return kind === "monitor" && version !== undefined && standing === version;
  const isThere = seen.datasets.has(dataset) && (standing === undefined || standing === version);
  return isThere || (severity === "stop" && !seen.repairs);
}

/** Who is held because of an incident: by one of its datasets, unless another incident stops that one. */
function heldBecause(
  one: Case,
  findings: readonly IncidentFinding[],
  cases: readonly Case[],
  seen: Observation,
): readonly DatasetId[] {
  const stopped = new Set(
    findings.filter(({ severity }) => severity === "stop").map(({ dataset }) => dataset),
  );
  const first = (by: DatasetId): boolean =>
    cases.find((other) => stops(other, by) || (other === one && stopped.has(by))) === one;
  return Object.entries(seen.held)
    .filter(([, { by }]) => stopped.has(by) && first(by))
    .map(([dataset]) => dataset);
}

function recovered({ dataset }: Incident, seen: Observation, release: number | undefined): string {
  if (!seen.datasets.has(dataset)) return `${dataset} has left the project`;
  const found = "nothing of it is found any more";
  return release === undefined ? found : `${found} in release ${release}`;
}
