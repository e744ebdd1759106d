/**
 * What was read from the project, before it means anything: the input document of `compile`.
 * Functions stay behind in the files; a TypeScript `query` arrives already rendered to SQL.
 */
import type { CheckSpec } from "../define/check-spec.ts";
import type { ColumnSpec } from "../define/column.ts";
import type { Diagnostic } from "../errors.ts";
import type { ContractFile } from "./read-contract.ts";

/** The default export of a TypeScript definition, reduced to plain data. Unvalidated. */
export interface EvaluatedModule {
  readonly kind: string;
  readonly columns?: Readonly<Record<string, ColumnSpec>>;
  readonly checks?: readonly CheckSpec[];
  /** For models: alias to dataset name. */
  readonly inputs?: Readonly<Record<string, string>>;
  /** For models with `query`: the SQL it rendered, and the templates it was rendered from, outer first. */
  readonly sql?: string;
  readonly templates?: readonly TemplatePieces[];
  /** For consumers: dataset names, some with the columns they read. */
  readonly reads?: readonly (string | { readonly dataset: string; readonly columns: readonly string[] })[];
  readonly [setting: string]: unknown;
}

/** One `sql` template as rendered: its pieces of text, and where each begins in the rendered SQL. */
export interface TemplatePieces {
  readonly strings: readonly string[];
  readonly starts: readonly number[];
}

/** One file of the project. `hash` is the SHA-256 of the text, for TypeScript of everything it imports too. */
export type DefinitionFile =
  | { readonly kind: "sql"; readonly path: string; readonly text: string; readonly hash: string }
  | { readonly kind: "story"; readonly path: string; readonly text: string; readonly hash: string }
  | {
      readonly kind: "module";
      readonly path: string;
      readonly text: string;
      readonly hash: string;
      readonly value: EvaluatedModule;
      /** The document that a source takes its contract from. */
      readonly contract?: ContractFile;
    };

export interface Definitions {
  readonly format: 1;
  /** The evaluated `sluice.config.ts`. */
  readonly config: Extract<DefinitionFile, { kind: "module" }>;
  /** Sorted by path. */
  readonly files: readonly DefinitionFile[];
  /** Files that could not be read or evaluated. */
  readonly diagnostics: readonly Diagnostic[];
  /** Paths of definitions that exist but are not among the files: they have diagnostics, or were not reached. */
  readonly unread: readonly string[];
}
