import { join } from "node:path";
import type { WrittenFile } from "../engine/engine.ts";
import { SluiceError } from "../errors.ts";
import type { ComputeWork } from "../executor/executor.ts";
import type { Model } from "../define/model.ts";
import { loadDefinition } from "./load-definition.ts";
import { locate, type Tools } from "./tools.ts";
import { frameOf, messageOf } from "./user-code.ts";

type Rows = Iterable<Record<string, unknown>> | AsyncIterable<Record<string, unknown>>;

/** Run a TypeScript model's `rows` over its inputs and write what it yields. Errors: `build-failed`. */
export async function compute(work: ComputeWork, directory: string, tools: Tools): Promise<WrittenFile> {
  const definition = await loadDefinition<Model>(work.module);
  const tables = await locate(work.inputs, tools);
  const inputs = new Map(tables.map((table) => [table.name, table]));
  const readers = Object.fromEntries(
    Object.entries(work.aliases).map(([alias, dataset]) => {
      const table = inputs.get(dataset);
      if (!table) throw new Error(`input ${dataset} of ${work.dataset} was not pinned`);
      return [alias, { [Symbol.asyncIterator]: () => tools.session.rows(table)[Symbol.asyncIterator]() }];
    }),
  );
  tools.onProgress({ phase: "building" });
  const compute = definition.rows as ((inputs: unknown) => Rows) | undefined;
  if (!compute) throw new Error(`${work.dataset} has no rows function`);
  return tools.session.write(
    counted(compute, readers, work, tools),
    work.columns,
    join(directory, "part-0.parquet"),
  );
}

/** The model's rows, with progress, and with its errors named as its own. */
async function* counted(
  compute: (inputs: unknown) => Rows,
  readers: unknown,
  work: ComputeWork,
  tools: Tools,
): AsyncGenerator<Record<string, unknown>> {
  let rows = 0;
  try {
    for await (const row of compute(readers)) {
      yield row;
      rows += 1;
      if (rows % 10_000 === 0) {
        tools.signal.throwIfAborted();
        tools.onProgress({ phase: "building", rows });
      }
    }
  } catch (error) {
    if (error instanceof SluiceError || tools.signal.aborted) throw error;
    throw new SluiceError(
      "build-failed",
      `the rows function of ${work.dataset} failed after ${rows} rows: ${messageOf(error)}`,
      {
        cause: error,
        details: frameOf(error, work.module),
      },
    );
  }
}
