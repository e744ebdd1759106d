/** A piece of SQL with the datasets and columns it refers to, as plain data. */
export interface SqlText {
  readonly kind: "sql";
  readonly strings: readonly string[];
  readonly values: readonly SqlValue[];
}

/** A reference to an input, or to one of its columns, inside a `sql` template. */
export interface Reference {
  readonly kind: "reference";
  /** The name under which the model lists the input. */
  readonly input: string;
  readonly column?: string;
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
