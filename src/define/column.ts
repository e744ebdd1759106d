import type { TextFormat } from "./text-format.ts";

/** The logical types a contract can promise. Engine types are mapped to these in `sql/`. */
export type LogicalType =
  | "text"
  | "integer"
  | "number"
  | "decimal"
  | "boolean"
  | "date"
  | "timestamp"
  | "json";

/**
 * One column of a contract, as plain data.
 *
 * `from` lists the names (CSV, Parquet) or dotted paths (JSON) under which the value arrives; the
 * first one present in a record wins. `format` of a text says what it is: one of `textFormats`. Of a `date` or
 * `timestamp` it says how text becomes one: `"epoch_s"`, `"epoch_ms"`, or a strptime pattern such as `"%d/%m/%Y"`;
 * without it ISO 8601 is read.
 */
export interface ColumnSpec {
  readonly type: LogicalType;
  readonly nullable: boolean;
  readonly key: boolean;
  readonly unique: boolean;
  readonly precision?: number;
  readonly scale?: number;
  readonly min?: number | string;
  readonly max?: number | string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly oneOf?: readonly (string | number)[];
  readonly tags: readonly string[];
  readonly description?: string;
  readonly from?: readonly string[];
  readonly format?: string;
  /** Values that mean null when they arrive: texts as they stand but for spaces around them, and numbers by their amount. */
  readonly missing?: readonly (string | number)[];
  /** What a number counts or measures, such as `"EUR"` or `"ms"`. */
  readonly unit?: string;
}

declare const valueType: unique symbol;

/** A column under construction: the spec, and verbs that return a changed copy. `V` is its TypeScript value type. */
export interface Column<V = unknown> {
  readonly [valueType]?: V;
  readonly kind: "column";
  readonly spec: ColumnSpec;
  /** Part of the dataset's key: never null, and unique together with the other key columns. */
  key(): Column<V>;
  /** The value may be missing. Columns are required unless they say so. */
  nullable(): Column<V | null>;
  /** No two rows share a value. */
  unique(): Column<V>;
  /** Smallest value allowed, inclusive. */
  min(value: number | string): Column<V>;
  /** Largest value allowed, inclusive. */
  max(value: number | string): Column<V>;
  /** Fewest characters allowed, inclusive. */
  minLength(characters: number): Column<V>;
  /** Most characters allowed, inclusive. */
  maxLength(characters: number): Column<V>;
  /** A regular expression (RE2 syntax) that the whole value must match. */
  pattern(regex: RegExp | string): Column<V>;
  /** The only values allowed. Decimals stay text in TypeScript, whatever they are listed as. */
  oneOf<const W extends string | number>(...values: W[]): Column<Listed<W, V> | Extract<V, null>>;
  /** Classes of data, such as `pii.email`. Inherited along lineage. */
  tag(...tags: string[]): Column<V>;
  describe(text: string): Column<V>;
  /** Names or dotted JSON paths under which the value arrives; the first one present wins. */
  from(...names: string[]): Column<V>;
  /**
   * Values that mean null when they arrive, such as `"N/A"` or `-999`: texts as they stand but for spaces around
   * them, and numbers by their amount. For sources; instead of what the source says for all its columns.
   */
  missing(...values: (string | number)[]): Column<V>;
  /** What a number counts or measures, such as `"EUR"` or `"ms"`; it goes where values are passed on unchanged. */
  unit(unit: string): Column<V>;
  /**
   * What a text is, such as `"email"` or `"iban"`; or how text becomes a date or timestamp: `"epoch_s"`,
   * `"epoch_ms"` or a strptime pattern.
   */
  format(format: TextFormat | (string & {})): Column<V>;
}

/** Listed values as rows hold them. */
type Listed<W, V> = W extends V ? W : NonNullable<V>;

export type Columns = Readonly<Record<string, Column>>;

/** The TypeScript value of a column. Dates and timestamps are ISO 8601 text in UTC, decimals exact text. */
export type ValueOf<C> = C extends Column<infer V> ? V : never;

function column<V>(spec: ColumnSpec): Column<V> {
  const copy = <W = V>(change: Partial<ColumnSpec>): Column<W> => column<W>({ ...spec, ...change });
  return Object.freeze({
    kind: "column" as const,
    spec: Object.freeze(spec),
    key: () => copy({ key: true, nullable: false }),
    nullable: () => copy<V | null>({ nullable: true }),
    unique: () => copy({ unique: true }),
    min: (min: number | string) => copy({ min }),
    max: (max: number | string) => copy({ max }),
    minLength: (minLength: number) => copy({ minLength }),
    maxLength: (maxLength: number) => copy({ maxLength }),
    pattern: (regex: RegExp | string) => copy({ pattern: typeof regex === "string" ? regex : regex.source }),
    oneOf: <W extends string | number>(...oneOf: W[]) => copy<Listed<W, V> | Extract<V, null>>({ oneOf }),
    tag: (...tags: string[]) => copy({ tags: [...spec.tags, ...tags] }),
    describe: (description: string) => copy({ description }),
    from: (...from: string[]) => copy({ from }),
    format: (format: string) => copy({ format }),
    missing: (...missing: (string | number)[]) => copy({ missing }),
    unit: (unit: string) => copy({ unit }),
  });
}

const plain = <V>(type: LogicalType, more: Partial<ColumnSpec> = {}): Column<V> =>
  column<V>({ type, nullable: false, key: false, unique: false, tags: [], ...more });

/** Column types: `t.text().key()`, `t.timestamp().nullable()`, `t.decimal(18, 2).min(0)`. */
export const t = Object.freeze({
  /** Unicode text. */
  text: () => plain<string>("text"),
  /** A whole number of 64 bits. In TypeScript a `number`: beyond 2^53 use `t.decimal(19, 0)`. */
  integer: () => plain<number>("integer"),
  /** A floating point number of 64 bits. */
  number: () => plain<number>("number"),
  /** An exact number with `precision` digits, `scale` of them after the point (at most 38). */
  decimal: (precision = 18, scale = 2) => plain<string>("decimal", { precision, scale }),
  boolean: () => plain<boolean>("boolean"),
  /** A day of the calendar, without a zone. */
  date: () => plain<string>("date"),
  /** An instant, kept in UTC with microseconds. Text without an offset is read as UTC. */
  timestamp: () => plain<string>("timestamp"),
  /** Any JSON value, kept as text. */
  json: () => plain<string>("json"),
});
