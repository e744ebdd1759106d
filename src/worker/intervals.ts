import type { IntervalsWork, SurveyWork, WorkResult } from "../executor/executor.ts";
import type { StoredFile } from "../graph/stored-file.ts";
import { keep, located, repeats, type Tools } from "./tools.ts";

const nothing = { same: false, files: [], columns: [], rows: 0, answers: [] };

/** Look in which intervals tables have rows. */
export async function survey(work: SurveyWork, tools: Tools): Promise<WorkResult> {
  tools.onProgress({ phase: "reading" });
  const surveys = [];
  for (const { table, ...looked } of work.tables) {
    const found = await located(table, tools.storage);
    surveys.push(await tools.session.survey({ ...looked, table: found, grain: work.grain }));
  }
  return { ...nothing, surveys };
}

/** Build intervals and keep them. A part that comes out as it was stays the file that it is. */
export async function intervals(work: IntervalsWork, directory: string, tools: Tools): Promise<WorkResult> {
  tools.onProgress({ phase: "building" });
  const { storage, session } = tools;
  const inputs = await Promise.all(work.inputs.map((table) => located(table, storage)));
  const runs = await Promise.all(
    work.runs.map(async ({ part, ...run }) =>
      part === undefined ? run : { ...run, keep: await storage.local(part) },
    ),
  );
  const { sql, columns, by, grain, lookback, times, rowsPerFile } = work;
  const request = { sql, columns, by, grain, lookback, times, rowsPerFile, inputs, runs, directory };
  const made = await session.buildIntervals(request);
  tools.onProgress({ phase: "keeping" });
  const files: StoredFile[] = [];
  const spans: NonNullable<WorkResult["spans"]>[number][] = [];
  for (const [index, { run, span, ...written }] of made.entries()) {
    const before = work.runs[run]?.part;
    const previous = before && { files: [before], rows: before.rows, columns: before.columns };
    const same = previous !== undefined && (await repeats(written, previous, tools));
    files.push(
      same && before !== undefined
        ? before
        : await keep(written, `${work.keyPrefix}/part-${index}.parquet`, tools),
    );
    spans.push({ run, span });
  }
  return { ...nothing, files, spans };
}
