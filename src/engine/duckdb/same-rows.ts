import { quoteName } from "../../sql/quote.ts";
import type { InputTable } from "../engine.ts";
import type { Database } from "./database.ts";
import { SluiceError } from "../../errors.ts";
import { inWords, plainWords } from "./engine-failure.ts";
import { tableQuery } from "./tables.ts";

/**
 * Whether two tables hold the same rows, each as often, in any order: equal counts, equal sums of 64-bit
 * hashes of the rows and equal sums of a second hash of those. Sums rather than exclusive ors, because two
 * equal rows must not cancel out.
 */
export async function sameRows(database: Database, a: InputTable, b: InputTable): Promise<boolean> {
  if (shape(a) !== shape(b)) return false;
  return inWords(
    "comparing rows",
    async () => {
      const left = await fingerprint(database, a);
      const right = await fingerprint(database, b);
      return left === right;
    },
    (failure, cause) =>
      new SluiceError("build-failed", `rows of ${a.name} could not be compared: ${plainWords(failure)}`, {
        cause,
      }),
  );
}

const shape = ({ columns }: InputTable): string =>
  JSON.stringify(columns.map(({ name, engineType }) => [name, engineType]));

async function fingerprint(database: Database, table: InputTable): Promise<string> {
  const columns = table.columns.map(({ name }) => quoteName(name)).join(", ");
  const row = await database.one<{ rows: bigint; first: string; second: string }>(`
    select count(*) as rows,
      coalesce(sum(cast(h as hugeint)), 0)::varchar as first,
      coalesce(sum(cast(hash(h, 1) as hugeint)), 0)::varchar as second
    from (select hash(${columns}) as h from (${tableQuery(table)}))`);
  return `${row.rows}/${row.first}/${row.second}`;
}
