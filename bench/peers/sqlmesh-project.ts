import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { stringify } from "yaml";
import { checkSql, offendingRow, referenced } from "../generate/check-sql.ts";
import { type ModelDefinition, type NamedCheck, checksOf } from "../generate/model-definition.ts";
import type { PeerSource } from "./dbt-project.ts";

/** SQLMesh's name of a check: lower case, as audits are. */
export const sqlmeshAuditName = (id: string): string =>
  id
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "_")
    .replaceAll(/^_|_$/g, "");

/**
 * Write a project as SQLMesh's documentation has it: models of kind FULL in one DuckDB database, each check
 * an audit of its own name, those of severity `warn` not blocking.
 */
export async function writeSqlmeshProject(
  directory: string,
  models: readonly ModelDefinition[],
  sources: readonly PeerSource[],
): Promise<void> {
  const write = async (path: string, text: string): Promise<void> => {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), text);
  };
  await write(
    "config.yaml",
    stringify({
      gateways: { local: { connection: { type: "duckdb", database: "warehouse.duckdb" } } },
      default_gateway: "local",
      model_defaults: { dialect: "duckdb", start: "2024-01-01" },
      disable_anonymized_analytics: true,
    }),
  );
  for (const model of models) {
    await write(sqlmeshModelPath(model.name), sqlmeshModelText(model, sources));
    await write(`audits/${model.name.replace(".", "/")}.sql`, checksOf(model).map(audit).join("\n"));
  }
}

/** Where SQLMesh finds a model. */
export const sqlmeshModelPath = (dataset: string): string => `models/${dataset.replace(".", "/")}.sql`;

/** A model with its audits. Sources are read where they lie. */
export function sqlmeshModelText(model: ModelDefinition, sources: readonly PeerSource[]): string {
  const sql = sources.reduce(
    (text, { name, read }) => text.replaceAll(new RegExp(`\\b${name.replace(".", "\\.")}\\b`, "g"), read),
    model.sql,
  );
  const checks = checksOf(model);
  // An audit may name only what its model depends on.
  const referred = checks.flatMap(({ spec }) =>
    spec.check === "referential_integrity" ? [referenced(spec.to)[0]] : [],
  );
  const depends = referred.length > 0 ? `, depends_on (${[...new Set(referred)].join(", ")})` : "";
  const audits =
    checks.length > 0 ? `, audits (${checks.map(({ id }) => sqlmeshAuditName(id)).join(", ")})` : "";
  return `MODEL (name ${model.name}, kind FULL${depends}${audits});\n\n${sql}\n`;
}

function audit(check: NamedCheck): string {
  const blocking = check.spec.severity === "warn" ? ", blocking false" : "";
  return `AUDIT (name ${sqlmeshAuditName(check.id)}${blocking});\n${auditQuery(check)};\n`;
}

/** A query whose rows offend, over `@this_model`. */
function auditQuery({ spec }: NamedCheck): string {
  const row = offendingRow(spec);
  if (row !== undefined) return `SELECT * FROM @this_model WHERE ${row}`;
  const self: NamedCheck = { id: "", dataset: "@this_model", spec };
  switch (spec.check) {
    case "row_count":
      return `SELECT * FROM (SELECT count(*) AS n FROM @this_model) WHERE n < ${spec.min ?? 0}${spec.max === undefined ? "" : ` OR n > ${spec.max}`}`;
    case "duplicate_values":
      return `SELECT ${spec.columns.join(", ")} FROM @this_model GROUP BY ${spec.columns.join(", ")} HAVING count(*) > 1`;
    case "referential_integrity": {
      const [table, key] = referenced(spec.to);
      return `SELECT a.* FROM @this_model AS a ANTI JOIN ${table} AS b ON b.${key} = a.${spec.column} WHERE NOT a.${spec.column} IS NULL`;
    }
    default:
      return checkSql(self);
  }
}
