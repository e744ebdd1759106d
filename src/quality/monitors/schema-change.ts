import type { DatasetNode, GraphColumn } from "../../graph/graph.ts";
import type { CheckResult } from "../verdict.ts";

/**
 * Whether the columns of a model changed though its query did not: somebody changed what it reads, and whoever reads it
 * may not know. What a definition says itself is in the plan.
 */
export function schemaFinding(before: DatasetNode | undefined, now: DatasetNode): CheckResult | undefined {
  const settings = now.monitors;
  const setting = typeof settings === "string" ? settings : (settings?.schema ?? "warn");
  if (before?.kind !== "model" || now.kind !== "model" || setting === "off") return undefined;
  if (before.by.kind !== "sql" || now.by.kind !== "sql" || before.by.sql !== now.by.sql) return undefined;
  const changes = changesBetween(before.columns, now.columns);
  if (changes.length === 0) return undefined;
  return {
    name: "monitor schema",
    check: "monitor",
    severity: setting,
    passed: false,
    value: changes.length,
    message: `${changes.join(", ")}, though its query is the same`,
    sample: [],
  };
}

function changesBetween(before: readonly GraphColumn[], now: readonly GraphColumn[]): readonly string[] {
  const old = new Map(before.map(({ name, engineType }) => [name, engineType]));
  const added = now.flatMap(({ name, engineType }) => {
    const type = old.get(name);
    old.delete(name);
    if (type === engineType) return [];
    return [type === undefined ? `${name} is new` : `${name} was ${type} and is ${engineType}`];
  });
  return [...added, ...[...old.keys()].map((name) => `${name} is gone`)];
}
