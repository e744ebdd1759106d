import { rename } from "node:fs/promises";
import { join } from "node:path";
import { SluiceError } from "../../errors.ts";
import { quoteName } from "../../sql/quote.ts";
import type { InputTable, UpsertRequest, UpsertResult, WrittenFile } from "../engine.ts";
import { buildFailed } from "./build.ts";
import type { Database } from "./database.ts";
import { inWords } from "./engine-failure.ts";
import { parquetScan } from "./tables.ts";
import { judgeParts } from "./upsert-judge.ts";
import { collectChanges, forgetChanges, upsertTables } from "./upsert-changes.ts";
import { lastOfEach, type UpsertRows, upsertRows } from "./upsert-rows.ts";
import { withTables } from "./with-tables.ts";
import { splitColumn, writeParquet, writeSplit } from "./write-parquet.ts";

/**
 * Bring what is kept by key up to date. Nothing that is kept is rewritten: what changed is written to a new part, and
 * the positions of the rows that it takes the place of beside the parts that have them.
 */
export async function upsert(database: Database, request: UpsertRequest): Promise<UpsertResult> {
  const rows = upsertRows(request);
  return inWords("the build", () => carryOut(database, request, rows), buildFailed);
}

async function carryOut(database: Database, request: UpsertRequest, rows: UpsertRows): Promise<UpsertResult> {
  const { inputs, over, parts } = request;
  const reading = <T>(input: InputTable, work: () => Promise<T>): Promise<T> =>
    withTables(database, [...inputs, input], work);
  if (parts.length === 0) {
    return reading(over.all, async () => {
      const written = await writeRows(database, request, rows, lastOfEach(rows, rows.query));
      await refuseNullKeys(database, rows, hasNullKeys(rows, written));
      return { ...written, fallen: [] };
    });
  }
  try {
    await collectChanges(database, request, rows);
    const { missing } = await database.one<{ missing: boolean }>(
      `select count(*) > 0 as missing from ${upsertTables.changes} where ${noKey(rows)}`,
    );
    await reading(over.added, () => refuseNullKeys(database, rows, missing));
    await judgeParts(database, request, rows);
    const standing = `select ${rows.list} from ${upsertTables.changes} where rowid not in (select id from ${upsertTables.rivals} where not stands)`;
    return {
      ...(await writeRows(database, request, rows, standing)),
      fallen: await writeFallen(database, request),
    };
  } finally {
    await forgetChanges(database);
  }
}

type Written = Pick<UpsertResult, "rows" | "tombstones">;

async function writeRows(
  database: Database,
  { columns, deleted, directory }: UpsertRequest,
  { named, isGone }: UpsertRows,
  query: string,
): Promise<Written> {
  const output = join(directory, "rows.parquet");
  if (deleted === undefined) {
    const rows = await writeParquet(database, `select ${named} from (${query})`, columns, output);
    return rows.rows === 0 ? {} : { rows };
  }
  const split = await writeSplit(
    database,
    `select ${named}, ${isGone} as ${splitColumn} from (${query})`,
    columns,
    join(directory, "split"),
  );
  const move = async (written: WrittenFile | undefined, path: string): Promise<WrittenFile | undefined> => {
    if (written !== undefined) await rename(written.path, path);
    return written && { ...written, path };
  };
  const rows = await move(split.get("false"), output);
  const tombstones = await move(split.get("true"), join(directory, "tombstones.parquet"));
  return { ...(rows === undefined ? {} : { rows }), ...(tombstones === undefined ? {} : { tombstones }) };
}

const noKey = ({ key }: UpsertRows): string => key.map(({ alias }) => `${alias} is null`).join(" or ");

/** Rows without a key were judged as if they had one in common, so that one of them was written. */
function hasNullKeys({ key }: UpsertRows, written: Written): boolean {
  const names = new Set(key.map(({ name }) => name));
  const columns = [written.rows, written.tombstones].flatMap((file) => file?.columns ?? []);
  return columns.some(({ name, nulls }) => names.has(name) && nulls > 0);
}

async function refuseNullKeys(database: Database, rows: UpsertRows, missing: boolean): Promise<void> {
  if (!missing) return;
  const { count } = await database.one<{ count: bigint }>(
    `select count(*) as count from (${rows.query}) where ${noKey(rows)}`,
  );
  const names = rows.key.map(({ name }) => name);
  const many = count === 1n ? "1 row has" : `${count} rows have`;
  throw new SluiceError("build-failed", `${many} no value in the key (${names.join(", ")})`, {
    hint: `leave such rows out in the query: where ${names.map(quoteName).join(" is not null and ")} is not null`,
  });
}

/** The positions of all rows that no longer stand, for each part where some fell now. */
async function writeFallen(
  database: Database,
  { parts, directory }: UpsertRequest,
): Promise<UpsertResult["fallen"]> {
  const concerned = await database.all<{ part: number }>(
    `select distinct part from ${upsertTables.fallen} order by part`,
  );
  const fallen: { part: number; positions: WrittenFile }[] = [];
  for (const { part } of concerned) {
    const before = parts[part]?.fallen;
    const earlier = before === undefined ? "" : ` union select "row" from ${parquetScan([before])}`;
    const query = `select position as "row" from ${upsertTables.fallen} where part = ${part}${earlier} order by all`;
    const output = join(directory, `fallen-${part}.parquet`);
    const columns = [{ name: "row", engineType: "BIGINT" }];
    fallen.push({ part, positions: await writeParquet(database, query, columns, output) });
  }
  return fallen;
}
