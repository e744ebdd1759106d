import type { ConsumerKind } from "../define/consumer.ts";
import type { FreshnessLimits } from "../define/source.ts";
import type { DatasetId } from "../graph/graph.ts";
import type { MisledModel } from "./trained-models.ts";

/** Something that was found at a gate and stands until the flow recovers. */
export interface IncidentFinding {
  readonly dataset: DatasetId;
  /** The check's name; `build` where nothing could be built, `held` where only that is known. */
  readonly check: string;
  /** Its kind, such as `range`, `quarantine` or `build`. */
  readonly kind: string;
  readonly severity: "warn" | "stop";
  /** What was found, in words. */
  readonly message: string;
  /** Offending rows, or the measured value. */
  readonly value: number;
  /** The version that it is about; absent where there is none. */
  readonly version?: string;
  /** When it was first found (ISO 8601, UTC). */
  readonly since: string;
  /** ML models that were trained on the version, or on what was made of it; absent where there is none. */
  readonly misled?: readonly MisledModel[];
}

/** A consumer that reads what an incident is about, or something built from it. */
export interface TouchedConsumer {
  readonly name: string;
  readonly type: ConsumerKind;
  readonly owner?: string;
  /** How fresh its data must be, and how stale it may get. */
  readonly freshness?: FreshnessLimits;
}

/** Names, as many as are worth keeping, and how many there are. */
export interface NameList {
  readonly count: number;
  readonly names: readonly string[];
}

/** Whom something touches, and who answers for it. */
export interface Touched {
  readonly owner?: string;
  /** Datasets built from it. */
  readonly datasets: NameList;
  readonly consumers: readonly TouchedConsumer[];
  readonly stories: readonly string[];
}

/** One thing that happened to an incident, for people. */
export interface IncidentMoment {
  readonly at: string;
  readonly what: "opened" | "worsened" | "changed" | "acknowledged" | "assigned" | "resolved";
  /** Who did it, or whose run found it. */
  readonly who: string;
  readonly text: string;
  readonly runId?: string;
}

/** Something that stopped or threatens the flow of one environment, from one root cause. */
export interface Incident extends Touched {
  /** Counts from 1 in one state; short enough to be said. */
  readonly id: number;
  readonly environment: string;
  /** Where the cause lies. */
  readonly dataset: DatasetId;
  readonly state: "open" | "acknowledged" | "resolved";
  /** The worst of its findings. `stop`: something is kept at its last good version. */
  readonly severity: "warn" | "stop";
  /** What stands now; of a resolved one, what stood last. */
  readonly findings: readonly IncidentFinding[];
  /** Datasets kept at their last good version because of it. */
  readonly held: NameList;
  readonly opened: { readonly at: string; readonly runId?: string };
  readonly lastSeen: { readonly at: string; readonly runId?: string };
  /** Runs that found it. */
  readonly occurrences: number;
  readonly acknowledged?: { readonly at: string; readonly who: string; readonly why: string };
  readonly resolved?: {
    readonly at: string;
    readonly who: string;
    readonly why: string;
    readonly by: "person" | "flow";
    /** The release that showed that the flow had recovered. */
    readonly release?: number;
  };
  /** Oldest first; of a long one the first and the newest. */
  readonly timeline: readonly IncidentMoment[];
}

/** What stands after a run looked. */
interface Standing {
  readonly severity: "warn" | "stop";
  readonly findings: readonly IncidentFinding[];
  readonly held: NameList;
  /** What its dataset is called from now on, where it has another name than before. */
  readonly renamed?: DatasetId;
}

/** What happens to incidents, as the log of events keeps it (`data`, under the type `incident.<what>`). */
export type IncidentChange =
  | ({ readonly what: "opened"; readonly dataset: DatasetId } & Standing & Touched)
  /** Found again. */
  | ({ readonly what: "seen" } & Standing)
  /** Found again, and worse, or with something new beside it. */
  | ({ readonly what: "worsened" } & Standing)
  /** Not found again: some of it is gone, or holds others. */
  | ({ readonly what: "changed" } & Standing)
  | { readonly what: "acknowledged"; readonly why: string }
  | { readonly what: "assigned"; readonly owner: string; readonly why: string }
  | {
      readonly what: "resolved";
      readonly why: string;
      readonly by: "person" | "flow";
      readonly release?: number;
    };

/** When a change happened, and by whom. */
export interface IncidentOccasion {
  readonly environment: string;
  readonly at: string;
  readonly who: string;
  readonly runId?: string;
}

/** An incident as one more event leaves it: events are the truth, incidents what is derived from them. */
export function foldIncident(
  id: number,
  before: Incident | undefined,
  change: IncidentChange,
  occasion: IncidentOccasion,
): Incident {
  const { environment, at, who, runId } = occasion;
  const moment = { at, ...(runId === undefined ? {} : { runId }) };
  const entry = (text: string): IncidentMoment[] =>
    change.what === "seen" ? [] : [{ ...moment, what: change.what, who, text }];
  if (change.what === "opened") {
    const { what: _, ...facts } = change;
    return {
      ...facts,
      id,
      environment,
      state: "open",
      opened: moment,
      lastSeen: moment,
      occurrences: 1,
      timeline: entry(titleOf(change.dataset, change)),
    };
  }
  if (before === undefined) throw new Error(`incident ${id} is ${change.what} and was never opened`);
  const timeline = (text: string): readonly IncidentMoment[] =>
    shortened([...before.timeline, ...entry(text)]);
  switch (change.what) {
    case "seen":
    case "worsened": {
      const { what, renamed: dataset = before.dataset, ...standing } = change;
      const { acknowledged, ...rest } = { ...before, dataset };
      const worse = what === "worsened";
      return {
        ...rest,
        ...(worse || acknowledged === undefined ? {} : { acknowledged }),
        // Whoever took note of it has not seen this.
        ...(worse ? { state: "open" } : {}),
        ...standing,
        lastSeen: moment,
        occurrences: before.occurrences + 1,
        timeline: timeline(titleOf(dataset, change)),
      };
    }
    case "changed": {
      const { what: _, renamed: dataset = before.dataset, ...standing } = change;
      return { ...before, ...standing, dataset, timeline: timeline(titleOf(dataset, change)) };
    }
    case "acknowledged": {
      const { why } = change;
      return { ...before, state: "acknowledged", acknowledged: { at, who, why }, timeline: timeline(why) };
    }
    case "assigned": {
      const why = change.why === "" ? "" : `: ${change.why}`;
      return { ...before, owner: change.owner, timeline: timeline(`to ${change.owner}${why}`) };
    }
    case "resolved": {
      const { what: _, ...how } = change;
      return { ...before, state: "resolved", resolved: { at, who, ...how }, timeline: timeline(change.why) };
    }
  }
}

/** What an incident is about, in one line: what its dataset does, and the worst that was found. */
export function titleOf(
  dataset: DatasetId,
  { severity, findings }: Pick<Incident, "severity" | "findings">,
): string {
  const worst = findings.filter((finding) => finding.severity === severity);
  // What begins with a warning may stop something further down.
  const subject = worst.find((finding) => finding.dataset === dataset) ?? worst[0];
  const about = subject?.dataset ?? dataset;
  const said = worst.slice(0, 3).map((finding) => {
    const own = finding.dataset === about ? "" : `${finding.dataset} `;
    return `${own}${isSaid(finding) ? "" : `${finding.check}: `}${finding.message}`;
  });
  const more = findings.length > said.length ? ` (and ${findings.length - said.length} more)` : "";
  const cause = about === dataset ? "" : `, likely because of ${dataset}`;
  return `${about} ${severity === "stop" ? "stopped" : "warns"}: ${said.join("; ")}${more}${cause}${misledWords(findings)}`;
}

/** ML models that were misled, each once. */
export function misledBy(findings: Incident["findings"]): readonly MisledModel[] {
  const models = findings.flatMap(({ misled = [] }) => misled);
  return [...new Map(models.map((model) => [`${model.consumer}\n${model.dataset}`, model])).values()];
}

function misledWords(findings: Incident["findings"]): string {
  const models = misledBy(findings);
  const said = models.slice(0, 3).map(({ consumer, trainedOn }) => `${consumer} (${trainedOn})`);
  const more = models.length > said.length ? ` and ${models.length - said.length} more` : "";
  return said.length === 0 ? "" : `; trained on it: ${said.join(", ")}${more}`;
}

/** Whether the message says everything, without the check's name. */
const isSaid = ({ kind }: IncidentFinding): boolean =>
  ["build", "held", "run", "quarantine", "file", "delivery"].includes(kind);

const longest = 100;

/** One that comes and goes for months would fill its own record; the log of events has every step. */
function shortened(timeline: readonly IncidentMoment[]): readonly IncidentMoment[] {
  return timeline.length <= longest ? timeline : [...timeline.slice(0, 1), ...timeline.slice(1 - longest)];
}
