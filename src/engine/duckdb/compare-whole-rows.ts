import type { CompareRequest, SampledRow, TableComparison } from "../engine.ts";
import { fewRows, type Sides } from "./compared-sides.ts";
import type { Database } from "./database.ts";

const surplusTable = "temp.sluice_surplus";

/** Compare rows as wholes, each as often as it is there: what one side has more often than the other. */
export async function compareWholeRows(
  database: Database,
  request: CompareRequest,
  sides: Sides,
): Promise<TableComparison> {
  try {
    await database.run(`create or replace temp table ${surplusTable} as
      select row_hash, sum(case when in_b then 1 else -1 end) as surplus
      from (${hashedRows(sides)}) group by row_hash having surplus <> 0`);
    const { added, removed } = await database.one<{ added: bigint; removed: bigint }>(`
      select coalesce(sum(case when surplus > 0 then surplus end), 0)::bigint as added,
        coalesce(-sum(case when surplus < 0 then surplus end), 0)::bigint as removed from ${surplusTable}`);
    return {
      added: Number(added),
      removed: Number(removed),
      changed: 0,
      matched: 0,
      nullKeys: { a: 0, b: 0 },
      repeated: { keys: 0, a: 0, b: 0, different: 0 },
      values: {},
      distinct: await distinct(database, sides),
      renamed: await renamedByContent(database, request, sides),
      sample: {
        added: await surplusRows(database, request, sides, "surplus > 0"),
        removed: await surplusRows(database, request, sides, "surplus < 0"),
        changed: [],
      },
    };
  } finally {
    await database.connection.run(`drop table if exists ${surplusTable}`);
  }
}

/** Rows of both sides with their hash: made of both at once, so that numbers of two types are of one first. */
function hashedRows({ a, b, others }: Sides, columns = ""): string {
  const values = others.map(({ alias }) => alias).join(", ");
  return `select hash(${values}) as row_hash, in_b${columns}
    from (select *, false as in_b from (${a}) union all select *, true as in_b from (${b}))`;
}

async function distinct(database: Database, { a, b, others }: Sides): Promise<TableComparison["distinct"]> {
  const list = others.map(({ alias }) => `approx_count_distinct(${alias}) as ${alias}`).join(", ");
  const left = await database.one<Record<string, bigint>>(`select ${list} from (${a})`);
  const right = await database.one<Record<string, bigint>>(`select ${list} from (${b})`);
  return Object.fromEntries(
    others.map(({ name, alias }) => [name, { a: Number(left[alias]), b: Number(right[alias]) }]),
  );
}

/** Pairs whose values are the same, each as often, whatever row they are in; see `sameRows` for the sums. */
async function renamedByContent(
  database: Database,
  request: CompareRequest,
  { renames }: Sides,
): Promise<TableComparison["renamed"]> {
  if (request.renames.length === 0) return [];
  const sums = async (side: "a" | "b"): Promise<Record<string, string>> => {
    const list = request.renames.map(
      (_, index) =>
        `count(case when f${index} then 1 end)::varchar || '/' || sum(r${index}::hugeint)::varchar || '/' ||
          sum(hash(r${index}, 1)::hugeint)::varchar as r${index}`,
    );
    return database.one(`select ${list.join(", ")} from (${renames[side]})`);
  };
  const [a, b] = [await sums("a"), await sums("b")];
  return request.renames.filter(
    (_, index) => a[`r${index}`] === b[`r${index}`] && !(a[`r${index}`] ?? "0/").startsWith("0/"),
  );
}

async function surplusRows(
  database: Database,
  request: CompareRequest,
  sides: Sides,
  condition: "surplus > 0" | "surplus < 0",
): Promise<SampledRow[]> {
  const shown = sides.others.filter(({ name }) => request.shown.includes(name));
  if (shown.length === 0 || request.samples === 0) return [];
  const values = shown.map(({ alias }) => alias);
  const rows = await fewRows(
    database,
    `select ${values.map((alias) => `any_value(${alias}) as ${alias}`).join(", ")}, any_value(abs(surplus))::bigint as times
    from (${hashedRows(sides, `, ${values.join(", ")}`)})
    join (select * from ${surplusTable} where ${condition} order by row_hash limit ${request.samples}) using (row_hash)
    where in_b = (surplus > 0) group by row_hash order by all`,
  );
  return rows.map((row) => ({
    row: Object.fromEntries(shown.map(({ name }, index) => [name, row[index]])),
    times: Number(row[shown.length]),
  }));
}
