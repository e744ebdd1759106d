/** How one contract differs from another, and who feels it: those who read the data, or those who deliver it. */
import type { ColumnSpec } from "../../define/column.ts";
import type { ContractSettings } from "./contract-document.ts";
import { isSame } from "./patch.ts";

export interface ContractChange {
  /** Absent where it is about the whole table. */
  readonly column?: string;
  readonly what: "added" | "removed" | "retyped" | keyof ColumnSpec | "check" | "about";
  readonly from?: unknown;
  readonly to?: unknown;
  /** `readers`: a promise is taken back. `suppliers`: records are refused that were accepted. */
  readonly breaks: "readers" | "suppliers" | "nobody";
}

/** Changes from the contract `a` to `b`, by column in the order of `b`, then those of the whole table. */
export function compareContracts(a: ContractSettings, b: ContractSettings): ContractChange[] {
  const columns = Object.keys({ ...b.columns, ...a.columns }).flatMap((column) => {
    const [was, is] = [a.columns[column], b.columns[column]];
    if (was === undefined) {
      const breaks = is?.nullable === true ? ("nobody" as const) : ("suppliers" as const);
      return [{ column, what: "added" as const, to: typeOf(is), breaks }];
    }
    if (is === undefined)
      return [{ column, what: "removed" as const, from: typeOf(was), breaks: "readers" as const }];
    return compareColumn(column, was, is);
  });
  const names = [...new Set([...a.checks, ...b.checks].map(({ name }) => name))];
  const checks = names.flatMap((name): ContractChange[] => {
    const [from, to] = [a, b].map(({ checks: all }) => all.find((one) => one.name === name));
    return isSame(from, to)
      ? []
      : [{ what: "check", ...said(from, to), breaks: from ? "nobody" : "suppliers" }];
  });
  const about = Object.keys({ ...a.about, ...b.about }).flatMap((key): ContractChange[] => {
    const [from, to] = [a.about[key], b.about[key]];
    return isSame(from, to)
      ? []
      : [{ what: "about", from: from && { [key]: from }, to: to && { [key]: to }, breaks: "nobody" }];
  });
  return [...columns, ...checks, ...about];
}

const typeOf = (spec: ColumnSpec | undefined): string =>
  spec?.type === "decimal" ? `decimal(${spec.precision ?? 18},${spec.scale ?? 2})` : (spec?.type ?? "");

const said = (from: unknown, to: unknown): { readonly from?: unknown; readonly to?: unknown } => ({
  ...(from === undefined ? {} : { from }),
  ...(to === undefined ? {} : { to }),
});

function compareColumn(column: string, was: ColumnSpec, is: ColumnSpec): ContractChange[] {
  const [before, after] = [typeOf(was), typeOf(is)];
  const retyped: ContractChange[] =
    before === after ? [] : [{ column, what: "retyped", from: before, to: after, breaks: "readers" }];
  const settings = (Object.keys({ ...was, ...is }) as (keyof ColumnSpec)[]).filter(
    (key) => !["type", "precision", "scale"].includes(key) && !isSame(was[key], is[key]),
  );
  return [
    ...retyped,
    ...settings.map((what): ContractChange => {
      const [from, to] = [was[what], is[what]];
      return { column, what, ...said(from, to), breaks: whoFeels(what, from, to) };
    }),
  ];
}

function whoFeels(what: keyof ColumnSpec, from: unknown, to: unknown): ContractChange["breaks"] {
  switch (what) {
    case "nullable":
      return to === true ? "readers" : "suppliers";
    case "key":
    case "unique":
      return to === true ? "suppliers" : "readers";
    case "unit":
      return from === undefined ? "nobody" : "readers";
    case "min":
    case "minLength":
      return tightened(from, to, (one, other) => other > one);
    case "max":
    case "maxLength":
      return tightened(from, to, (one, other) => other < one);
    case "oneOf": {
      if (from === undefined) return "suppliers";
      const kept = new Set((to ?? []) as readonly unknown[]);
      return to !== undefined && (from as readonly unknown[]).some((one) => !kept.has(one))
        ? "suppliers"
        : "nobody";
    }
    case "pattern":
    case "format":
      return to === undefined ? "nobody" : "suppliers";
    case "tags":
    case "description":
      return "nobody";
    default:
      return "suppliers";
  }
}

function tightened(
  from: unknown,
  to: unknown,
  isTighter: (one: number | string, other: number | string) => boolean,
): ContractChange["breaks"] {
  if (to === undefined) return "nobody";
  if (from === undefined || typeof from !== typeof to) return "suppliers";
  return isTighter(from as number | string, to as number | string) ? "suppliers" : "nobody";
}
