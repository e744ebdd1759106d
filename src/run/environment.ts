import { SluiceError } from "../errors.ts";
import { didYouMean } from "../graph/nearest-name.ts";
import type { Release } from "../store/store.ts";
import type { Ports } from "./ports.ts";

/** An environment that has a release. Errors: `unknown-environment`. */
export async function existing(
  ports: Ports,
  name: string,
): Promise<{ readonly name: string; readonly release: number }> {
  const environment = await ports.store.environment(name);
  if (environment && environment.release > 0) return environment;
  throw await unknownEnvironment(ports, name);
}

/**
 * Refuse the name of an environment of which nothing was ever heard. The one that commands start with is there before its
 * first run. Errors: `unknown-environment`.
 */
export async function heardOf(ports: Pick<Ports, "store">, name: string): Promise<void> {
  if (name === "dev" || (await ports.store.environment(name)) !== undefined) return;
  throw await unknownEnvironment(ports, name);
}

async function unknownEnvironment({ store }: Pick<Ports, "store">, name: string): Promise<SluiceError> {
  const others = (await store.environments()).filter((other) => other.release > 0).map((other) => other.name);
  const known = others.length === 0 ? "nothing was published yet" : `there is ${others.join(", ")}`;
  const meant = didYouMean(name, others);
  const first = `sluice run --env ${name} publishes its first`;
  return new SluiceError("unknown-environment", `environment "${name}" has no release; ${known}`, {
    hint: meant === undefined ? first : `${meant} Else ${first}`,
  });
}

/** A release that was just published. */
export async function published(ports: Ports, environment: string, number: number): Promise<Release> {
  const release = await ports.store.release(environment, number);
  if (!release) throw new Error(`release ${number} of ${environment} was published but is not there`);
  return release;
}
