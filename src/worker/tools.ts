import type { EngineSession, InputTable, WrittenFile } from "../engine/engine.ts";
import type { AuditWork, PinnedTable, PreviousVersion, Work, WorkProgress } from "../executor/executor.ts";
import { localFiles, type StoredFile } from "../graph/stored-file.ts";
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
  const others = await locate(work.others, tools);
  return [...answers, ...(await tools.session.ask(table, open, others, undefined, statistics))];
}

/** Answer questions about files that are kept; those that are known to be clean are not looked at again. */
export async function auditKept(work: AuditWork, tools: Tools): Promise<readonly CheckAnswer[]> {
  const { table, clean } = work;
  const { storage, session } = tools;
  const statistics = work.statistics ?? { rows: 0, columns: [] };
  const { answers, open } =
    work.statistics === undefined ? { answers: [], open: work.questions } : prove(work.questions, statistics);
  const partly = new Set(clean?.questions);
  const whole = open.filter(({ id }) => !partly.has(id));
  const rest = open.filter(({ id }) => partly.has(id));
  const all = [...answers];
  if (rest.length > 0 && clean !== undefined) {
    tools.onProgress({ phase: "auditing" });
    const known = new Set(clean.keys);
    const files = (isKnown: boolean) => table.files.filter(({ key }) => known.has(key) === isKnown);
    const [added, kept] = [files(false), files(true)];
    const fresh = await located({ ...table, files: added }, storage);
    const apart = rest.filter(({ id }) => clean.apart.includes(id));
    const others = rest.filter(({ id }) => !clean.apart.includes(id));
    const answered: CheckAnswer[] = [];
    if (others.length > 0) {
      const before = await located({ ...table, files: kept }, storage);
      answered.push(...(await session.ask(fresh, others, [], before, work.statistics)));
    }
    // What new rows say of each other is all there is to say where no old one can be like them.
    if (apart.length > 0) answered.push(...(await session.ask(fresh, apart, [])));
    all.push(...answered.map((answer) => withBefore(answer, work)));
  }
  // Files that no question is about need not be here.
  if (whole.length === 0) return all;
  const asked = { ...work, questions: whole };
  return [...all, ...(await auditTable(asked, await located(table, storage), work.statistics, tools))];
}

/** What new rows do to a check, put together with what was counted of those before. */
function withBefore({ of: _, ...answer }: CheckAnswer, work: AuditWork): CheckAnswer {
  const counted = work.clean?.counted?.[answer.id];
  const question = work.questions.find(({ id }) => id === answer.id);
  // How many rows were looked at is not how many there are.
  const of = question?.where === undefined ? work.statistics?.rows : undefined;
  const told = of === undefined ? answer : { ...answer, of };
  if (counted === undefined || answer.error !== undefined) return told;
  const sample = [...answer.sample, ...counted.sample].slice(0, sampled);
  return { ...told, value: answer.value + counted.value, sample };
}

/** Offending rows that an answer shows. */
const sampled = 5;

/** Copy the rows of kept files, in their order, into one. */
export async function merge(
  files: readonly StoredFile[],
  output: string,
  { session, storage }: Tools,
): Promise<WrittenFile> {
  return session.rewrite(await Promise.all(files.map((file) => storage.local(file))), [], "", output);
}

/** A kept file with the files that it was put together of. */
export function mergedFrom(file: StoredFile, files: readonly StoredFile[]): StoredFile {
  const types = new Map(files[0]?.columns.map(({ name, engineType }) => [name, engineType]));
  return {
    ...file,
    // A type as the file spells it may be another than the one that was asked for.
    columns: file.columns.map((one) => ({ ...one, engineType: types.get(one.name) ?? one.engineType })),
    merged: files.map(({ sha256 }) => sha256),
  };
}

/** Make a written file durable under its key. */
export async function keep(written: WrittenFile, key: string, tools: Tools): Promise<StoredFile> {
  const { bytes, sha256 } = await tools.storage.keep(written.path, key);
  return { key, rows: written.rows, bytes, sha256, columns: written.columns };
}

/** Milliseconds after which files that are not there are said to be fetched. */
const moment = 300;

/** Pinned tables with the paths of their files on this machine. */
export async function locate(tables: readonly PinnedTable[], tools: Tools): Promise<InputTable[]> {
  const waiting = setTimeout(() => tools.onProgress({ phase: "fetching" }), moment);
  try {
    return await Promise.all(tables.map((table) => located(table, tools.storage)));
  } finally {
    clearTimeout(waiting);
  }
}

/** A pinned table with the paths of its files on this machine. */
export async function located(table: PinnedTable, storage: Storage): Promise<InputTable> {
  const { name, columns, view } = table;
  const files = await localFiles(table.files, (file) => storage.local(file));
  if (view === undefined) return { name, ...files, columns };
  const inputs = await Promise.all(view.inputs.map((input) => located(input, storage)));
  return { name, ...files, columns, view: { ...view, inputs } };
}

/** Whether a candidate has the rows of an earlier version. Statistics tell most differences for nothing; only when they agree are the rows compared. */
export async function repeats(
  written: WrittenFile,
  previous: PreviousVersion,
  tools: Tools,
): Promise<boolean> {
  if (written.rows !== previous.rows || !sameStatistics(written.columns, previous.columns)) return false;
  const columns = written.columns;
  const before = {
    name: "previous",
    ...(await localFiles(previous.files, (file) => tools.storage.local(file))),
    columns,
  };
  return tools.session.sameRows({ name: "candidate", files: [written.path], columns }, before);
}

function sameStatistics(a: readonly ColumnStatistics[], b: readonly ColumnStatistics[]): boolean {
  const key = (columns: readonly ColumnStatistics[]): string =>
    JSON.stringify(columns.map((c) => [c.name, c.engineType, c.nulls, c.min ?? null, c.max ?? null]));
  return key(a) === key(b);
}
