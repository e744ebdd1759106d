/**
 * Keys and unique columns over a whole delivery and what is kept from before. Uniqueness is proven as
 * cheaply as the data lets; only where it does not hold are the rows concerned put in order, and all but
 * the first of each refused.
 */
import { type IngestRequest, sourceFileColumn } from "../engine.ts";
import { quoteName, quoteText } from "../../sql/quote.ts";
import type { ContractColumn } from "./contract.ts";
import type { Database } from "./database.ts";
import { haveDistinctHashes } from "./distinct-hashes.ts";
import { gate } from "./gate-tables.ts";
import type { Part } from "./read-batch.ts";
import { isInteger, repeatedIntegers } from "./repeated-integers.ts";
import { parquetScan, standingRows } from "./tables.ts";

type Existing = IngestRequest["existing"];

/** Columns whose values no two rows may share. Rows with a null in them share nothing. */
export interface Constraint {
  readonly columns: readonly string[];
  /** Whether it is one column of integers. */
  readonly integers: boolean;
  readonly reason: string;
}

export function constraintsOf(columns: readonly ContractColumn[]): Constraint[] {
  const key = columns.filter(({ spec }) => spec.key);
  const unique = columns.filter((column) => column.spec.unique && !(key.length === 1 && key[0] === column));
  const constraint = (members: readonly ContractColumn[], reason: string): Constraint => ({
    columns: members.map(({ name }) => name),
    integers: members.length === 1 && members.every(({ engineType }) => isInteger(engineType)),
    reason,
  });
  const names = key.map(({ name }) => name).join(", ");
  return [
    ...(key.length === 0 ? [] : [constraint(key, `key (${names}): duplicate`)]),
    ...unique.map((column) => constraint([column], `${column.name}: duplicate`)),
  ];
}

/**
 * SQL of a hash over all columns that must be unique: by it a row that was read again is known to be the
 * same. `value` gives the SQL of a column.
 */
export function guardOf(constraints: readonly Constraint[], value: (column: string) => string): string {
  const columns = new Set(constraints.flatMap((constraint) => constraint.columns));
  return columns.size === 0 ? "null::ubigint" : `hash(${[...columns].map(value).join(", ")})`;
}

/**
 * Fill the table of losers: rows of parts, counted from 1, that come after another with the same value, in
 * the order existing rows, files, rows. Returns how many there are.
 */
export async function findLosers(
  database: Database,
  constraints: readonly Constraint[],
  parts: readonly Part[],
  existing: Existing,
): Promise<number> {
  await database.run(`delete from ${gate.losers}`);
  const paths = parts.filter(({ written }) => written.rows > 0).map(({ written }) => written.path);
  if (paths.length === 0 || constraints.length === 0) return 0;
  const shared: (string | undefined)[] = [];
  for (const [index, constraint] of constraints.entries()) {
    const table = `sluice_shared_${index}`;
    shared.push((await collectShared(database, constraint, paths, existing, table)) ? table : undefined);
  }
  try {
    if (shared.every((table) => table === undefined)) return 0;
    await collectRivals(database, constraints, shared, parts, existing);
    return await settle(database, constraints);
  } finally {
    for (const index of constraints.keys()) await database.run(`drop table if exists sluice_shared_${index}`);
    await database.run(`drop table if exists ${gate.rivals}`);
  }
}

const listed = (names: readonly string[], table = ""): string =>
  names.map((name) => `${table}${quoteName(name)}`).join(", ");

const filled = (names: readonly string[]): string =>
  names.map((name) => `${quoteName(name)} is not null`).join(" and ");

/** Collect hashes of the values that rows share, a superset of those that are shared. False: none is. */
async function collectShared(
  database: Database,
  constraint: Constraint,
  paths: readonly string[],
  existing: Existing,
  table: string,
): Promise<boolean> {
  const { columns } = constraint;
  const fresh = parquetScan(paths);
  const hashed = `select hash(${listed(columns)}) as h from ${fresh} where ${filled(columns)}`;
  const within = (await isDistinct(database, constraint, paths))
    ? "select cast(null as ubigint) as h where false"
    : `select h from (${hashed}) group by h having count(*) > 1`;
  const using = listed(columns);
  const before =
    existing.files.length === 0
      ? ""
      : ` union select hash(${using}) as h from (${standingRows(using, existing)}) semi join (select ${using} from ${fresh}) using (${using})`;
  await database.run(`create or replace temp table ${table} as ${within}${before}`);
  const { rows } = await database.one<{ rows: bigint }>(`select count(*) as rows from ${table}`);
  return rows > 0n;
}

/** Whether it is quickly seen that no two rows share a value. */
async function isDistinct(
  database: Database,
  { columns, integers }: Constraint,
  paths: readonly string[],
): Promise<boolean> {
  const rows = parquetScan(paths);
  const [column, ...more] = columns;
  if (column !== undefined && more.length === 0) {
    const repeats = integers ? await repeatedIntegers(database, rows, column) : undefined;
    if (repeats !== undefined) return repeats === 0;
    if (await ascends(database, column, paths)) return true;
  }
  return haveDistinctHashes(database, rows, columns);
}

const sampleRows = 10_000;

/** Whether each row's value is above the one before, as times and sortable identifiers often are. */
async function ascends(database: Database, column: string, paths: readonly string[]): Promise<boolean> {
  const name = quoteName(column);
  const broken = async (rows: string): Promise<boolean> => {
    const answer = await database.one<{ broken: boolean }>(`
      select count(*) > 0 as broken from (select ${name} > lag(${name}) over () as up, row_number() over () as n from (${rows}))
      where up is not true and n > 1`);
    return answer.broken;
  };
  const all = `select ${name} from ${parquetScan(paths)}`;
  return !(await broken(`${all} limit ${sampleRows}`)) && !(await broken(all));
}

/** Every row that may share a value, in the order of delivery. Rows from before have no part, and come first. */
async function collectRivals(
  database: Database,
  constraints: readonly Constraint[],
  shared: readonly (string | undefined)[],
  parts: readonly Part[],
  existing: Existing,
): Promise<void> {
  const values = constraints.map(({ columns }, index) => {
    const table = shared[index];
    if (table === undefined) return `null::boolean as k${index}`;
    const members = columns.map((name, at) => `'f${at}': ${quoteName(name)}`).join(", ");
    const mine = `${filled(columns)} and hash(${listed(columns)}) in (select h from ${table})`;
    return `case when ${mine} then {${members}} end as k${index}`;
  });
  const concerned = constraints
    .flatMap((_, i) => (shared[i] === undefined ? [] : [`k${i} is not null`]))
    .join(" or ");
  const numbers = parts.map(({ written }, part) => `(${quoteText(written.path)}, ${part})`).join(", ");
  const withRows = parts.filter(({ written }) => written.rows > 0).map(({ written }) => written.path);
  const guard = `${guardOf(constraints, quoteName)} as guard`;
  const fresh = `
    select p.part, f.number, s.file_row_number + 1 as row, ${guard}, ${values.join(", ")}
    from ${parquetScan(withRows, ", filename = 'sluice_path', file_row_number = true")} s
    join (values ${numbers}) p(path, part) on s.sluice_path = p.path
    join ${gate.files} f on f.name = s.${sourceFileColumn}`;
  const names = listed([...new Set(constraints.flatMap(({ columns }) => columns))]);
  const before = (): string =>
    `select -1 as part, -1 as number, 0 as row, null as guard, ${values.join(", ")} from (${standingRows(names, existing)})`;
  await database.run(`
    create or replace temp table ${gate.rivals} as
    select row_number() over (order by number, row) as place, *, cast(null as varchar[]) as reasons
    from (${[fresh, ...(existing.files.length > 0 ? [before()] : [])].join(" union all ")})
    where ${concerned}`);
}

/**
 * Refuse every row that shares a value with an earlier one that stays. With several constraints a refused
 * row may make room for a later one, so this goes on until nothing changes.
 */
async function settle(database: Database, constraints: readonly Constraint[]): Promise<number> {
  const firsts = constraints.map((_, i) => `min(place) over (partition by k${i}) as first${i}`);
  const free = constraints.map((_, i) => `(k${i} is null or first${i} = place)`).join(" and ");
  const loses = constraints.map(
    (_, i) => `(k${i} is not null and first${i} <> place and first${i} in (select place from kept))`,
  );
  const reasons = constraints.map(({ reason }, i) => `case when ${loses[i]} then ${quoteText(reason)} end`);
  const round = `
    with live as (select *, ${firsts.join(", ")} from ${gate.rivals} where reasons is null),
    kept as (select place from live where part < 0 or (${free}))
    update ${gate.rivals} set reasons = lost.reasons from (
      select place, list_filter([${reasons.join(", ")}], lambda x: x is not null) as reasons
      from live where part >= 0 and (${loses.join(" or ")})
    ) lost where ${gate.rivals}.place = lost.place`;
  for (;;) {
    const { rowsChanged } = await database.run(round);
    if (rowsChanged === 0 || constraints.length === 1) break;
  }
  await database.run(
    `insert into ${gate.losers} select part, row, guard, reasons from ${gate.rivals} where reasons is not null`,
  );
  const { rows } = await database.one<{ rows: bigint }>(`select count(*) as rows from ${gate.losers}`);
  return Number(rows);
}
