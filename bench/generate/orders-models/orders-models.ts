import { type NamedCheck, checksOf, type ModelDefinition } from "../model-definition.ts";
import { intermediateModels } from "./intermediate.ts";
import { martModels } from "./marts.ts";
import { stagingModels } from "./staging.ts";

/** The 30 models of workload (a), inputs before what reads them. */
export const ordersModels: readonly ModelDefinition[] = [
  ...stagingModels,
  ...intermediateModels,
  ...martModels,
];

/** Their 120 checks. */
export const ordersChecks: readonly NamedCheck[] = ordersModels.flatMap(checksOf);

/** Checks that the generated rows violate on purpose; all of severity `warn`. */
export const seededViolations: readonly string[] = [
  "staging.customers: one customer per address",
  "staging.orders: channel is known",
  "staging.orders: customer exists",
  "staging.order_lines: discount is at most half",
  "staging.order_lines: quantity is plausible",
  "intermediate.orders: country is known",
  "intermediate.orders: signed up before the first order",
  "marts.channels: four channels",
];
