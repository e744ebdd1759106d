/** What environments must publish after each step, told from the rules and not from the program. */
import {
  type Files,
  leafOf,
  type SourceName,
  sourceNames,
  type SourceState,
  type State,
  type Variant,
} from "./world.ts";

/** One step of a history. */
export type Step =
  | {
      readonly do: "deliver";
      readonly source: SourceName;
      readonly file: string;
      readonly content: Files[string];
    }
  | { readonly do: "remove"; readonly source: SourceName; readonly file: string }
  | { readonly do: "define"; readonly variant: Variant }
  | { readonly do: "run"; readonly in: string }
  | { readonly do: "rollback"; readonly in: string }
  | { readonly do: "promote"; readonly from: string; readonly to: string };

/** The world as it should be. */
export class Expected {
  readonly landing: Record<SourceName, Record<string, Files[string]>> = { a: {}, b: {} };
  variant: Variant = { strict: false, factor: 1 };
  /** States by environment, and there by release. */
  readonly #releases = new Map<string, State[]>();
  /** What the step that was taken makes of an environment. */
  readonly #next = new Map<string, State>();
  /** When a content of a source was last found by a run; or, where none ever did, first made by a promotion. */
  readonly #found = new Map<string, number>();
  readonly #made = new Map<string, number>();
  #time = 0;

  current(environment: string): State | undefined {
    return this.#releases.get(environment)?.at(-1);
  }

  /** What an environment has to publish after the step, now that it is known at which release it stands. */
  confirm(environment: string, release: number): State | undefined {
    const states = this.#releases.get(environment) ?? [];
    this.#releases.set(environment, states);
    const next = this.#next.get(environment) ?? states.at(-1);
    this.#next.delete(environment);
    if (next !== undefined) states[release] = next;
    return next;
  }

  /** Apply a step that the program is about to take; false where it cannot be taken. */
  take(step: Step): boolean {
    this.#time += 1;
    switch (step.do) {
      case "deliver":
        this.landing[step.source][step.file] = step.content;
        return true;
      case "remove":
        if (!(step.file in this.landing[step.source])) return false;
        delete this.landing[step.source][step.file];
        return true;
      case "define":
        this.variant = step.variant;
        return true;
      case "run":
        this.#run(step.in);
        return true;
      case "rollback":
        return this.#rollback(step.in);
      case "promote":
        return this.#promote(step.from, step.to);
    }
  }

  #run(environment: string): void {
    const before = this.current(environment);
    const { strict } = this.variant;
    const sources = { a: this.#lying("a", strict), b: this.#lying("b", false) };
    for (const name of sourceNames)
      if (!same(before?.sources[name], sources[name]))
        this.#found.set(this.#key(name, sources[name]), this.#time);
    const next = { sources, variant: this.variant };
    this.#next.set(environment, { ...next, leaf: leafOf(next) ?? before?.leaf });
  }

  #rollback(environment: string): boolean {
    const earlier = this.#releases.get(environment)?.at(-2);
    if (earlier !== undefined) this.#next.set(environment, earlier);
    return earlier !== undefined;
  }

  #promote(from: string, to: string): boolean {
    const offered = this.current(from);
    if (from === to || offered === undefined) return false;
    const own = this.current(to);
    const variant = offered.variant;
    const kept = sourceNames.filter((name) => own !== undefined && !this.#isNewer(name, offered, own));
    const sourceOf = (name: SourceName): SourceState => {
      if (own === undefined || !kept.includes(name)) return offered.sources[name];
      const strict = name === "a" && variant.strict;
      const { files } = own.sources[name];
      if (own.sources[name].strict === strict) return own.sources[name];
      // Read again under the other contract: what either has read, as it lies there now.
      const known = { ...files, ...offered.sources[name].files };
      const lying = Object.entries(this.landing[name]).filter(([file]) => file in known);
      const again = { files: Object.fromEntries(lying), strict };
      const key = this.#key(name, again);
      if (!this.#made.has(key)) this.#made.set(key, this.#time);
      return again;
    };
    const next = { sources: { a: sourceOf("a"), b: sourceOf("b") }, variant };
    const isTaken = kept.length === 0 && offered.leaf !== undefined;
    this.#next.set(to, { ...next, leaf: isTaken ? offered.leaf : (leafOf(next) ?? own?.leaf) });
    return true;
  }

  /** Whether what is offered of a source came after what is there, or is the same. */
  #isNewer(name: SourceName, offered: State, own: State): boolean {
    const [one, other] = [offered.sources[name], own.sources[name]];
    return same(one, other) || this.#foundAt(name, one) > this.#foundAt(name, other);
  }

  #foundAt(name: SourceName, state: SourceState): number {
    const key = this.#key(name, state);
    return this.#found.get(key) ?? this.#made.get(key) ?? 0;
  }

  #lying(name: SourceName, strict: boolean): SourceState {
    return { files: { ...this.landing[name] }, strict };
  }

  #key(name: SourceName, state: SourceState): string {
    return JSON.stringify([name, ordered(state)]);
  }
}

const same = (one: SourceState | undefined, other: SourceState): boolean =>
  JSON.stringify(ordered(one)) === JSON.stringify(ordered(other));

/** A value with its keys in order. */
function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, one]) => [key, ordered(one)]),
  );
}
