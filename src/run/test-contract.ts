import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type IngestRequest, quarantineColumns, type WrittenFile } from "../engine/engine.ts";
import type { GraphColumn, SourceNode } from "../graph/graph.ts";
import type { ModelTest, TestDelivery } from "../graph/model-test.ts";
import { quoteDataset } from "../sql/quote.ts";
import type { TestBench, TestFailure } from "./test-model.ts";
import { compareTable, type TestReading } from "./test-table.ts";

/** One test of a contract on its way. */
export interface OneContract {
  readonly node: SourceNode;
  readonly test: ModelTest;
  readonly delivered: TestDelivery;
  readonly signal: AbortSignal;
  readonly inTurn: TestReading["inTurn"];
}

/** What a refused record is called in a test. */
const refusedColumns: readonly GraphColumn[] = [
  { name: "line", engineType: "BIGINT" },
  { name: "reason", engineType: "VARCHAR" },
];

/** Run one test of a contract: what is given goes through the gate of a run. Errors: those of reading, `interrupted`. */
export async function testContract(
  { ports, session }: TestBench,
  { node, test, delivered, signal, inTurn }: OneContract,
): Promise<TestFailure | undefined> {
  const directory = await ports.storage.stage(`${ports.owner}/${ports.newId()}`);
  const name = `given.${delivered.format}`;
  const path = join(directory, name);
  await writeFile(path, delivered.text);
  const request: IngestRequest = {
    files: [{ path, name, bytes: Buffer.byteLength(delivered.text) }],
    options: { format: delivered.format },
    columns: node.columns.map(contractColumn),
    existing: { files: [] },
    directory,
  };
  const found = await inTurn(() => session.ingest(request));
  const [problem] = found.problems;
  if (problem !== undefined) return { error: `what is given ${problem.message}` };
  const reading: TestReading = { session, newId: ports.newId, signal, inTurn };
  const [step] = test.steps;
  if (delivered.accepts && step !== undefined) {
    const table = tableOf(node.id, found.accepted, node.columns);
    const key = node.columns.flatMap((column) => (column.declared?.key ? [column.name] : []));
    const other = await compareTable(reading, table, node.columns, step.expect, { ordered: false, key });
    if (other !== undefined) return { rows: "accepted", ...other };
  }
  if (delivered.refused === undefined) return undefined;
  const kept = tableOf("test.quarantine", found.quarantine, quarantineColumns);
  const sql = `select position as line, array_to_string(reasons, '; ') as reason from ${quoteDataset(kept.name)}`;
  const view = { id: ports.newId(), sql, inputs: [kept] };
  const table = { name: "test.refused", files: [], columns: refusedColumns, view };
  const how = { ordered: false, key: ["line"] };
  const other = await compareTable(reading, table, refusedColumns, delivered.refused, how);
  return other && { rows: "refused", ...other };
}

const tableOf = (
  name: string,
  files: readonly WrittenFile[],
  columns: readonly { readonly name: string; readonly engineType: string }[],
) => ({ name, files: files.map(({ path }) => path), columns });

function contractColumn({ name, engineType, declared }: GraphColumn): IngestRequest["columns"][number] {
  if (declared === undefined) throw new Error(`column ${name} of a source is not declared`);
  return { name, engineType, spec: declared };
}
