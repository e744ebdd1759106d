import { SluiceError } from "../../errors.ts";
import { compileContract, type ContractColumn } from "./contract.ts";
import type { Database } from "./database.ts";
import { engineFailure, plainWords } from "./engine-failure.ts";

/**
 * Try a contract on nothing, so that a pattern or a format that the engine does not understand is told as
 * such, and not as a fault of the delivery. Errors: `project-invalid`.
 */
export async function checkContract(database: Database, columns: readonly ContractColumn[]): Promise<void> {
  if (await isUnderstood(database, columns)) return;
  for (const column of columns) {
    const refusal = await refusalOf(database, [column]);
    if (refusal === undefined) continue;
    throw new SluiceError(
      "project-invalid",
      `the contract of column "${column.name}" cannot be used: ${refusal}`,
      {
        hint: "patterns are regular expressions of RE2, formats those of strptime, limits of the column's type",
      },
    );
  }
}

const isUnderstood = async (database: Database, columns: readonly ContractColumn[]): Promise<boolean> =>
  (await refusalOf(database, columns)) === undefined;

async function refusalOf(
  database: Database,
  columns: readonly ContractColumn[],
): Promise<string | undefined> {
  const contract = compileContract(columns, { types: [], mayHoldNul: true });
  const delivered = columns.map((_, index) => `null::varchar as r${index}`);
  const values = contract.values.map((value, index) => `${value} as v${index}`);
  try {
    await database.run(
      `select ${[...contract.outputs, contract.fine, contract.reasons].join(", ")}
      from (select *, ${values.join(", ")} from (select ${delivered.join(", ")}))`,
    );
    return undefined;
  } catch (error) {
    const failure = engineFailure(error);
    if (!failure || failure.kind === "Out of Memory" || failure.kind === "INTERRUPT") throw error;
    return plainWords(failure);
  }
}
