/** What can be added to a definition. Nothing that stands there is taken away or changed. */
import type { CheckSpec } from "../../define/check-spec.ts";
import type { LogicalType } from "../../define/column.ts";

/** A setting of a column that is added. */
export interface ColumnAddition {
  readonly column: string;
  /** For a column that the definition does not name yet, in TypeScript. */
  readonly type: LogicalType;
  readonly rule:
    | { readonly key: true }
    | { readonly unique: true }
    | { readonly nullable: false }
    | { readonly format: string };
}

export type Addition = ColumnAddition | { readonly check: CheckSpec };
