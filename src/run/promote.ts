import { SluiceError } from "../errors.ts";
import type { DatasetId } from "../graph/graph.ts";
import type { Pointer } from "../graph/version.ts";
import type { Release } from "../store/store.ts";
import type { Ports } from "./ports.ts";
import { withLease } from "./lease.ts";
import { difference, existing, published } from "./environment.ts";
import { pointedVersions } from "./pointed-versions.ts";

export interface PromoteRequest {
  readonly from: string;
  readonly to: string;
  readonly who: string;
  readonly why: string;
}

/**
 * Make one environment stand where another stands: pointers move, together with the compiled project that
 * made them; nothing is built. Data never goes back in time this way. Returns undefined when both stand at
 * the same versions already. Errors: `unknown-environment`, `promote-refused`, `environment-busy`.
 */
export async function promote(ports: Ports, request: PromoteRequest): Promise<Release | undefined> {
  const { store } = ports;
  const { from, to } = request;
  if (from === to) throw new SluiceError("promote-refused", `"${from}" cannot be promoted to itself`);
  const source = await existing(ports, from);
  const origin = await published(ports, from, source.release);
  return withLease(ports, to, async (lease) => {
    const base = (await store.environment(to))?.release ?? 0;
    const [pointers, target] = await Promise.all([
      store.pointers(from, source.release),
      base === 0 ? new Map<DatasetId, Pointer>() : store.pointers(to, base),
    ]);
    const changes = difference(target, pointers);
    if (Object.keys(changes).length === 0) return undefined;
    await refuseGoingBack(ports, request, pointers, target);
    const number = await store.publish(lease, {
      environment: to,
      kind: "promote",
      base,
      at: ports.now().toISOString(),
      who: request.who,
      why: request.why,
      graphHash: origin.graphHash,
      from: `${from}@${source.release}`,
      changes,
      held: heldOf(pointers),
      events: [],
    });
    return published(ports, to, number);
  });
}

/** What is held in the one environment stays marked in the other: its readers see the same staleness. */
function heldOf(pointers: ReadonlyMap<DatasetId, Pointer>): Record<DatasetId, NonNullable<Pointer["held"]>> {
  return Object.fromEntries([...pointers].flatMap(([id, { held }]) => (held ? [[id, held]] : [])));
}

/**
 * A source may only move to a version that came after the one it stands at, in the order in which the
 * promoted environment first published them.
 */
async function refuseGoingBack(
  ports: Ports,
  request: PromoteRequest,
  from: ReadonlyMap<DatasetId, Pointer>,
  to: ReadonlyMap<DatasetId, Pointer>,
): Promise<void> {
  const versions = await pointedVersions(ports.store, to.values());
  const sources = versions.filter((version) => version.manifest !== undefined && from.has(version.dataset));
  const ids = sources.flatMap((version) => [version.id, from.get(version.dataset)?.version ?? version.id]);
  const first = await ports.store.firstReleases(request.from, ids);
  const newer = sources.filter((version) => {
    const there = first.get(version.id);
    const here = first.get(from.get(version.dataset)?.version ?? version.id);
    return there === undefined || here === undefined || there > here;
  });
  if (newer.length === 0) return;
  const names = newer.map((version) => version.dataset).join(", ");
  throw new SluiceError(
    "promote-refused",
    `"${request.to}" has newer data than "${request.from}" for ${names}; promoting would take it back in time`,
    {
      hint: `sluice run --env ${request.from}, then promote again; to go back on purpose, sluice rollback --env ${request.to}`,
    },
  );
}
