import { SluiceError } from "../errors.ts";
import type { Release } from "../store/store.ts";
import { difference, existing } from "./environment.ts";
import { withLease } from "./lease.ts";
import type { Ports } from "./ports.ts";

export interface RollbackRequest {
  readonly environment: string;
  /** The release to go back to; without it the one before the current. */
  readonly to?: number | undefined;
  readonly who: string;
  readonly why: string;
}

/**
 * Move an environment's pointers back to those of an earlier release, as a new release. Nothing is built.
 * Errors: `unknown-environment`, `unknown-release`, `environment-busy`.
 */
export async function rollback(ports: Ports, request: RollbackRequest): Promise<Release> {
  const { store } = ports;
  const { environment } = request;
  const current = (await existing(ports, environment)).release;
  const to = request.to ?? current - 1;
  const graphHash = to >= 1 && to < current ? await store.releasedGraph(environment, to) : undefined;
  if (graphHash === undefined) {
    const why =
      current <= 1
        ? `${environment} has no release before ${current}`
        : `${environment} has no earlier release ${to}`;
    throw new SluiceError("unknown-release", why, {
      hint: `sluice releases --env ${environment} lists them`,
    });
  }
  const changes = difference(
    await store.pointers(environment, current),
    await store.pointers(environment, to),
  );
  return withLease(ports, environment, async (lease) => {
    const release = {
      environment,
      kind: "rollback" as const,
      at: ports.now().toISOString(),
      who: request.who,
      why: request.why,
      graphHash,
      from: `${environment}@${to}`,
      changes,
      held: {},
    };
    return { ...release, number: await store.publish(lease, { ...release, base: current, events: [] }) };
  });
}
