import type { ChangedRow, CompareRequest, SampledRow, TableComparison } from "../engine.ts";
import { fewRows, type Pair, type Sides } from "./compared-sides.ts";
import type { Database } from "./database.ts";

/** Keys that repeat on a side, and rows that differ by key: what the answers are read from. */
const repeatedTable = "temp.sluice_repeated";
const differenceTable = "temp.sluice_difference";

/**
 * Compare row by row: one join by key over all data writes down the few rows that differ, everything else is
 * asked of those. A key that repeats tells no row from another, so its rows are compared as a set.
 */
export async function compareByKey(
  database: Database,
  request: CompareRequest,
  sides: Sides,
): Promise<TableComparison> {
  try {
    const repeated = await findRepeated(database, sides);
    const unique = repeated.keys === 0 ? sides : withoutRepeated(sides);
    await findDifferences(database, unique);
    const counts = await count(database, sides);
    const { rows } = await database.one<{ rows: bigint }>(`select count(*) as rows from (${unique.light.a})`);
    return {
      ...counts,
      matched: Number(rows) - counts.removed,
      nullKeys: { a: await nullKeys(database, sides, "a"), b: await nullKeys(database, sides, "b") },
      repeated,
      distinct: {},
      renamed: await renamedByKey(database, request, unique),
      sample: {
        added: counts.added === 0 ? [] : await onOneSide(database, request, unique, "b"),
        removed: counts.removed === 0 ? [] : await onOneSide(database, request, unique, "a"),
        changed: counts.changed === 0 ? [] : await changedRows(database, request, unique),
      },
    };
  } finally {
    await database.connection.run(`drop table if exists ${repeatedTable}`);
    await database.connection.run(`drop table if exists ${differenceTable}`);
  }
}

const aliases = ({ key }: Sides): string => key.map(({ alias }) => alias).join(", ");

/** Nothing equals nothing here: a key with a null in it is a key like any other. */
const sameKey = ({ key }: Sides, left: string, right: string): string =>
  key.map(({ alias }) => `${left}.${alias} is not distinct from ${right}.${alias}`).join(" and ");

async function findRepeated(database: Database, sides: Sides): Promise<TableComparison["repeated"]> {
  const keys = aliases(sides);
  const twice = (side: string): string => `select ${keys} from (${side}) group by all having count(*) > 1`;
  await database.run(
    `create or replace temp table ${repeatedTable} as ${twice(sides.light.a)} union ${twice(sides.light.b)}`,
  );
  const { keys: found } = await database.one<{ keys: bigint }>(
    `select count(*) as keys from ${repeatedTable}`,
  );
  if (found === 0n) return { keys: 0, a: 0, b: 0, different: 0 };
  const rowsOf = (side: string): string =>
    `select one.* from (${side}) as one semi join ${repeatedTable} as many on ${sameKey(sides, "one", "many")}`;
  const row = await database.one<Record<"a" | "b" | "different", bigint>>(`
    with a as materialized (${rowsOf(sides.light.a)}), b as materialized (${rowsOf(sides.light.b)}),
    unlike as (
      select ${keys} from (select *, -1 as times from a union all select *, 1 as times from b)
      group by ${[keys, ...sides.others.map(({ alias }) => alias)].join(", ")} having sum(times) <> 0
    )
    select (select count(*) from a) as a, (select count(*) from b) as b,
      (select count(*) from (select distinct ${keys} from unlike)) as different`);
  return { keys: Number(found), a: Number(row.a), b: Number(row.b), different: Number(row.different) };
}

function withoutRepeated(sides: Sides): Sides {
  const only = (side: string): string =>
    `select one.* from (${side}) as one anti join ${repeatedTable} as many on ${sameKey(sides, "one", "many")}`;
  const both = ({ a, b }: Pair): Pair => ({ a: only(a), b: only(b) });
  return { ...sides, ...both(sides), light: both(sides.light), renames: both(sides.renames) };
}

const joined = (sides: Sides): string =>
  `(select *, true as here from (${sides.light.a})) as a
    full join (select *, true as here from (${sides.light.b})) as b
    on ${sameKey(sides, "a", "b")}`;

async function findDifferences(database: Database, sides: Sides): Promise<void> {
  const keys = sides.key.map(({ alias }) => `coalesce(a.${alias}, b.${alias}) as ${alias}`);
  const flags = sides.others.map(
    ({ alias }) => `a.here and b.here and a.${alias} is distinct from b.${alias} as d${alias}`,
  );
  const differs = ["not in_a", "not in_b", ...sides.others.map(({ alias }) => `d${alias}`)];
  await database.run(`create or replace temp table ${differenceTable} as
    select * from (
      select ${[...keys, "a.here is not null as in_a", "b.here is not null as in_b", ...flags].join(", ")}
      from ${joined(sides)}
    ) where ${differs.join(" or ")}`);
}

async function count(
  database: Database,
  { others }: Sides,
): Promise<Pick<TableComparison, "added" | "removed" | "changed" | "values">> {
  const row = await database.one<Record<string, bigint>>(`
    select count(case when not in_a then 1 end) as added, count(case when not in_b then 1 end) as removed,
      ${["count(case when in_a and in_b then 1 end) as changed", ...others.map(({ alias }) => `count(case when d${alias} then 1 end) as d${alias}`)].join(", ")}
    from ${differenceTable}`);
  const values = others.flatMap(({ name, alias }): [string, number][] => {
    const times = Number(row[`d${alias}`]);
    return times === 0 ? [] : [[name, times]];
  });
  return {
    added: Number(row["added"]),
    removed: Number(row["removed"]),
    changed: Number(row["changed"]),
    values: Object.fromEntries(values),
  };
}

async function nullKeys(database: Database, sides: Sides, side: "a" | "b"): Promise<number> {
  const isNull = sides.key.map(({ alias }) => `${alias} is null`).join(" or ");
  const { rows } = await database.one<{ rows: bigint }>(
    `select count(*) as rows from (${sides.light[side]}) where ${isNull}`,
  );
  return Number(rows);
}

/** Pairs that hold the same value in every matched row, and a value in at least one. */
async function renamedByKey(
  database: Database,
  request: CompareRequest,
  sides: Sides,
): Promise<TableComparison["renamed"]> {
  if (request.renames.length === 0) return [];
  const list = request.renames.map(
    (_, index) =>
      `count(case when a.r${index} <> b.r${index} then 1 end) as differ${index}, count(case when a.f${index} then 1 end) as filled${index}`,
  );
  const row = await database.one<Record<string, bigint>>(
    `select ${list.join(", ")} from (${sides.renames.a}) as a join (${sides.renames.b}) as b on ${sameKey(sides, "a", "b")}`,
  );
  return request.renames.filter(
    (_, index) => row[`differ${index}`] === 0n && (row[`filled${index}`] ?? 0n) > 0n,
  );
}

async function onOneSide(
  database: Database,
  request: CompareRequest,
  sides: Sides,
  side: "a" | "b",
): Promise<SampledRow[]> {
  const columns = [...sides.key, ...sides.others].filter(({ name }) => request.shown.includes(name));
  if (columns.length === 0 || request.samples === 0) return [];
  const other = side === "a" ? "in_b" : "in_a";
  const rows = await fewRows(
    database,
    `select ${columns.map(({ alias }) => `one.${alias}`).join(", ")}
    from (${sides[side]}) as one semi join (
      select * from ${differenceTable} where not ${other} order by ${aliases(sides)} limit ${request.samples}
    ) as chosen on ${sameKey(sides, "one", "chosen")}
    order by ${sides.key.map(({ alias }) => `one.${alias}`).join(", ")}`,
  );
  return rows.map((row) => ({
    row: Object.fromEntries(columns.map(({ name }, index) => [name, row[index]])),
  }));
}

async function changedRows(database: Database, request: CompareRequest, sides: Sides): Promise<ChangedRow[]> {
  if (request.samples === 0) return [];
  const keys = sides.key.filter(({ name }) => request.shown.includes(name));
  const { others } = sides;
  const list = [
    ...keys.map(({ alias }) => `chosen.${alias}`),
    ...others.flatMap(({ name, alias }) => [
      `chosen.d${alias}`,
      // What may not be shown does not leave the engine.
      ...(request.shown.includes(name) ? [`a.${alias}`, `b.${alias}`] : ["null", "null"]),
    ]),
  ];
  const rows = await fewRows(
    database,
    `select ${list.join(", ")} from (
      select * from ${differenceTable} where in_a and in_b order by ${aliases(sides)} limit ${request.samples}
    ) as chosen
    join (${sides.a}) as a on ${sameKey(sides, "a", "chosen")}
    join (${sides.b}) as b on ${sameKey(sides, "b", "chosen")}
    order by ${sides.key.map(({ alias }) => `chosen.${alias}`).join(", ")}`,
  );
  return rows.map((row) => ({
    key: Object.fromEntries(keys.map(({ name }, index) => [name, row[index]])),
    values: Object.fromEntries(
      others.flatMap(({ name }, index): [string, { readonly a?: unknown; readonly b?: unknown }][] => {
        const at = keys.length + index * 3;
        if (row[at] !== true) return [];
        return [[name, request.shown.includes(name) ? { a: row[at + 1], b: row[at + 2] } : {}]];
      }),
    ),
  }));
}
