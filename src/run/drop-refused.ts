import { quarantineColumns } from "../engine/engine.ts";
import { SluiceError } from "../errors.ts";
import type { Drop, ManifestFile, RecordCounts } from "../graph/delivery.ts";
import type { DatasetId, Graph, SourceNode } from "../graph/graph.ts";
import { sumCounts } from "../graph/record-counts.ts";
import { keptFile, refusedFile } from "../graph/stored-file.ts";
import type { Version } from "../graph/version.ts";
import { sourceKey } from "../plan/build-key.ts";
import { judge } from "../quality/judge.ts";
import type { Verdict } from "../quality/verdict.ts";
import { quoteName } from "../sql/quote.ts";
import type { Lease } from "../store/store.ts";
import { withLease } from "./lease.ts";
import { observeDrop } from "./observe-rollback.ts";
import type { Ports } from "./ports.ts";
import { askQuarantine, refusedFor, refusingVersions } from "./quarantine.ts";
import { quarantineSuffix } from "./read.ts";
import { nameMisled } from "./trained-on.ts";

export interface DropRequest {
  readonly environment: string;
  readonly dataset: DatasetId;
  /** Only records that were refused for this. */
  readonly reason?: string | undefined;
  readonly who: string;
  readonly why: string;
  readonly signal: AbortSignal;
}

/** What a drop came to. */
export interface Dropped {
  readonly drop: Drop;
  readonly release: number;
  readonly counts: RecordCounts;
}

/**
 * Accept the loss of refused records of what is published: they stay in the quarantine of a new version, as `dropped`,
 * and gates on what is refused no longer count them. Nothing that readers see changes. Errors: `unknown-dataset`,
 * `unknown-environment`, `bad-usage` where there is nothing to drop or no reason is given, those of a run.
 */
export async function dropRefused(ports: Ports, request: DropRequest): Promise<Dropped> {
  const { environment, dataset, reason, who, why } = request;
  if (why.trim() === "") {
    throw new SluiceError("bad-usage", "dropping records needs a reason, and the one given is empty", {
      hint: 'say it for those who read it later: --why "test orders of the till\'s makers"',
    });
  }
  return withLease(ports, environment, async (lease, stop) => {
    const versions = await refusingVersions(ports, environment, dataset);
    const version = versions.find(({ standing }) => standing === "published")?.version;
    const base = (await ports.store.environment(environment))?.release ?? 0;
    const graphHash = (await ports.store.releasedGraph(environment, base)) ?? "";
    const graph = await ports.store.graph(graphHash);
    const node = graph?.datasets.find(({ id }) => id === dataset);
    const gone =
      version === undefined ? new Map<string, number>() : await countDropped(ports, version, reason);
    const records = [...gone.values()].reduce((sum, count) => sum + count, 0);
    if (version === undefined || records === 0 || node?.kind !== "source" || graph === undefined)
      throw nothingToDrop(
        request,
        versions.some(({ standing }) => standing === "refused"),
      );
    const at = ports.now().toISOString();
    const drop: Drop = {
      id: ports.newId(),
      at,
      who,
      why,
      ...(reason === undefined ? {} : { reason }),
      records,
    };
    const signal = AbortSignal.any([request.signal, stop]);
    const made = await versionWithout(ports, { version, node, drop, gone, reason, signal });
    const release = await publishDrop(ports, lease, {
      request,
      version: made,
      before: version,
      node,
      graph,
      graphHash,
      base,
      drop,
    });
    return { drop, release, counts: made.counts ?? sumCounts([]) };
  });
}

function nothingToDrop({ dataset, reason, environment }: DropRequest, isRefused: boolean): SluiceError {
  const what = reason === undefined ? "no record" : `no record for "${reason}"`;
  return new SluiceError(
    "bad-usage",
    `${what} of ${dataset} is in quarantine in what "${environment}" publishes`,
    {
      hint: isRefused
        ? "the delivery that was stopped is not published: repair it, or raise quarantine.stop of its contract"
        : `sluice quarantine ls ${dataset} --env ${environment} lists what is, with its reasons`,
    },
  );
}

/** How many records of each file would be dropped. */
async function countDropped(
  ports: Ports,
  version: Version,
  reason: string | undefined,
): Promise<ReadonlyMap<string, number>> {
  const rows = await askQuarantine(
    ports,
    version,
    `select file, count(*)::integer from "this"."quarantine"
     where outcome <> 'dropped' and ${refusedFor(reason)} group by all`,
  );
  return new Map(rows.map(([file, count]) => [String(file), Number(count)]));
}

/** A version with the same rows whose quarantine says what was dropped. */
async function versionWithout(
  ports: Ports,
  made: {
    readonly version: Version;
    readonly node: SourceNode;
    readonly drop: Drop;
    readonly gone: ReadonlyMap<string, number>;
    readonly reason: string | undefined;
    readonly signal: AbortSignal;
  },
): Promise<Version> {
  const { version, node, drop, gone, reason, signal } = made;
  const id = ports.newId();
  const table = `${version.dataset}${quarantineSuffix}`;
  const [schema = "", name = ""] = table.split(".");
  const result = await (
    await ports.executor()
  ).run(
    {
      kind: "build",
      dataset: version.dataset,
      attempt: `${ports.owner}/${id}`,
      keyPrefix: `${version.dataset}/${id}`,
      questions: [],
      others: [],
      sql: `select file, "position", case when ${refusedFor(reason)} then 'dropped' else outcome end as outcome, reasons, raw
        from ${quoteName(schema)}.${quoteName(name)} order by file, "position"`,
      parameters: {},
      inputs: [{ name: table, files: version.quarantine.map(keptFile), columns: quarantineColumns }],
      columns: quarantineColumns,
      ordered: true,
    },
    { signal, onProgress: () => undefined },
  );
  const drops = [...(version.manifest?.drops ?? []), drop];
  const files = (version.manifest?.files ?? []).map((file): ManifestFile => {
    const count = gone.get(file.name) ?? 0;
    return count === 0 ? file : { ...file, counts: withDropped(file.counts, count) };
  });
  const delivery = version.manifest?.delivery;
  const profile = (await ports.store.profiles([version.id])).get(version.id);
  return {
    ...version,
    ...(profile === undefined ? {} : { profile }),
    id,
    buildKey: sourceKey(node, files, ports.engine.version, version, drops),
    quarantine: result.files.map(refusedFile),
    manifest: {
      ...version.manifest,
      files,
      drops,
      // Which of them came last is not known any more: no more than all that did.
      ...(delivery === undefined
        ? {}
        : { delivery: { ...delivery, counts: withDropped(delivery.counts, drop.records) } }),
    },
    counts: sumCounts(files.map(({ counts }) => counts)),
    createdAt: drop.at,
    runId: drop.id,
  };
}

function withDropped(counts: RecordCounts, more: number): RecordCounts {
  const dropped = Math.min((counts.dropped ?? 0) + more, counts.quarantined + counts.rejected);
  return { ...counts, dropped };
}

async function publishDrop(
  ports: Ports,
  lease: Lease,
  made: {
    readonly request: DropRequest;
    readonly version: Version;
    readonly before: Version;
    readonly node: SourceNode;
    readonly graph: Graph;
    readonly graphHash: string;
    readonly base: number;
    readonly drop: Drop;
  },
): Promise<number> {
  const { request, version, before, node, graph, graphHash, base, drop } = made;
  const { environment, dataset, who, why } = request;
  const { store } = ports;
  const audits = await store.audits([before.id]);
  const own = audits.find(({ auditFingerprint }) => auditFingerprint === node.auditFingerprint);
  const verdict = judgedAgain(own?.verdict, version, node);
  await store.saveVersion(lease, version, {
    version: version.id,
    auditFingerprint: node.auditFingerprint,
    verdict,
  });
  for (const audit of audits)
    if (audit.auditFingerprint.startsWith(`${node.auditFingerprint}/`))
      await store.saveAudit(lease, { ...audit, version: version.id });
  const held = await store.held(environment);
  const { at, records, reason } = drop;
  const said = {
    version: version.id,
    drop: drop.id,
    records,
    who,
    why,
    ...(reason === undefined ? {} : { reason }),
  };
  const occasion = { environment, at, who };
  const seen = observeDrop(graph, occasion, { dataset, version: version.id, verdict, held });
  return store.publish(lease, {
    environment,
    kind: "publish",
    base,
    at,
    who,
    why,
    graphHash,
    changes: { [dataset]: version.id },
    held,
    events: [{ type: "quarantine.dropped", at, environment, dataset, data: said }],
    observation: { ...seen, found: await nameMisled(store, graph, seen.found) },
  });
}

/** What the audit found, with the share of refused records as it is now. */
function judgedAgain(before: Verdict | undefined, version: Version, node: SourceNode): Verdict {
  const delivery = version.manifest?.delivery;
  const again = judge([], [], delivery && { ...delivery, limits: node.quarantine });
  const others = (before?.results ?? []).filter(({ check }) => check !== "quarantine" && check !== "file");
  const results = [...again.results, ...others];
  const failed = results.filter(({ passed }) => !passed);
  const outcome = failed.some(({ severity }) => severity === "stop")
    ? "stopped"
    : failed.length > 0
      ? "warned"
      : "good";
  return { outcome, results };
}
