import { SluiceError } from "../../errors.ts";
import type { CompareRequest, TableComparison } from "../engine.ts";
import { compareByKey } from "./compare-by-key.ts";
import { compareWholeRows } from "./compare-whole-rows.ts";
import { comparedSides } from "./compared-sides.ts";
import type { Database } from "./database.ts";
import { type EngineFailure, inWords, plainWords } from "./engine-failure.ts";
import { escapePath } from "./paths.ts";
import { pathsOf } from "./tables.ts";
import { tablesWithin } from "./views.ts";

/**
 * How two tables differ. Rows stay in the engine, which spills; only samples leave it. Long values are compared
 * by a hash of 64 bits: that one change in 2^64 goes unnoticed is the price of comparing tables larger than memory.
 */
export async function compareTables(database: Database, request: CompareRequest): Promise<TableComparison> {
  const sides = comparedSides(request);
  const compare = sides.key.length > 0 ? compareByKey : compareWholeRows;
  return inWords(
    `comparing ${request.a.name}`,
    () => inAnyOrder(database, () => compare(database, request, sides)),
    (failure, cause) => comparisonFailed(request, failure, cause),
  );
}

/** Nobody asks for the order of rows here, and keeping it costs memory. */
async function inAnyOrder<T>(database: Database, work: () => Promise<T>): Promise<T> {
  await database.run("set preserve_insertion_order = false");
  try {
    return await work();
  } finally {
    await database.connection.run("set preserve_insertion_order = true");
  }
}

function comparisonFailed({ a, b }: CompareRequest, failure: EngineFailure, cause: unknown): SluiceError {
  const damaged = tablesWithin([a, b])
    .flatMap(pathsOf)
    .find((file) => failure.message.includes(file) || failure.message.includes(escapePath(file)));
  if (damaged === undefined) {
    return new SluiceError("build-failed", `${a.name} could not be compared: ${plainWords(failure)}`, {
      cause,
    });
  }
  const words = `a stored file of ${a.name} cannot be read: ${plainWords(failure)}`;
  return new SluiceError("storage-damaged", words, {
    cause,
    hint: "restore it from a backup, or compare without reading data: sluice diff … --no-rows",
  });
}
