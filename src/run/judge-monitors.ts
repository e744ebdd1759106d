import type { DatasetId, DatasetNode } from "../graph/graph.ts";
import type { Profile } from "../graph/profile.ts";
import type { Version } from "../graph/version.ts";
import { currentVersion } from "../plan/decide.ts";
import { judgeRelease, metricChecks, type MonitoredDataset } from "../quality/monitors/judge-release.ts";
import { measure } from "../quality/monitors/measures.ts";
import { schemaFinding } from "../quality/monitors/schema-change.ts";
import type { PublishedMeasures } from "../quality/monitors/monitor-point.ts";
import { type Context, type StageResult } from "./context.ts";
import { trainingFindings } from "./trained-on.ts";
import { withdraw } from "./judge-references.ts";

/** How many earlier releases monitors look back on. */
export const historyLength = 60;

/** What monitors made of a run: which outcomes are other ones now, and what was measured of each dataset that would move. */
export interface Monitored {
  readonly revised: ReadonlySet<DatasetId>;
  readonly measures: ReadonlyMap<DatasetId, PublishedMeasures>;
}

/**
 * Measure every dataset that the run would move, and judge it by what the environment published before. All monitors of a
 * release are judged together. What a monitor of severity `stop` finds keeps its dataset, and all that was built from it,
 * at the last good version, like a check that fails.
 */
export async function judgeMonitors(
  context: Context,
  outcomes: Map<DatasetId, StageResult>,
): Promise<Monitored> {
  const revised = new Set<DatasetId>();
  const moving = context.graph.datasets.flatMap((node): [DatasetNode, Version][] => {
    const version = outcomes.get(node.id)?.version;
    const isSame = version?.id === currentVersion(node.id, context.state)?.id;
    const isWatched = node.monitors !== "off" || metricChecks(node).length > 0;
    return version === undefined || isSame || !isWatched ? [] : [[node, version]];
  });
  if (moving.length === 0) return { revised, measures: new Map() };
  const measured = await measureAll(context, moving);
  const found = judgeRelease(measured.map(({ monitored }) => monitored));
  const moved = moving.map(([{ id }], at) => ({ dataset: id, profile: measured[at]?.profile }));
  const trained = await trainingFindings(context.ports.store, context.graph.consumers, moved);
  const before = new Map(context.state.before?.datasets.map((node) => [node.id, node]));
  const measures = new Map<DatasetId, PublishedMeasures>();
  for (const [at, [node, version]] of moving.entries()) {
    const next = measured[at]?.monitored.next;
    const outcome = outcomes.get(node.id);
    if (next === undefined || outcome === undefined) continue;
    const schema = schemaFinding(before.get(node.id), node);
    const findings = [
      ...(schema === undefined ? [] : [schema]),
      ...(found.get(node.id) ?? []),
      ...(trained.get(node.id) ?? []),
    ];
    measures.set(node.id, {
      dataset: identity(version),
      version: version.id,
      definition: next.definition,
      measures: next.measures,
      findings,
    });
    if (findings.length === 0) continue;
    revised.add(node.id);
    const stops = findings.filter(({ severity }) => severity === "stop");
    if (stops.length === 0) {
      outcomes.set(node.id, { ...outcome, findings: [...outcome.findings, ...findings] });
      continue;
    }
    const reason = stops.map(({ name, message }) => `${name}: ${message}`).join("; ");
    const held = { reason, by: node.id, candidate: version.id };
    withdraw(context, { dataset: node.id, result: { outcome: "failed", findings, held } }, outcomes, revised);
  }
  return { revised, measures };
}

/** What those checks measured of versions, by version and name. */
async function metricValues(
  { ports }: Context,
  moving: readonly (readonly [DatasetNode, Version])[],
): Promise<ReadonlyMap<string, Readonly<Record<string, number>>>> {
  const measured = moving.filter(([node]) => metricChecks(node).length > 0);
  if (measured.length === 0) return new Map();
  const audits = await ports.store.audits(measured.map(([, { id }]) => id));
  return new Map(
    measured.map(([node, { id }]) => {
      const names = new Set(metricChecks(node).map(({ name }) => name));
      const audit = audits.find(
        (one) => one.version === id && one.auditFingerprint === node.auditFingerprint,
      );
      // What could not be measured is no point of the series.
      const results = audit?.verdict.results.filter(({ name, passed }) => passed && names.has(name)) ?? [];
      return [id, Object.fromEntries(results.map(({ name, value }) => [name, value]))];
    }),
  );
}

/** Columns whose contract has coded blanks. */
const codedIn = ({ columns }: DatasetNode): ReadonlySet<string> =>
  new Set(columns.flatMap(({ name, declared }) => (declared?.missing === undefined ? [] : [name])));

const identity = ({ identity: first, dataset }: Version): DatasetId => first ?? dataset;

interface Measured {
  readonly monitored: MonitoredDataset;
  readonly profile: Profile | undefined;
}

async function measureAll(
  context: Context,
  moving: readonly (readonly [DatasetNode, Version])[],
): Promise<readonly Measured[]> {
  const { ports, state } = context;
  const { store } = ports;
  const current = moving.map(([{ id }]) => currentVersion(id, state));
  const unknown = moving.flatMap(([, { id, profile }]) => (profile === undefined ? [id] : []));
  const profiles = await store.profiles([...unknown, ...current.flatMap((one) => one?.id ?? [])]);
  const names = moving.map(([, version]) => identity(version));
  const points = await store.monitorPoints(state.environment, names, historyLength);
  const said = await store.monitorFeedback(state.environment);
  const feedback = new Map(said.map((one) => [`${one.dataset} ${one.version}`, one.feedback]));
  const now = ports.now();
  const metrics = await metricValues(context, moving);
  return moving.map(([node, version], at): Measured => {
    const dataset = identity(version);
    const before = profiles.get(current[at]?.id ?? "");
    const profile = version.profile ?? profiles.get(version.id);
    const values = metrics.get(version.id);
    const monitored = {
      dataset: node.id,
      settings: node.monitors,
      metrics: metricChecks(node),
      history: points.get(dataset) ?? [],
      next: {
        at: now.toISOString(),
        definition: version.fingerprint,
        measures: {
          ...measure(version, profile, before, now.getTime(), codedIn(node)),
          ...(values === undefined ? {} : { metrics: values }),
        },
        feedback: feedback.get(`${dataset} ${version.id}`),
      },
    };
    return { monitored, profile };
  });
}
