import { setTimeout as sleep } from "node:timers/promises";
import { SluiceError } from "../errors.ts";
import type { Cancellation, Holder, Holding, Lease } from "../store/store.ts";
import type { Ports } from "./ports.ts";

type LeasePorts = Pick<Ports, "store" | "holder" | "isAlive" | "signsOfLife">;

/**
 * Do something with the right to write to an environment, and give it back. While it lasts, signs of life
 * are recorded; `stop` fires when the right has passed on to somebody else, or when somebody asked the run to
 * stop, with the error as its reason.
 * `onWait` is told in words when another machine is given time to show that it lives; `silent` is a holder who had it
 * already, and did not.
 * Errors: `environment-busy`, `lease-lost`.
 */
export async function withLease<T>(
  ports: LeasePorts,
  environment: string,
  action: (lease: Lease, stop: AbortSignal) => Promise<T>,
  onWait: (message: string) => void = () => undefined,
  silent?: Holding,
): Promise<T> {
  const lease = await onceFree(
    ports,
    environment,
    (isAlive) => ports.store.acquire(environment, ports.holder, isAlive),
    onWait,
    silent,
  );
  const stop = new AbortController();
  const beat = async (): Promise<void> => {
    try {
      const asked = await ports.store.beat(lease);
      if (asked !== undefined) stop.abort(cancelled(environment, asked));
    } catch (error) {
      // Whatever else the store says, the work will be told itself.
      if (error instanceof SluiceError && error.code === "lease-lost") stop.abort(error);
    }
  };
  let beating = false;
  const beatInTime = async (): Promise<void> => {
    // Where the store is slow, signs of life must not stand in the way of each other and of the work.
    if (beating) return;
    beating = true;
    await beat();
    beating = false;
  };
  const timer = setInterval(() => void beatInTime(), ports.signsOfLife.every);
  timer.unref();
  try {
    return await action(lease, stop.signal);
  } catch (error) {
    // Whoever took the right over has swept away what this work stood on: that is why it broke.
    if (!(error instanceof SluiceError)) await beat();
    throw stop.signal.aborted ? stop.signal.reason : error;
  } finally {
    clearInterval(timer);
    await ports.store.yield(lease);
  }
}

function cancelled(environment: string, { who, why }: Cancellation): SluiceError {
  const reason = why === "" ? "" : `: ${why}`;
  return new SluiceError(
    "interrupted",
    `the run of "${environment}" was cancelled by "${who}"${reason}; nothing of it was published`,
    { hint: "what was built is kept: sluice resume goes on from there" },
  );
}

/**
 * Do what takes the right to write to an environment, as soon as whoever has it is known to be dead.
 * A process on this machine lives or does not. One on another machine is given time to show that it lives;
 * the time is measured here, so that no clocks of two machines are compared. Errors: `environment-busy`.
 */
export async function onceFree<T>(
  ports: LeasePorts,
  environment: string,
  take: (isAlive: LeasePorts["isAlive"]) => Promise<T>,
  onWait: (message: string) => void = () => undefined,
  silent?: Holding,
): Promise<T> {
  const { store, holder, isAlive } = ports;
  await refuseBadName(ports, environment);
  try {
    return await take(isAlive);
  } catch (error) {
    const seen = isBusy(error) ? await store.holding(environment) : undefined;
    if (seen === undefined || isHere(holder, seen.holder)) throw error;
    if (silent?.epoch !== seen.epoch || silent.beat !== seen.beat) {
      const { pid, who, host } = seen.holder;
      const seconds = Math.ceil(ports.signsOfLife.silence / 1000);
      onWait(
        `environment "${environment}" is held by process ${pid} of "${who}" on "${host}"; waiting up to ${seconds} s for a sign of life`,
      );
      await silence(ports, environment, seen, error);
    }
    const isSame = (now: Holding): boolean => now.epoch === seen.epoch && now.beat === seen.beat;
    return take((other, now) => !isSame(now) && isAlive(other, now));
  }
}

/** Whether a process runs where this one does, so that this one can tell whether it lives. */
export const isHere = (own: Holder, other: Holder): boolean =>
  other.host === own.host && other.machine === own.machine;

/**
 * A new environment gets a name that can be written anywhere: in a shell, before the `@` of a release, on one line.
 * One that is there already keeps the name it has.
 */
async function refuseBadName({ store }: LeasePorts, name: string): Promise<void> {
  if (/^[\p{L}\p{N}_][\p{L}\p{M}\p{N}_./+-]*$/u.test(name)) return;
  if ((await store.environments()).some((environment) => environment.name === name)) return;
  throw new SluiceError("bad-usage", `"${name}" cannot be the name of an environment`, {
    hint: "letters, digits and _ . - + / make one; it begins with a letter, a digit or _",
  });
}

/** Wait until a holder has been silent for long enough. Errors: `busy`, as soon as it shows that it lives. */
async function silence(ports: LeasePorts, environment: string, seen: Holding, busy: unknown): Promise<void> {
  const { every, silence: enough } = ports.signsOfLife;
  const since = performance.now();
  while (performance.now() - since < enough) {
    await sleep(Math.min(every, enough));
    const now = await ports.store.holding(environment);
    if (now === undefined || now.epoch !== seen.epoch) return;
    if (now.beat !== seen.beat) throw busy;
  }
}

const isBusy = (error: unknown): boolean => error instanceof SluiceError && error.code === "environment-busy";
