import { SluiceError } from "../errors.ts";
import type { Release } from "../store/store.ts";
import type { Ports } from "./ports.ts";

/** An environment that has a release. Errors: `unknown-environment`. */
export async function existing(
  ports: Ports,
  name: string,
): Promise<{ readonly name: string; readonly release: number }> {
  const environment = await ports.store.environment(name);
  if (environment && environment.release > 0) return environment;
  const others = (await ports.store.environments())
    .filter((other) => other.release > 0)
    .map((other) => other.name);
  const known = others.length === 0 ? "nothing was published yet" : `there is ${others.join(", ")}`;
  throw new SluiceError("unknown-environment", `environment "${name}" has no release; ${known}`, {
    hint: `sluice run --env ${name} publishes its first`,
  });
}

/** A release that was just published. */
export async function published(ports: Ports, environment: string, number: number): Promise<Release> {
  const release = await ports.store.release(environment, number);
  if (!release) throw new Error(`release ${number} of ${environment} was published but is not there`);
  return release;
}
