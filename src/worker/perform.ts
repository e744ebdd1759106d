import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { WrittenFile } from "../engine/engine.ts";
import { SluiceError } from "../errors.ts";
import type { PreviousVersion, Work, WorkResult } from "../executor/executor.ts";
import type { StoredFile } from "../graph/stored-file.ts";
import { compute } from "./compute.ts";
import { intervals, survey } from "./intervals.ts";
import { read } from "./read.ts";
import { explainDisk } from "./disk-failure.ts";
import { auditKept, auditTable, keep, locate, merge, mergedFrom, repeats, type Tools } from "./tools.ts";
import { profileFiles, profileKept } from "./profile.ts";
import { bytesRead } from "./bytes-read.ts";
import { upsert } from "./upsert.ts";
import { markUnchanged } from "./unchanged-columns.ts";

/**
 * Do one piece of work: write candidates into a staging directory of this attempt, audit them where they
 * lie, then keep them under their final keys. Nothing points to what was kept until the run publishes it.
 */
export async function perform(work: Work, tools: Tools): Promise<WorkResult> {
  const [directory] = await Promise.all([
    tools.storage.stage(work.attempt),
    tools.session.expect(bytesRead(work)),
  ]);
  const stop = (): void => void tools.storage.letGo().catch(() => undefined);
  tools.signal.addEventListener("abort", stop);
  try {
    switch (work.kind) {
      case "read":
        return await read(work, directory, tools);
      case "build": {
        const inputs = await locate(work.inputs, tools);
        tools.onProgress({ phase: "building" });
        const built = await tools.session.build({
          sql: work.sql,
          inputs,
          columns: work.columns,
          parameters: work.parameters,
          output: join(directory, "part-0.parquet"),
        });
        return await finish(work, built, tools);
      }
      case "compute":
        return await finish(work, await compute(work, directory, tools), tools);
      case "audit": {
        const [table, other] = work.other ? await locate([work.table, work.other], tools) : [];
        const same = table && other ? await tools.session.sameRows(table, other) : false;
        const answers = await auditKept(work, tools);
        return { same, files: [], columns: [], rows: 0, answers, ...(await profileKept(work, tools)) };
      }
      case "survey":
        return await survey(work, tools);
      case "intervals":
        return await intervals(work, directory, tools);
      case "upsert":
        return await upsert(work, directory, tools);
      case "merge": {
        tools.onProgress({ phase: "keeping" });
        const merged = await merge(work.files, join(directory, "part-0.parquet"), tools);
        const file = await keep(merged, `${work.keyPrefix}/part-0.parquet`, tools);
        const { columns, rows } = file;
        return { same: false, files: [mergedFrom(file, work.files)], columns, rows, answers: [] };
      }
    }
  } catch (error) {
    throw tools.signal.aborted
      ? new SluiceError("interrupted", "the run was stopped", { cause: error })
      : explainDisk(tools.session.explain(error), work.dataset);
  } finally {
    tools.signal.removeEventListener("abort", stop);
    // What cannot be removed now is swept away by the next run; why the work failed matters more.
    await Promise.allSettled([tools.storage.letGo(), rm(directory, { recursive: true, force: true })]);
  }
}

/** Audit a written file and keep it, unless it only repeats the version before. */
async function finish(
  work: Extract<Work, { readonly previous?: PreviousVersion }>,
  written: WrittenFile,
  tools: Tools,
): Promise<WorkResult> {
  const table = { name: work.dataset, files: [written.path], columns: work.columns };
  const answers = await auditTable(work, table, written, tools);
  const ordered = work.kind === "build" && work.ordered;
  const kept: StoredFile[] = [];
  const same = work.previous !== undefined && !ordered && (await repeats(written, work.previous, tools));
  const columns = same ? written.columns : await markUnchanged(work, table, written, tools);
  const profile = same ? {} : await profileFiles(work.profile, [written], written.rows, tools);
  if (!same) kept.push(await keep(written, `${work.keyPrefix}/part-0.parquet`, tools));
  return { same, files: kept, columns, rows: written.rows, answers, ...profile };
}
