import { SluiceError } from "../../errors.ts";
import type { TableColumn } from "../../graph/table-column.ts";
import { quoteName } from "../../sql/quote.ts";
import type { InputTable } from "../engine.ts";
import type { Database } from "./database.ts";
import { inWords, plainWords } from "./engine-failure.ts";
import { tableQuery } from "./tables.ts";

/**
 * Which columns are the same in two tables of as many rows. Rows that have no key are matched by their order, value
 * by value. Rows with a key are matched by it: equal sums of 64-bit hashes of key and value, and equal sums of a
 * second hash of those, as in `sameRows`. The key itself must be the same, or nothing is.
 */
export async function sameColumns(
  database: Database,
  a: InputTable,
  b: InputTable,
  columns: readonly string[],
  by: readonly string[],
): Promise<readonly string[]> {
  const compared = columns.flatMap((name) => a.columns.find((column) => column.name === name) ?? []);
  if (compared.length === 0) return [];
  return inWords(
    "comparing columns",
    async () => {
      const same = by.length === 0 ? byOrder(database, a, b, compared) : byKey(database, a, b, compared, by);
      const verdicts = await same;
      return compared.flatMap(({ name }, at) => (verdicts[at] === true ? [name] : []));
    },
    (failure, cause) =>
      new SluiceError("build-failed", `columns of ${a.name} could not be compared: ${plainWords(failure)}`, {
        cause,
      }),
  );
}

/** Types whose values are equal only if they are the same; 0 and -0, or a month and 30 days, are equal and not the same. */
export const plainType =
  /^(BOOLEAN|DATE|TIME|UUID|BLOB|VARCHAR|U?(TINY|SMALL|BIG)?INT(EGER)?|DECIMAL\(.*\)|TIMESTAMP.*)$/;

async function byOrder(
  database: Database,
  a: InputTable,
  b: InputTable,
  columns: readonly TableColumn[],
): Promise<readonly boolean[]> {
  const equal = columns.map(({ name, engineType }, at) => {
    const [left, right] = [`a.${quoteName(name)}`, `b.${quoteName(name)}`];
    const values = `${left} is not distinct from ${right}`;
    const texts = `cast(${left} as varchar) is not distinct from cast(${right} as varchar)`;
    return `coalesce(bool_and(${plainType.test(engineType) ? values : `${values} and ${texts}`}), true) as c${at}`;
  });
  const row = await database.one<Record<string, boolean>>(
    `select ${equal.join(", ")} from (${tableQuery(a)}) as a positional join (${tableQuery(b)}) as b`,
  );
  return columns.map((_, at) => row[`c${at}`] === true);
}

async function byKey(
  database: Database,
  a: InputTable,
  b: InputTable,
  columns: readonly TableColumn[],
  key: readonly string[],
): Promise<readonly boolean[]> {
  const [left, right] = [await sums(database, a, columns, key), await sums(database, b, columns, key)];
  return columns.map((_, at) => left[0] === right[0] && left[at + 1] === right[at + 1]);
}

/** Of the key, then of each column together with it. */
async function sums(
  database: Database,
  table: InputTable,
  columns: readonly TableColumn[],
  key: readonly string[],
): Promise<readonly string[]> {
  const values = columns.map(({ name, engineType }) => {
    const value = quoteName(name);
    return plainType.test(engineType) ? value : `${value}, cast(${value} as varchar)`;
  });
  const matched = `hash(${key.map(quoteName).join(", ")})`;
  const hashes = [`hash(${matched})`, ...values.map((value) => `hash(hash(${matched}, ${value}))`)];
  const names = hashes.map((_, at) => `h${at}`);
  const totals = names.map(
    (name) =>
      `concat(coalesce(sum(cast(${name} as hugeint)), 0), '/', coalesce(sum(cast(hash(${name}, 1) as hugeint)), 0)) as ${name}`,
  );
  const row = await database.one<Record<string, string>>(`
    select ${totals.join(", ")}
    from (select ${hashes.map((hash, at) => `${hash} as h${at}`).join(", ")} from (${tableQuery(table)}))`);
  return names.map((name) => row[name] ?? "");
}
