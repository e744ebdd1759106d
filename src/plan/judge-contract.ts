import { compareContracts, type ContractChange } from "../compile/odcs/compare-contracts.ts";
import type { ContractSettings } from "../compile/odcs/contract-document.ts";
import type { ColumnLinks, ColumnRef } from "../graph/column-walks.ts";
import type { DatasetId } from "../graph/graph.ts";

/** Who reads a column. */
export interface ContractReaders {
  /** One step down. */
  readonly models: readonly DatasetId[];
  /** Those that read the column itself, or a column of any model that depends on it. */
  readonly consumers: readonly string[];
}

/** Hops that are followed down from one column; beyond, only consumers of the column itself are told. */
const mostHops = 100_000;

/** Who reads a column, by lineage. */
export function readersOf(links: ColumnLinks, ref: ColumnRef): ContractReaders {
  const models = links.readers(ref).map(({ dataset }) => dataset);
  const reached = links.reach([ref], mostHops) ?? [];
  const consumers = [ref, ...reached].flatMap((one) => links.consumersOf(one)).map(({ name }) => name);
  return { models: [...new Set(models)], consumers: [...new Set(consumers)] };
}

/** How a contract differs, and what that means for those who are there. */
export interface JudgedContractChange extends ContractChange {
  /** `breaking` where a promise is taken back that somebody reads, or records are refused that were accepted. */
  readonly severity: "breaking" | "compatible";
  /** Of a promise that is taken back, where it is known who reads. */
  readonly readers?: ContractReaders;
}

/** Changes from the contract `a` to `b`. Without `readersOf` nobody knows who reads: then every promise has its reader. */
export function judgeContract(
  a: ContractSettings,
  b: ContractSettings,
  readersOf?: (column: string) => ContractReaders,
): JudgedContractChange[] {
  return compareContracts(a, b).map((change) => {
    const { breaks, column } = change;
    const isTaken = breaks === "readers" || breaks === "both";
    const readers = isTaken && column !== undefined ? readersOf?.(column) : undefined;
    const isFelt = readers === undefined || readers.models.length + readers.consumers.length > 0;
    const severity = isRefusal(breaks) || (isTaken && isFelt) ? "breaking" : "compatible";
    return { ...change, severity, ...(readers === undefined ? {} : { readers }) };
  });
}

/** Whether records are refused that were accepted. */
export const isRefusal = (breaks: ContractChange["breaks"]): boolean =>
  breaks === "suppliers" || breaks === "both";

/** Those of a plan: what takes nothing back and refuses nothing is no matter there. */
export const isFeltChange = ({ breaks }: JudgedContractChange): boolean => breaks !== "nobody";

/** The change of a setting in words: `unit of amount: EUR → USD, read by core.sums`. */
export function explainContract({ column, what, from, to, breaks, readers }: JudgedContractChange): string {
  const said = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));
  const refused = isRefusal(breaks) ? ", refuses records that were accepted" : "";
  const people = [...(readers?.models ?? []), ...(readers?.consumers ?? []).map((one) => `consumer ${one}`)];
  const whom = people.length === 0 ? "" : `, read by ${people.join(", ")}`;
  if (what === "renamed") return `renames ${said(from)} to ${said(to)}${whom}`;
  const name =
    what === "check"
      ? (checkName(to) ?? checkName(from) ?? "a check")
      : `${what}${column === undefined ? "" : ` of ${column}`}`;
  const values = what === "check" ? "" : `: ${[from ?? "none", to ?? "none"].map(said).join(" → ")}`;
  return `${name}${values}${refused}${whom}`;
}

const checkName = (check: unknown): string | undefined =>
  typeof check === "object" && check !== null && "name" in check
    ? `check "${String(check.name)}"`
    : undefined;
