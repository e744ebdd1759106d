import { join } from "node:path";
import { type BareJob, parquetOptions } from "../floors/job.ts";
import { checkSql } from "./check-sql.ts";
import { ordersChecks, ordersModels } from "./orders-models/orders-models.ts";
import { type RawFormat, type RawTable, rawTables } from "./orders.ts";

/** The landing files of one table. */
export function landingFiles(landing: string, table: RawTable, format: RawFormat): readonly string[] {
  return Array.from({ length: table.files }, (_, file) =>
    join(landing, table.name, `part-${file}.${format}`),
  );
}

/** A query that reads landing files with the types of the contract. */
export function readLanding(landing: string, table: RawTable, format: RawFormat): string {
  const files = landingFiles(landing, table, format)
    .map((file) => `'${file.replaceAll("'", "''")}'`)
    .join(", ");
  if (format === "parquet") return `select * from read_parquet([${files}])`;
  const columns = Object.entries(table.columns)
    .map(([column, type]) => `'${column}': '${type}'`)
    .join(", ");
  return `select * from read_csv([${files}], header = true, auto_detect = false, delim = ',', columns = {${columns}})`;
}

/** Workload (a) in the bare engine: land the raw tables as Parquet, build every model, perhaps ask every check. */
export function ordersJob(
  landing: string,
  format: RawFormat,
  scale: number,
  output: string,
  withChecks: boolean,
): BareJob {
  const file = (table: string): string => join(output, `${table}.parquet`);
  const raw = rawTables(scale).map((table) => ({
    table: `raw.${table.name}`,
    sql: readLanding(landing, table, format),
    output: file(`raw.${table.name}`),
  }));
  const models = ordersModels.map(({ name, sql }) => ({ table: name, sql, output: file(name) }));
  return {
    settings: [],
    parquet: parquetOptions,
    inputs: [],
    steps: [...raw, ...models],
    ...(withChecks
      ? {
          checks: ordersChecks.map((check) => ({ id: check.id, sql: checkSql(check) })),
          answers: join(output, "answers.json"),
        }
      : {}),
  };
}
