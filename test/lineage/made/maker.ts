/** The words of made-up queries: kinds of values, what is in scope, and what a maker of queries can be asked for. */
import type { Choices } from "../choices.ts";

export type Kind = "int" | "num" | "text" | "bool" | "date" | "time" | "ints" | "texts" | "body";

export const plainKinds = ["int", "num", "text", "bool", "date", "time"] as const;
export const kinds: readonly Kind[] = [...plainKinds, "ints", "texts", "body"];

/** A column that an expression may use, as SQL. */
export interface Named {
  readonly sql: string;
  readonly kind: Kind;
}

export interface OutputColumn {
  /** As it is, unquoted. */
  readonly name: string;
  readonly kind: Kind;
}

/** What an expression sees: columns of its own query, and of the queries around it. */
export interface Scope {
  readonly own: readonly Named[];
  readonly outer: readonly Named[];
}

export interface Made {
  readonly sql: string;
  readonly columns: readonly OutputColumn[];
}

/** What expressions and sources ask of the maker of queries; `depth` says how much more may nest. */
export interface Maker {
  readonly choices: Choices;
  fresh(prefix: string): string;
  /** One of these ways; in most cases only a few of them are used, but again and again, so that they meet. */
  way<T>(of: string, ways: readonly T[]): T;
  /** A query with columns of these kinds, or of any; `around` is what it may refer to outside itself. */
  query(depth: number, wanted: readonly Kind[] | undefined, around: readonly Named[]): Made;
  /** What can be put into a `from`: a dataset or a common table expression. */
  relation(): { readonly sql: string; readonly columns: readonly OutputColumn[] };
}

/** One way of making a query. */
export type Form = (
  maker: Maker,
  depth: number,
  wanted: readonly Kind[] | undefined,
  around: readonly Named[],
) => Made;

export const typeOf: Readonly<Record<Kind, string>> = {
  int: "BIGINT",
  num: "DOUBLE",
  text: "VARCHAR",
  bool: "BOOLEAN",
  date: "DATE",
  time: "TIMESTAMP",
  ints: "BIGINT[]",
  texts: "VARCHAR[]",
  body: "STRUCT(a BIGINT, b VARCHAR)",
};

/** Which kind a column of a dataset is of. */
export function kindOf(type: string): Kind {
  if (type === "DECIMAL(9,2)") return "num";
  const found = kinds.find((kind) => typeOf[kind] === type);
  if (found === undefined) throw new Error(`no made-up query can use "${type}"`);
  return found;
}
