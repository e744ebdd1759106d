import type { Store } from "../store/store.ts";
import type { Opener } from "./start-child.ts";

/** An empty state to try a store on. Disposing of it removes it. */
export interface StoreSubject extends AsyncDisposable {
  /** Open the state, as any process would. */
  open(): Promise<Store>;
  readonly opener: Opener;
}

/** One demand on every store. `run` makes its own state and raises an `AssertionError` where the store fails it. */
export interface StoreCase {
  readonly name: string;
  run(make: () => Promise<StoreSubject>): Promise<void>;
}

/** A case on a fresh state that is open once. */
export function storeCase(
  name: string,
  check: (store: Store, subject: StoreSubject) => Promise<void>,
): StoreCase {
  return {
    name,
    async run(make) {
      await using subject = await make();
      const store = await subject.open();
      try {
        await check(store, subject);
      } finally {
        await store.close();
      }
    },
  };
}
