import type { DatasetId } from "../graph/graph.ts";
import { nearestName } from "../graph/nearest-name.ts";
import type { DatasetEntry } from "./draft.ts";

/** What the project calls its datasets. As in SQL, letter case does not matter. */
export class DatasetNames<T extends DatasetEntry = DatasetEntry> {
  readonly #drafts = new Map<string, T>();
  /** Names whose definition exists but could not be read: nobody who refers to one makes a mistake. */
  readonly #unreadable = new Map<string, DatasetId>();

  /** The dataset that had the name before, if any. */
  add(draft: T): T | undefined {
    const key = draft.id.toLowerCase();
    const earlier = this.#drafts.get(key);
    if (earlier === undefined) this.#drafts.set(key, draft);
    return earlier;
  }

  addUnreadable(id: DatasetId): void {
    this.#unreadable.set(id.toLowerCase(), id);
  }

  find(name: string): T | "unreadable" | undefined {
    const key = name.toLowerCase();
    return this.#drafts.get(key) ?? (this.#unreadable.has(key) ? "unreadable" : undefined);
  }

  all(): T[] {
    return [...this.#drafts.values()];
  }

  /** Datasets that have a definition, but none that could be read. */
  unreadable(): DatasetId[] {
    return [...this.#unreadable]
      .filter(([key]) => key.includes(".") && !this.#drafts.has(key))
      .map(([, id]) => id);
  }

  /** What was probably meant by a name that does not exist. */
  suggest(name: string): string | undefined {
    const ids = this.all().map((draft) => draft.id);
    const ending = `.${name.slice(name.lastIndexOf(".") + 1).toLowerCase()}`;
    const sameName = ids.filter((id) => id.toLowerCase().endsWith(ending));
    const near = sameName.length === 1 ? sameName[0] : nearestName(name, ids);
    return near === undefined ? undefined : `did you mean "${near}"?`;
  }
}
