/** Steps of a history, through the rooms that the command line uses, and what the bare engine finds afterwards. */
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import type { StoredFile } from "../../src/graph/stored-file.ts";
import { promote } from "../../src/run/promote.ts";
import { rollback } from "../../src/run/rollback.ts";
import { run } from "../../src/run/run.ts";
import { quoteDataset, quoteName, quoteText } from "../../src/sql/quote.ts";
import type { Workspace } from "../../src/wiring.ts";

/** What moves an environment. */
export type Move =
  | { readonly do: "run"; readonly in: string; readonly select?: string | undefined }
  | { readonly do: "rollback"; readonly in: string }
  | { readonly do: "promote"; readonly from: string; readonly to: string };

/** Carry out one move. */
export async function carryOut(move: Move, workspace: Workspace): Promise<void> {
  const { ports } = workspace;
  const asked = { who: "tester", why: "", signal: new AbortController().signal };
  switch (move.do) {
    case "run": {
      const { in: environment, select } = move;
      const compiled = await workspace.project();
      const request = { ...asked, environment, select, publish: "good", signature: undefined } as const;
      await run(ports, compiled, request, () => undefined);
      return;
    }
    case "rollback":
      await rollback(ports, { ...asked, environment: move.in });
      return;
    case "promote": {
      const { from, to } = move;
      const workingTree = async () => (await workspace.project()).graph;
      await promote(ports, { ...asked, from, to, workingTree, allOrNothing: false }, () => undefined);
    }
  }
}

/** What queries of single datasets find in the files that an environment points to, by dataset. */
export async function published(
  workspace: Workspace,
  name: string,
  queries: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, unknown>>> {
  const { store } = workspace.ports;
  const pointers = [...(await store.pointers(name)).values()];
  const versions = await store.versions(pointers.map(({ version }) => version));
  const found: Record<string, unknown> = {};
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  try {
    for (const { dataset, files } of versions) {
      if (files.length === 0) {
        found[dataset] = [];
        continue;
      }
      const rows = files.map((file) => rowsOf(join(workspace.root, ".sluice/data"), file));
      const [schema = ""] = dataset.split(".");
      await connection.run(`create schema if not exists ${quoteName(schema)}`);
      await connection.run(`create view ${quoteDataset(dataset)} as ${rows.join(" union all by name ")}`);
      const sql = queries[dataset];
      if (sql !== undefined) found[dataset] = (await connection.runAndReadAll(sql)).getRowObjectsJson();
    }
    return found;
  } finally {
    connection.closeSync();
  }
}

/** The rows of a kept file that stand, as the bare engine reads them. */
function rowsOf(data: string, { key, fallen, without = {} }: StoredFile): string {
  const scan = (path: string): string =>
    `read_parquet(${quoteText(join(data, path))}, file_row_number = true)`;
  const gone = Object.keys(without).map(quoteText);
  const conditions = [
    ...(fallen === undefined ? [] : [`file_row_number not in (select "row" from ${scan(fallen.key)})`]),
    ...(gone.length === 0 ? [] : [`sluice_file::varchar not in (${gone.join(", ")})`]),
  ];
  const where = conditions.length === 0 ? "" : ` where ${conditions.join(" and ")}`;
  return `(select * exclude (file_row_number) from ${scan(key)}${where})`;
}
