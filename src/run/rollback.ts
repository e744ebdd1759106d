import { SluiceError } from "../errors.ts";
import type { Release } from "../store/store.ts";
import { existing, published } from "./environment.ts";
import { onceFree } from "./lease.ts";
import { observeRollback } from "./observe-rollback.ts";
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
  if (!Number.isSafeInteger(to) || to < 1 || to >= current) {
    const why =
      current <= 1
        ? `${environment} has no release before ${current}`
        : `${environment} has no earlier release ${to}`;
    throw new SluiceError("unknown-release", why, {
      hint: `sluice releases --env ${environment} lists them`,
    });
  }
  const { who, why } = request;
  const number = await onceFree(ports, environment, async (isAlive) => {
    const at = ports.now().toISOString();
    const observation = await observeRollback(ports, { environment, base: current, to, at, who });
    return store.rollBack(ports.holder, isAlive, {
      environment,
      to,
      base: current,
      at,
      who,
      why,
      observation,
    });
  });
  return published(ports, environment, number);
}
