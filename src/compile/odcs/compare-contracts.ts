/**
 * How one contract differs from another, and who feels it: those who read the data, or those who deliver it. Whatever a
 * contract says of values is a promise to the ones and a demand on the others: less of it is taken back, more of it refuses.
 */
import type { ColumnSpec } from "../../define/column.ts";
import type { ContractSettings } from "./contract-document.ts";
import { isSame } from "./patch.ts";

export interface ContractChange {
  /** Absent where it is about the whole table. */
  readonly column?: string;
  readonly what: "added" | "removed" | "renamed" | "retyped" | keyof ColumnSpec | "check" | "about";
  readonly from?: unknown;
  readonly to?: unknown;
  /** `readers`: a promise is taken back. `suppliers`: records are refused that were accepted. */
  readonly breaks: "readers" | "suppliers" | "both" | "nobody";
}

/** Changes from the contract `a` to `b`, by column in the order of `b`, then those of the whole table. */
export function compareContracts(a: ContractSettings, b: ContractSettings): ContractChange[] {
  const called = renamed(a, b);
  const gone = new Set(called.values());
  const columns = Object.keys({ ...b.columns, ...a.columns }).flatMap((column): ContractChange[] => {
    if (gone.has(column)) return [];
    const earlier = called.get(column);
    const [was, is] = [a.columns[earlier ?? column], b.columns[column]];
    if (earlier !== undefined && was !== undefined && is !== undefined) {
      const change = {
        column: earlier,
        what: "renamed",
        from: earlier,
        to: column,
        breaks: "readers",
      } as const;
      const { from: _, ...same } = is;
      return [
        change,
        ...compareColumn(earlier, was, was.from === undefined ? same : { ...same, from: was.from }),
      ];
    }
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

/** Columns that are called otherwise but still arrive under the name that they had, by their new names. */
function renamed(a: ContractSettings, b: ContractSettings): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(b.columns).flatMap(([column, { from = [] }]) => {
      if (Object.hasOwn(a.columns, column)) return [];
      const earlier = from.find((name) => Object.hasOwn(a.columns, name) && !Object.hasOwn(b.columns, name));
      return earlier === undefined ? [] : [[column, earlier] as const];
    }),
  );
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
    before === after
      ? []
      : [
          {
            column,
            what: "retyped",
            from: before,
            to: after,
            breaks: takesAll(was, is) ? "readers" : "both",
          },
        ];
  const settings = (Object.keys({ ...was, ...is }) as (keyof ColumnSpec)[]).filter(
    (key) => !["type", "precision", "scale"].includes(key) && !isSame(was[key], is[key]),
  );
  return [
    ...retyped,
    ...settings.map((what): ContractChange => {
      const [from, to] = [was[what], is[what]];
      return { column, what, ...said(from, to), breaks: whoFeels(what, was, is) };
    }),
  ];
}

/** Whether all that is read as the one type is read as the other. */
function takesAll(was: ColumnSpec, is: ColumnSpec): boolean {
  if (is.type === "text") return true;
  if (is.type === "number") return was.type === "integer" || was.type === "decimal";
  if (is.type !== "decimal" || was.type !== "decimal") return false;
  const [scale, more] = [was.scale ?? 2, is.scale ?? 2];
  return more >= scale && (is.precision ?? 18) - more >= (was.precision ?? 18) - scale;
}

type Felt = ContractChange["breaks"];

function whoFeels(what: keyof ColumnSpec, was: ColumnSpec, is: ColumnSpec): Felt {
  const [from, to] = [was[what], is[what]];
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
      return whoFeelsLimit(from, to, (one, other) => other > one);
    case "max":
    case "maxLength":
      return whoFeelsLimit(from, to, (one, other) => other < one);
    case "oneOf":
      return whoFeelsList(from as List, to as List);
    case "pattern":
      return from === undefined ? "suppliers" : to === undefined ? "readers" : "both";
    case "format":
      // Of a date it says how one is written that arrives, which readers never see.
      if (is.type !== "text") return "suppliers";
      return from === undefined ? "suppliers" : to === undefined ? "readers" : "both";
    case "tags":
    case "description":
      return "nobody";
    default:
      return "suppliers";
  }
}

type List = readonly unknown[] | undefined;

function whoFeelsList(from: List, to: List): Felt {
  if (from === undefined) return "suppliers";
  if (to === undefined) return "readers";
  const isFewer = from.some((one) => !to.includes(one));
  const isMore = to.some((one) => !from.includes(one));
  return isFewer && isMore ? "both" : isFewer ? "suppliers" : isMore ? "readers" : "nobody";
}

function whoFeelsLimit(
  from: unknown,
  to: unknown,
  isTighter: (one: number | string, other: number | string) => boolean,
): Felt {
  if (to === undefined) return "readers";
  if (from === undefined) return "suppliers";
  if (typeof from !== typeof to) return "both";
  return isTighter(from as number | string, to as number | string) ? "suppliers" : "readers";
}
