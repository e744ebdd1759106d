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
  /** The newest, of what readers have. */
  readonly newest: MonitorPoint | undefined;
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
  const identities = await identitiesIn(ports, environment);
  const names = nodes.map(({ id }) => identities.get(id) ?? id);
  const points = await store.monitorPoints(environment, names, limit);
  return nodes.map((node, at) => {
    const known = points.get(names[at] ?? "") ?? [];
    return {
      dataset: node.id,
      node,
      points: known,
      newest: known.at(-1),
      due: dueBy(
        known.map((point) => Date.parse(point.at)),
        ports.now().getTime(),
      ),
    };
  });
}

/** The names with which the histories of what is published began, by those of today. */
async function identitiesIn(
  { store }: Pick<Ports, "store">,
  environment: string,
): Promise<ReadonlyMap<DatasetId, DatasetId>> {
  const versions = await pointedVersions(store, (await store.pointers(environment)).values());
  return new Map(versions.map(({ dataset, identity }) => [dataset, identity ?? dataset]));
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
  /** The release that is meant; without it, the candidate that is refused now, else the newest release. */
  readonly release?: number | undefined;
  readonly who: string;
  readonly why: string;
}

/** What is remembered, and which ML models it concerns. */
export interface Remembered {
  readonly feedback: MonitorFeedback;
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
  const version = await versionMeant({ store }, saying);
  const feedback = {
    ...said,
    dataset: version.identity ?? version.dataset,
    version: version.id,
    at: now().toISOString(),
  };
  await store.saveFeedback(feedback);
  const bad = new Set(said.feedback === "real" ? [version.id] : []);
  return { feedback, misled: (await misledBy(store, graph, bad)).get(version.id) ?? [] };
}

async function versionMeant(
  { store }: Pick<Ports, "store">,
  { environment, dataset, release }: Saying,
): Promise<Version> {
  const held = release === undefined ? (await store.held(environment))[dataset]?.candidate : undefined;
  const pointer = held === undefined ? (await store.pointers(environment, release)).get(dataset) : undefined;
  const [version] = await store.versions([held ?? pointer?.version ?? []].flat());
  if (version !== undefined) return version;
  const where = release === undefined ? `${environment}` : `release ${release} of ${environment}`;
  throw new SluiceError("unknown-release", `${where} has no version of ${dataset} to say anything of`, {
    hint: `sluice monitors show ${dataset} lists the releases that moved it`,
  });
}
