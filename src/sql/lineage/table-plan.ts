import type { BoundColumn } from "../binder.ts";
import { readEngineJson } from "../engine-json.ts";
import { storedType } from "../engine-type.ts";
import { nextToken } from "../scan-sql.ts";
import { givenDay } from "./give-parameters.ts";
import type { PlanNode } from "./plan-node.ts";

/** What `json_serialize_plan` says of a statement; an error where it cannot. */
interface PlanDocument {
  readonly error: boolean;
  readonly plans?: readonly PlanNode[];
}

/** The plan of one statement; undefined where the engine has none. */
export function onlyPlan(json: string | undefined): PlanNode | undefined {
  if (json === undefined) return undefined;
  const { error, plans = [] } = readEngineJson(json) as PlanDocument;
  return error || plans.length > 1 ? undefined : plans[0];
}

/**
 * A statement whose plan holds the query's plan and, other than that one, the names of its columns. Undefined for
 * what closes a parenthesis that it did not open, and would mean something else between two of them.
 */
export function asTable(sql: string): string | undefined {
  let end = 0;
  let depth = 0;
  for (let token = nextToken(sql, 0); token !== undefined; token = nextToken(sql, token.end)) {
    const mark = token.kind === "mark" ? sql[token.start] : undefined;
    if (mark === "(") depth += 1;
    if (mark === ")") depth -= 1;
    if (depth < 0) return undefined;
    if (mark !== ";") ({ end } = token);
  }
  return `create or replace table main."a query" as (${sql.slice(0, end)}\n)`;
}

export interface BoundQuery {
  readonly columns: readonly BoundColumn[];
  readonly plan: PlanNode;
}

/** Names that may have been others: numbered by the engine, or made of the value given for a parameter. */
const otherwise = new RegExp(`_\\d+$|${givenDay}`);

/**
 * The columns and the plan of a query that was asked about as a table; undefined where the query has no plan,
 * or the plan does not tell its columns as they are: the engine renames the second of two equal names, and
 * spells nested types in another way.
 */
export function readTablePlan(json: string | undefined): BoundQuery | undefined {
  const table = onlyPlan(json);
  const plan = table?.children?.[0];
  if (table?.type !== "LOGICAL_CREATE_TABLE" || plan === undefined) return undefined;
  const columns: BoundColumn[] = [];
  for (const { name, type } of table.info?.columns?.columns ?? []) {
    const engineType = typeText(type?.id, type?.type_info);
    if (name === undefined || engineType === undefined || otherwise.test(name)) return undefined;
    columns.push({ name, engineType: storedType(engineType) });
  }
  return { columns, plan };
}

function typeText(
  id: string | undefined,
  info: { readonly width?: number; readonly scale?: number } | undefined,
): string | undefined {
  if (info === undefined) return id;
  return id === "DECIMAL" && info.width !== undefined
    ? `DECIMAL(${info.width},${info.scale ?? 0})`
    : undefined;
}
