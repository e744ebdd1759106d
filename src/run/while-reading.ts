import { SluiceError } from "../errors.ts";
import type { KeptTarget } from "../store/store.ts";
import type { Ports } from "./ports.ts";

/** Milliseconds after which a reader of what is current says that it is there: most are done before. */
const patience = 500;

/** Milliseconds that gc gives readers to say so, once nobody finds any more what is let go. */
export const readersGrace = 3 * patience;

type ReaderPorts = Pick<Ports, "store" | "holder" | "newId" | "signsOfLife">;

/**
 * Read something that gc must not remove meanwhile. `old` data is pinned before the reading begins, so that whoever
 * asks inside finds it or is told that it is gone; what is current stays by itself, and is pinned when it takes long.
 */
export async function whileReading<T>(
  { store, holder, newId, signsOfLife }: ReaderPorts,
  { targets, old }: { readonly targets: readonly KeptTarget[]; readonly old: boolean },
  read: () => Promise<T>,
): Promise<T> {
  const id = newId();
  let pinned = false;
  const pin = async (): Promise<void> => {
    pinned = true;
    await store.pin({ id, holder, targets }).catch(unlessNobodyWrites);
  };
  const alive = (): void => void pin().catch(() => undefined);
  if (old) await pin();
  const first = old ? undefined : setTimeout(alive, patience).unref();
  const timer = setInterval(alive, signsOfLife.every).unref();
  try {
    return await read();
  } finally {
    clearTimeout(first);
    clearInterval(timer);
    if (pinned) await store.unpin(id).catch(() => undefined);
  }
}

/** Where the state takes no writes, most likely nobody removes anything either; else reading says what is gone. */
function unlessNobodyWrites(error: unknown): void {
  if (error instanceof SluiceError && (error.code === "disk-read-only" || error.code === "disk-full")) return;
  throw error;
}
