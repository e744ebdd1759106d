/** A piece of SQL with the datasets and columns it refers to, as plain data. */
export interface SqlText {
  readonly kind: "sql";
  readonly strings: readonly string[];
  readonly values: readonly SqlValue[];
}

/** Under this key a reference says what it refers to: columns may have any name, so no name is left for it. */
export const reference: unique symbol = Symbol.for("sluice.reference");

/** What a reference refers to: an input by the model's own name for it, or one of its columns. */
export interface ReferenceTarget {
  readonly input: string;
  readonly column?: string;
}

/** A reference to an input, or to one of its columns, inside a `sql` template. */
export interface Reference {
  readonly [reference]: ReferenceTarget;
}

export type SqlValue = Reference | SqlText | string | number | boolean | null;

/**
 * SQL with typed references: `` sql`select ${comments.body} from ${comments}` ``.
 * References become quoted names, nested `sql` is inlined, other values become literals, never code.
 */
export function sql(strings: TemplateStringsArray, ...values: readonly unknown[]): SqlText {
  return Object.freeze({
    kind: "sql" as const,
    strings: Object.freeze([...strings]),
    values: Object.freeze(values as SqlValue[]),
  });
}
