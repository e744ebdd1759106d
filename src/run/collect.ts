import { setTimeout as sleep } from "node:timers/promises";
import { SluiceError } from "../errors.ts";
import type { Collected, Pin } from "../store/store.ts";
import { isHere } from "./lease.ts";
import type { Ports } from "./ports.ts";
import { readersGrace } from "./while-reading.ts";

export interface CollectRequest {
  /** How many of the newest releases of each environment stay readable. */
  readonly keep: number;
  /** Without it nothing is removed. */
  readonly apply: boolean;
  /** Told in words what is waited for. */
  readonly onWait?: (message: string) => void;
}

/** What was, or would be, removed. */
export interface Garbage {
  readonly versions: Collected["versions"];
  /** Files of those versions, and files that nobody recorded. */
  readonly files: readonly { readonly key: string; readonly bytes: number }[];
  /** How many versions stay only because of a legal hold, and how many only because somebody reads them. */
  readonly kept: Collected["kept"];
}

/**
 * Remove the files that no kept release needs, no legal hold keeps and nobody reads. They are listed first, then the
 * store decides, while nobody writes, what stays: whatever is written afterwards was not on the list. Then readers that
 * began before have a moment to say so. It can be killed at any moment, and the next one finds what it left.
 * Errors: `environment-busy`, `gc-refused`.
 */
export async function collect(ports: Ports, { keep, apply, onWait }: CollectRequest): Promise<Garbage> {
  const { store, storage, isAlive, isOwnerAlive, now } = ports;
  const listed: { readonly key: string; readonly bytes: number }[] = [];
  for await (const file of storage.list("")) listed.push(file);
  if (listed.length > 0) await refuseStranger(ports);
  const silent = apply ? await silentReaders(ports, onWait) : new Set<string>();
  const isReading = (pin: Pin): boolean => lives(ports, pin) && !silent.has(pin.id);
  const collection = { keep, at: now().toISOString(), isAlive, isReading, apply };
  const { versions, keys, kept } = await store.collect(collection);
  let files = listed.filter(({ key }) => !keys.has(key));
  if (apply) {
    if (versions.length > 0) await sleep(readersGrace);
    const reading = (await store.pins()).filter(isReading).flatMap(({ targets }) => targets);
    const read = reading.length === 0 ? new Set<string>() : await store.keysOf(reading);
    files = files.filter(({ key }) => !read.has(key));
    await storage.remove(files.map(({ key }) => key));
    await storage.sweep(isOwnerAlive);
  }
  return { versions, files, kept };
}

/** To a state that knows of nothing, all data looks abandoned: more likely it is another state's. */
async function refuseStranger({ store }: Ports): Promise<void> {
  if ((await store.environments()).length > 0 || (await store.runs(1)).length > 0) return;
  throw new SluiceError("gc-refused", "there is data in the storage, and this state knows of no run at all", {
    hint: "point state in sluice.config.ts to the state that the data belongs to, or get it back: sluice state import; without one, sluice run begins anew",
  });
}

/** Whether a reader lives, as far as can be told here: of other machines nothing is known. */
const lives = ({ isAlive }: Ports, { holder, beat }: Pin): boolean =>
  isAlive(holder, { holder, epoch: 0, beat });

/**
 * Readers on other machines that give no sign of life. The time is measured here, so that no clocks of two machines
 * are compared.
 */
async function silentReaders(
  { store, holder, signsOfLife }: Ports,
  onWait: (message: string) => void = () => undefined,
): Promise<ReadonlySet<string>> {
  const others = (await store.pins()).filter((pin) => !isHere(holder, pin.holder));
  const silent = new Map(others.map(({ id, beat }) => [id, beat]));
  const [first] = others;
  if (first === undefined) return new Set();
  const { pid, who, host } = first.holder;
  const seconds = Math.ceil(signsOfLife.silence / 1000);
  const more = others.length > 1 ? ` and ${others.length - 1} more` : "";
  onWait(
    `process ${pid} of "${who}" on "${host}"${more} reads old data; waiting up to ${seconds} s for a sign of life`,
  );
  const since = performance.now();
  while (silent.size > 0 && performance.now() - since < signsOfLife.silence) {
    await sleep(Math.min(signsOfLife.every, signsOfLife.silence));
    const now = new Map((await store.pins()).map(({ id, beat }) => [id, beat]));
    for (const [id, beat] of silent) if (now.get(id) !== beat) silent.delete(id);
  }
  return new Set(silent.keys());
}
