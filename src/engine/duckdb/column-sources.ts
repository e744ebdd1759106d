import { didYouMean } from "../../graph/nearest-name.ts";
import type { ContractColumn } from "./contract.ts";

/** Which of a file's columns feed each column of the contract, best first; none: the value is missing. */
export interface ColumnSources {
  readonly sources: readonly (readonly number[])[];
}

/** Required columns that a file does not have. */
export interface MissingColumns {
  readonly message: string;
  readonly hint?: string;
}

/**
 * Match the columns of a contract with those of a file: under the names that `from` lists, else under
 * their own; exactly, else whatever the letter case.
 */
export function findSources(
  columns: readonly ContractColumn[],
  names: readonly string[],
): ColumnSources | MissingColumns {
  const exact = new Map<string, number>();
  const folded = new Map<string, number>();
  for (const [index, name] of names.entries()) {
    if (!exact.has(name)) exact.set(name, index);
    if (!folded.has(name.toLowerCase())) folded.set(name.toLowerCase(), index);
  }
  const sources = columns.map((column) => {
    const found = wantedNames(column).map((name) => exact.get(name) ?? folded.get(name.toLowerCase()));
    return [...new Set(found.filter((index) => index !== undefined))];
  });
  const missing = columns.filter(
    ({ spec }, index) => (spec.key || !spec.nullable) && sources[index]?.length === 0,
  );
  return missing.length === 0 ? { sources } : missingColumns(missing, names);
}

const wantedNames = ({ name, spec }: ContractColumn): readonly string[] => spec.from ?? [name];

const shownNames = 20;

function missingColumns(missing: readonly ContractColumn[], names: readonly string[]): MissingColumns {
  const lacking = missing.map((column) => {
    const wanted = wantedNames(column);
    const aliases =
      wanted.length === 1 && wanted[0] === column.name ? "" : ` (as ${wanted.map(quoted).join(" or ")})`;
    return `${quoted(column.name)}${aliases}`;
  });
  const found = names.slice(0, shownNames).map(quoted).join(", ");
  const more = names.length > shownNames ? ` and ${names.length - shownNames} more` : "";
  const hints = missing.flatMap((column) => {
    const meant = wantedNames(column).flatMap((name) => didYouMean(name, names) ?? []);
    return meant.slice(0, 1).map((words) => `for ${quoted(column.name)}, ${words}`);
  });
  return {
    message: `wrong header: it has no column ${lacking.join(", ")}; it has ${found}${more}`,
    ...(hints.length === 0 ? {} : { hint: hints.join("; ") }),
  };
}

const quoted = (name: string): string => `"${name.slice(0, 100)}"`;
