/** Made-up queries: well-typed SQL over a few datasets, of every form that a model may have. */
import { quoteDataset } from "../../../src/sql/quote.ts";
import type { Choices } from "../choices.ts";
import type { TableShape } from "../tables.ts";
import {
  type Form,
  type Kind,
  kindOf,
  type Made,
  type Maker,
  type Named,
  type OutputColumn,
} from "./maker.ts";
import { fields, ordered, pivot, recursive, unnesting, unpivot } from "./reshaping.ts";
import { combined, distinctOn, grouped, select, star } from "./selects.ts";

interface Relation {
  readonly sql: string;
  readonly columns: readonly OutputColumn[];
}

export class QueryMaker implements Maker {
  readonly choices: Choices;
  readonly #datasets: readonly Relation[];
  /** Common table expressions that are known where the query is being made. */
  #tables: readonly Relation[] = [];
  #names = 0;
  /** Which ways this case goes, by what they are ways of. */
  readonly #ways = new Map<string, readonly number[]>();

  constructor(choices: Choices, datasets: readonly TableShape[]) {
    this.choices = choices;
    this.#datasets = datasets.map(({ name, columns }) => ({
      sql: quoteDataset(name),
      columns: columns.map((column) => ({ name: column.name, kind: kindOf(column.type) })),
    }));
  }

  fresh(prefix: string): string {
    this.#names += 1;
    return `${prefix}${this.#names}`;
  }

  way<T>(of: string, ways: readonly T[]): T {
    const known = this.#ways.get(of);
    const all = ways.map((_, at) => at);
    const few =
      known ?? (this.choices.once(3) ? all : this.choices.shuffle(all).slice(0, 1 + this.choices.below(4)));
    if (known === undefined) this.#ways.set(of, few);
    return ways[this.choices.pick(few)]!;
  }

  relation(): Relation {
    const isTable = this.#tables.length > 0 && !this.choices.once(3);
    return this.choices.pick(isTable ? this.#tables : this.#datasets);
  }

  query(depth: number, wanted: readonly Kind[] | undefined, around: readonly Named[]): Made {
    if (depth <= 0) return this.choices.pick([select, select, grouped])(this, depth, wanted, around);
    const nested: readonly Form[] = [
      select,
      select,
      select,
      grouped,
      grouped,
      combined,
      (_, ...more) => this.#with(...more),
      star,
      pivot,
      unpivot,
      recursive,
      unnesting,
      distinctOn,
      fields,
      ordered,
    ];
    return this.way("queries", nested)(this, depth, wanted, around);
  }

  #with(depth: number, wanted: readonly Kind[] | undefined, around: readonly Named[]): Made {
    const before = this.#tables;
    const parts = [];
    for (let more = 1 + this.choices.below(2); more > 0; more--) {
      const table = this.query(depth - 1, undefined, []);
      const name = this.fresh("cte");
      const how = this.choices.pick(["", "materialized ", "not materialized "]);
      parts.push(`${name} as ${how}(${table.sql})`);
      this.#tables = [...this.#tables, { sql: name, columns: table.columns }];
    }
    const body = this.query(depth - 1, wanted, around);
    this.#tables = before;
    return { sql: `with ${parts.join(", ")} (${body.sql})`, columns: body.columns };
  }
}
