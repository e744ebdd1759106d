import type { EngineSession, InputTable, WrittenFile } from "../engine/engine.ts";
import type { PinnedTable, Work, WorkProgress } from "../executor/executor.ts";
import type { StoredFile } from "../graph/stored-file.ts";
import type { ColumnStatistics } from "../graph/table-column.ts";
import { prove } from "../quality/prove.ts";
import type { CheckAnswer } from "../quality/questions.ts";
import type { Storage } from "../storage/storage.ts";

/** What a piece of work is done with. */
export interface Tools {
  readonly session: EngineSession;
  readonly storage: Storage;
  readonly root: string;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: WorkProgress) => void;
}

/** Answer questions about a table: from the statistics of its write where they suffice, else by asking. */
export async function auditTable(
  work: Work,
  table: InputTable,
  statistics: { readonly rows: number; readonly columns: readonly ColumnStatistics[] } | undefined,
  tools: Tools,
): Promise<readonly CheckAnswer[]> {
  const { answers, open } = statistics
    ? prove(work.questions, statistics)
    : { answers: [], open: work.questions };
  if (open.length === 0) return answers;
  tools.onProgress({ phase: "auditing" });
  const others = await Promise.all(work.others.map((other) => located(other, tools.storage)));
  return [...answers, ...(await tools.session.ask(table, open, others))];
}

/** Make a written file durable under its key. */
export async function keep(written: WrittenFile, key: string, tools: Tools): Promise<StoredFile> {
  const { bytes, sha256 } = await tools.storage.keep(written.path, key);
  return { key, rows: written.rows, bytes, sha256, columns: written.columns };
}

/** A pinned table with the paths of its files on this machine. */
export async function located(table: PinnedTable, storage: Storage): Promise<InputTable> {
  const { name, columns, view } = table;
  const files = await Promise.all(table.files.map((file) => storage.local(file)));
  if (view === undefined) return { name, files, columns };
  const inputs = await Promise.all(view.inputs.map((input) => located(input, storage)));
  return { name, files, columns, view: { ...view, inputs } };
}
