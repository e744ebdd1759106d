import { keepsIntervals } from "../../sql/lineage/keeps-intervals.ts";
import { asTable, readTablePlan } from "../../sql/lineage/table-plan.ts";
import { quoteText } from "../../sql/quote.ts";
import type { IntervalsRequest } from "../engine.ts";
import type { Database } from "./database.ts";

/**
 * Whether the query of a request, asked once about all of its intervals, answers what it answers for one after the other.
 * `tables`: what the inputs with times were loaded into, in their order, each with its column of times.
 */
export async function canBatch(
  database: Database,
  { sql, lookback, grain, by }: IntervalsRequest,
  tables: readonly { readonly table: string; readonly time: string }[],
): Promise<boolean> {
  const [only, ...others] = tables;
  const statement = asTable(sql);
  if (lookback > 0 || only === undefined || others.length > 0 || statement === undefined) return false;
  const [answer] = await database.all<{ plan: string }>(
    `select json_serialize_plan(${quoteText(statement)}, skip_null := true, skip_default := true)::varchar as plan`,
  );
  const bound = readTablePlan(answer?.plan);
  if (bound === undefined) return false;
  const place = bound.columns.findIndex(({ name }) => name.toLowerCase() === by.toLowerCase());
  return keepsIntervals(bound.plan, { ...only, grain, by: place });
}
