/** What flows into one column of a query, and what bears on it; small sets of numbers that are shared. */
import type { Derivation, Influence } from "../../graph/lineage.ts";

/** Steps by strength: a later one covers an earlier one. */
export const steps = ["constant", "identity", "expression", "aggregate"] as const;
type Step = (typeof steps)[number];

/** The strength of a step: its place in `steps`. */
export type Strength = 0 | 1 | 2 | 3;
export const strength: Readonly<Record<Step, Strength>> = {
  constant: 0,
  identity: 1,
  expression: 2,
  aggregate: 3,
};

export const influences: readonly Influence[] = ["filter", "join", "group", "window", "order"];

/** Numbers of columns with the part of the query by which they decide; see `Ledger`. */
export type Deciders = ReadonlySet<number>;

export const nothing: Deciders = new Set();

export interface Flow {
  /** Numbers of the columns whose values flow in, with the strongest step on the way. */
  readonly direct: ReadonlyMap<number, Strength>;
  readonly indirect: Deciders;
  readonly strength: Strength;
  readonly proven: boolean;
  /** Marks a copy of a column of the outer query's row; copies of the same column have the same mark. */
  readonly outer?: object;
  /** Of a list that the query writes out, so that its length is known: what flows into its elements. */
  readonly elements?: Flow;
}

export const constant: Flow = { direct: new Map(), indirect: nothing, strength: 0, proven: true };
/** As `constant`, but different in each row: a number of a row, a count of rows. */
export const counted: Flow = { ...constant, strength: 3 };
export const unknown: Flow = { ...constant, strength: 2, proven: false };

/** The plan says something that cannot be followed: nothing above it is proven. */
export class Unproven extends Error {}

/** How much work one query is worth; what needs more is unproven. */
const maximumWork = 10_000_000;

/** Gives columns their numbers and makes flows out of flows. */
export class Ledger {
  readonly #columns: { readonly dataset: string; readonly column: string }[] = [];
  readonly #numbers = new Map<string, Flow>();
  #work = 0;

  /** The flow of a dataset's column; the same object for the same column. */
  source(dataset: string, column: string): Flow {
    const key = `${dataset}\0${column}`;
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const direct = new Map([[this.#columns.length, strength.identity]]);
    const flow: Flow = { direct, indirect: nothing, strength: strength.identity, proven: true };
    this.#columns.push({ dataset, column });
    this.#numbers.set(key, flow);
    return flow;
  }

  columnOf(number: number): { readonly dataset: string; readonly column: string } {
    const column = this.#columns[number];
    if (column === undefined) throw new Unproven("a column without a number");
    return column;
  }

  deciderOf(decider: number): { readonly dataset: string; readonly column: string; readonly by: Influence } {
    const by = influences[decider % influences.length] ?? "filter";
    return { ...this.columnOf(Math.floor(decider / influences.length)), by };
  }

  /** Everything in one set; one that is there already where it says the same. */
  unite(sets: Iterable<Deciders>): Deciders {
    let whole: Deciders = nothing;
    let own: Set<number> | undefined;
    for (const set of sets) {
      if (set === whole || set.size === 0) continue;
      if (whole.size === 0) {
        whole = set;
        continue;
      }
      this.#spend(set.size);
      for (const one of set) {
        if (whole.has(one)) continue;
        if (own === undefined) {
          this.#spend(whole.size);
          whole = own = new Set(whole);
        }
        own.add(one);
      }
    }
    return whole;
  }

  /** What decides when a value made of these columns decides. Throws where that is not proven. */
  decide(flow: Flow, by: Influence): Deciders {
    if (!flow.proven) throw new Unproven("a decision by a value that cannot be followed");
    // What is the same for the whole of an inner query decides nothing within it.
    if (flow.direct.size === 0) return flow.indirect;
    this.#spend(flow.direct.size);
    const place = influences.indexOf(by);
    const own = new Set<number>();
    for (const number of flow.direct.keys()) own.add(number * influences.length + place);
    return this.unite([own, flow.indirect]);
  }

  decideAll(flows: Iterable<Flow>, by: Influence): Deciders {
    return this.unite(Array.from(flows, (flow) => this.decide(flow, by)));
  }

  /** One value made of several by a step at least this strong. */
  merge(flows: readonly Flow[], step: Strength): Flow {
    const most = flows.reduce<Strength>((so, flow) => (flow.strength > so ? flow.strength : so), 0);
    const whole: Strength =
      most === strength.constant && step !== strength.aggregate ? most : most > step ? most : step;
    const [first] = flows;
    if (first === undefined) return whole === strength.aggregate ? counted : constant;
    const direct = this.#mergeDirect(flows, step);
    const indirect = this.unite(flows.map((flow) => flow.indirect));
    const proven = flows.every((flow) => flow.proven);
    const same = direct === first.direct && indirect === first.indirect && proven === first.proven;
    const isPlain = first.outer === undefined && first.elements === undefined;
    const kept = step <= strength.identity && flows.every((flow) => isSame(flow, first));
    if (same && whole === first.strength && (isPlain || kept)) return first;
    return { direct, indirect, strength: whole, proven };
  }

  /** The same value, on which more bears. Where it may be missing for that, it is no copy any more. */
  bearOn(flow: Flow, deciders: Deciders): Flow {
    const indirect = this.unite([flow.indirect, deciders]);
    return indirect === flow.indirect ? unmarked(flow) : unmarked({ ...flow, indirect });
  }

  #mergeDirect(flows: readonly Flow[], step: Strength): ReadonlyMap<number, Strength> {
    let whole: ReadonlyMap<number, Strength> = flows[0]?.direct ?? constant.direct;
    let own: Map<number, Strength> | undefined;
    for (const { direct } of flows) {
      this.#spend(direct.size);
      for (const [number, before] of direct) {
        const after = before > step ? before : step;
        const known = whole.get(number);
        if (known !== undefined && known >= after) continue;
        if (own === undefined) {
          this.#spend(whole.size);
          whole = own = new Map(whole);
        }
        own.set(number, after);
      }
    }
    return whole;
  }

  #spend(work: number): void {
    this.#work += work;
    if (this.#work > maximumWork) throw new Unproven("the query is too large to follow");
  }
}

/** Whether two flows are the same value of the same row. */
const isSame = (one: Flow, other: Flow): boolean =>
  one === other || (one.outer !== undefined && one.outer === other.outer);

/** The flow of a value that is missing in some rows: neither a copy nor a list of known length. */
export function unmarked(flow: Flow): Flow {
  if (flow.outer === undefined && flow.elements === undefined) return flow;
  const { outer: _, elements: __, ...plain } = flow;
  return plain;
}

export const derivationOf = (step: Strength): Derivation =>
  step === strength.aggregate ? "aggregate" : step === strength.expression ? "expression" : "identity";
