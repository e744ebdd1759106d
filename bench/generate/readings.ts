/**
 * The data of workload (j): readings of meters, more than fit into memory. The same scale and engine make the same
 * bytes; every row fits the contract and every check passes.
 */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import type { ModelDefinition } from "./model-definition.ts";
import type { SourceDefinition } from "./sluice-project.ts";

/** How many rows there are at a scale; 100 million at scale 1, in ten files. */
export const readingRows = (scale: number): number => Math.max(Math.round(100_000_000 * scale), 1000);

const files = 10;

/** Write the landing files. Keys come in no order, as those of real deliveries. */
export async function writeReadings(directory: string, scale: number): Promise<void> {
  await mkdir(directory, { recursive: true });
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  const rows = readingRows(scale);
  // Odd, so that multiplying by it modulo a power of two leaves every number once.
  const shuffled = "((i * 2654435761) & 4294967295)";
  for (let file = 0; file < files; file++) {
    const [from, to] = [file, file + 1].map((step) => Math.floor((rows * step) / files));
    const path = join(directory, `part-${file}.parquet`).replaceAll("'", "''");
    await connection.run(`copy (select ${shuffled}::bigint as reading_id, (hash(i, 1) % 1000000)::bigint as meter_id,
        timestamp '2026-01-01' + to_seconds((i // 40)::bigint) as read_at, ((hash(i, 2) % 100000) / 100)::decimal(9,2) as kilowatts,
        ['ok', 'ok', 'ok', 'estimated', 'corrected'][(hash(i, 3) % 5)::bigint + 1] as quality,
        case when hash(i, 4) % 10 = 0 then null else concat('note ', hash(i, 5) % 1000) end as note
      from range(${from}, ${to}) r(i)) to '${path}' (format parquet, compression zstd)`);
  }
  connection.closeSync();
  instance.closeSync();
}

/** The contract of the readings. */
export const readingsSource: SourceDefinition = {
  name: "raw.readings",
  files: "landing/readings/*.parquet",
  columns: {
    reading_id: "t.integer().key()",
    meter_id: "t.integer().min(0)",
    read_at: "t.timestamp()",
    kilowatts: "t.decimal(9, 2).min(0)",
    quality: 't.text().oneOf("ok", "estimated", "corrected")',
    note: "t.text().nullable()",
  },
};

/** One model of as many rows under a key and eight checks. */
export const readingsModel: ModelDefinition = {
  name: "energy.readings",
  sql: `select reading_id, meter_id, read_at, kilowatts * 3.6 as megajoules, upper(quality) as quality, coalesce(note, '') as note
from raw.readings`,
  columns: {
    reading_id: { key: true },
    meter_id: { min: 0, max: 999_999 },
    read_at: {},
    megajoules: { min: 0 },
    quality: { oneOf: ["OK", "ESTIMATED", "CORRECTED"] },
    note: {},
  },
  checks: [
    { check: "row_count", min: 1 },
    { check: "row_predicate", expression: "megajoules < 3600", name: "physical" },
  ],
};
