import { compareContracts, type ContractChange } from "../compile/odcs/compare-contracts.ts";
import type { ContractSettings } from "../compile/odcs/contract-document.ts";
import type { DatasetId } from "../graph/graph.ts";

/** Who reads a column, one step down. */
export interface ContractReaders {
  readonly models: readonly DatasetId[];
  readonly consumers: readonly string[];
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
    const readers = breaks === "readers" && column !== undefined ? readersOf?.(column) : undefined;
    const isFelt = readers === undefined || readers.models.length + readers.consumers.length > 0;
    const severity = breaks === "suppliers" || (breaks === "readers" && isFelt) ? "breaking" : "compatible";
    return { ...change, severity, ...(readers === undefined ? {} : { readers }) };
  });
}

/** Those of a plan: what takes nothing back and refuses nothing is no matter there. */
export const isFeltChange = ({ breaks }: JudgedContractChange): boolean => breaks !== "nobody";

/** The change of a setting in words: `unit of amount: EUR → USD, read by core.sums`. */
export function explainContract({ column, what, from, to, breaks, readers }: JudgedContractChange): string {
  const said = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));
  const name =
    what === "check"
      ? (checkName(to) ?? checkName(from) ?? "a check")
      : `${what}${column === undefined ? "" : ` of ${column}`}`;
  const values = what === "check" ? "" : `: ${[from ?? "none", to ?? "none"].map(said).join(" → ")}`;
  const people = [...(readers?.models ?? []), ...(readers?.consumers ?? []).map((one) => `consumer ${one}`)];
  const whom =
    breaks === "suppliers"
      ? ", refuses records that were accepted"
      : people.length === 0
        ? ""
        : `, read by ${people.join(", ")}`;
  return `${name}${values}${whom}`;
}

const checkName = (check: unknown): string | undefined =>
  typeof check === "object" && check !== null && "name" in check
    ? `check "${String(check.name)}"`
    : undefined;
