/** What monitors know of an environment, and what people tell them. */
import { SluiceError } from "../errors.ts";
import type { DatasetId, DatasetNode, Graph } from "../graph/graph.ts";
import type { Version } from "../graph/version.ts";
import { type Backtest, backtest } from "../quality/monitors/backtest.ts";
import { metricChecks, readMonitors, type MonitorReading } from "../quality/monitors/judge-release.ts";
import type { Feedback } from "../quality/monitors/judge-series.ts";
import { type Due, dueBy } from "../quality/monitors/schedule.ts";
import type { MonitorFeedback, MonitorPoint } from "../quality/monitors/monitor-point.ts";
import type { MisledModel } from "../flow/trained-models.ts";
import { misledBy } from "./trained-on.ts";
import { historyLength } from "./judge-monitors.ts";
import { pointedVersions } from "./pointed-versions.ts";
import type { Ports } from "./ports.ts";

/** Releases that a backtest goes back, at most. */
const replayed = 400;

/** A dataset as its monitors see it. */
export interface MonitoredView {
  readonly dataset: DatasetId;
  readonly node: DatasetNode;
  /** Oldest first. */
  readonly points: readonly MonitorPoint[];
  /** The newest that was judged and published. */
  readonly newest: MonitorPoint | undefined;
  /** Readers had the newest, and have an earlier one again. */
  readonly isRolledBack: boolean;
  /** Why a candidate is refused now; absent where none is. */
  readonly refused?: string;
  readonly due: Due | undefined;
}

/** What monitors know of datasets in an environment, in the order of the graph. */
export async function monitoredViews(
  ports: Pick<Ports, "store" | "now">,
  graph: Graph,
  environment: string,
  datasets?: readonly DatasetId[],
  limit: number = historyLength,
): Promise<readonly MonitoredView[]> {
  const { store } = ports;
  const nodes = graph.datasets.filter(({ id }) => datasets === undefined || datasets.includes(id));
  const pointed = await pointedIn(ports, environment);
  const names = nodes.map(({ id }) => pointed.get(id)?.identity ?? id);
  const points = await store.monitorPoints(environment, names, limit);
  const held = await store.held(environment);
  const published = [...pointed.values()].map(({ id }) => id);
  const releases = await store.firstReleases(environment, published);
  return nodes.map((node, at) => {
    const known = points.get(names[at] ?? "") ?? [];
    const newest = known.at(-1);
    const own = held[node.id];
    return {
      dataset: node.id,
      node,
      points: known,
      newest,
      isRolledBack: isRolledBack(newest, pointed.get(node.id), releases),
      ...(own?.by === node.id && own.candidate !== undefined ? { refused: own.reason } : {}),
      due: dueBy(
        known.map((point) => Date.parse(point.at)),
        ports.now().getTime(),
      ),
    };
  });
}

/** What moved while monitors were off was not judged: only what is older than the newest point came back. */
function isRolledBack(
  newest: MonitorPoint | undefined,
  published: Version | undefined,
  releases: ReadonlyMap<string, number>,
): boolean {
  if (newest === undefined || published === undefined || newest.version === published.id) return false;
  return (releases.get(published.id) ?? Infinity) < newest.release;
}

/** What is published, by the names of today. */
async function pointedIn(
  { store }: Pick<Ports, "store">,
  environment: string,
): Promise<ReadonlyMap<DatasetId, Version>> {
  const versions = await pointedVersions(store, (await store.pointers(environment)).values());
  return new Map(versions.map((version) => [version.dataset, version]));
}

/** Every monitor of a dataset, with what it would say if the newest release came once more. */
export function readingsOf({ dataset, node, points }: MonitoredView): readonly MonitorReading[] {
  const { monitors } = node;
  const next = points.at(-1);
  return next === undefined
    ? []
    : readMonitors({
        dataset,
        settings: monitors,
        metrics: metricChecks(node),
        history: points.slice(0, -1),
        next,
      });
}

/** Replay the histories of datasets. */
export async function backtests(
  ports: Pick<Ports, "store" | "now">,
  graph: Graph,
  environment: string,
  datasets?: readonly DatasetId[],
): Promise<readonly Backtest[]> {
  const views = await monitoredViews(ports, graph, environment, datasets, replayed);
  return views
    .filter(({ points }) => points.length > 0)
    .map(({ dataset, node, points }) =>
      backtest({ dataset, settings: node.monitors, metrics: metricChecks(node), history: points }),
    );
}

/** What somebody says, of what. */
export interface Saying {
  readonly environment: string;
  readonly dataset: DatasetId;
  readonly feedback: Feedback;
  /**
   * The release that is meant; without it what was judged last: the candidate that is refused now, else the newest release
   * that moved the dataset, also where it was rolled back since.
   */
  readonly release?: number | undefined;
  readonly who: string;
  readonly why: string;
}

/** A version of which something is said. */
export interface MeantVersion {
  readonly version: Version;
  /** `refused`: readers never had it; `earlier`: they had it, and have another one now. */
  readonly state: "refused" | "published" | "earlier";
  /** The release that is meant; absent of what was refused. */
  readonly release?: number;
}

/** What is remembered, and which ML models it concerns. */
export interface Remembered {
  readonly feedback: MonitorFeedback;
  readonly meant: MeantVersion;
  /** ML models that were trained on what was really wrong. */
  readonly misled: readonly MisledModel[];
}

/** Remember what somebody says of a value. Errors: `unknown-release` where there is nothing to say it of. */
export async function giveFeedback(
  { store, now }: Pick<Ports, "store" | "now">,
  graph: Graph,
  saying: Saying,
): Promise<Remembered> {
  const { dataset: _, release: __, ...said } = saying;
  const meant = await versionMeant({ store }, saying);
  const { version } = meant;
  const feedback = {
    ...said,
    dataset: version.identity ?? version.dataset,
    version: version.id,
    at: now().toISOString(),
  };
  await store.saveFeedback(feedback);
  const bad = new Set(said.feedback === "real" ? [version.id] : []);
  return { feedback, meant, misled: (await misledBy(store, graph, bad)).get(version.id) ?? [] };
}

/**
 * Whoever says that something was really wrong has often rolled it back before: what `monitors show` tells of is meant,
 * not what readers got back.
 */
async function versionMeant({ store }: Pick<Ports, "store">, saying: Saying): Promise<MeantVersion> {
  const { environment, dataset, release } = saying;
  const refused = release === undefined ? (await store.held(environment))[dataset]?.candidate : undefined;
  if (refused !== undefined) {
    const [version] = await store.versions([refused]);
    if (version !== undefined) return { version, state: "refused" };
  }
  const now = (await pointedIn({ store }, environment)).get(dataset);
  const named = async (): Promise<string | undefined> =>
    (await store.pointers(environment, release)).get(dataset)?.version;
  const back = release === undefined ? await rolledBack({ store }, environment, now) : undefined;
  const id = release === undefined ? (back?.version ?? now?.id) : await named();
  const [version] = id === undefined ? [] : await store.versions([id]);
  if (version === undefined) throw nothingMeant(saying);
  const number =
    release ?? back?.release ?? (await store.firstReleases(environment, [version.id])).get(version.id);
  return {
    version,
    state: version.id === now?.id ? "published" : "earlier",
    ...(number === undefined ? {} : { release: number }),
  };
}

/** What was judged last of a dataset that was rolled back since. */
async function rolledBack(
  { store }: Pick<Ports, "store">,
  environment: string,
  published: Version | undefined,
): Promise<MonitorPoint | undefined> {
  if (published === undefined) return undefined;
  const identity = published.identity ?? published.dataset;
  const newest = (await store.monitorPoints(environment, [identity], 1)).get(identity)?.at(-1);
  const releases = await store.firstReleases(environment, [published.id]);
  return isRolledBack(newest, published, releases) ? newest : undefined;
}

function nothingMeant({ environment, dataset, release }: Saying): SluiceError {
  const where = release === undefined ? `${environment}` : `release ${release} of ${environment}`;
  return new SluiceError("unknown-release", `${where} has no version of ${dataset} to say anything of`, {
    hint: `sluice monitors show ${dataset} lists the releases that moved it`,
  });
}
