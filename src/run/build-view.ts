import { SluiceError } from "../errors.ts";
import type { ModelNode } from "../graph/graph.ts";
import type { Version } from "../graph/version.ts";
import { identityOf, modelKey, viewColumns, viewContentHash } from "../plan/build-key.ts";
import { ask } from "../quality/ask.ts";
import { judge } from "../quality/judge.ts";
import { measures, readMeasures } from "../quality/measure.ts";
import { adopt, record } from "./audit-version.ts";
import { versionOf } from "./build-model.ts";
import { type Context, perform, pinnedInput, type StageResult, workSettings } from "./context.ts";
import { pinVersion } from "./pin-versions.ts";
import { provenAnswers } from "./proven-answers.ts";

/**
 * Bring a view up to date: find a version with its build key, or pin its query to the versions at which its inputs
 * stand, and ask it once, for its checks and its statistics. Nothing is written. Errors: `build-failed`.
 */
export async function buildView(context: Context, node: ModelNode): Promise<StageResult> {
  const { ports, state } = context;
  const contents = new Map(node.inputs.map((input) => [input, pinnedInput(context, input)]));
  const current = context.versions.get(node.id);
  const buildKey = modelKey(node, contents, state.engineVersion, state.parameters, current);
  const found = await state.find(buildKey);
  if (found) return adopt(context, node, found);

  const asked = ask(node);
  const id = ports.newId();
  const started = ports.now().getTime();
  const made = (result: Pick<Version, "rows" | "columns">): Version => ({
    ...versionOf(context, node, {
      id,
      buildKey,
      identity: identityOf(node, current),
      result: { files: [], ...result },
      elapsed: ports.now().getTime() - started,
    }),
    contentHash: viewContentHash(buildKey),
    query: queryOf(node),
  });
  const unknown = made({ rows: 0, columns: node.columns.map(unknownColumn) });
  const { proven, open } = await provenAnswers(context, node, asked);
  const settings = await workSettings(context, node, open, id);
  const { answers } = await perform(context, {
    kind: "audit",
    ...settings,
    questions: [...settings.questions, ...measures(unknown.columns)],
    table: await pinVersion(ports.store, unknown),
  });
  const { error, ...measured } = readMeasures(unknown.columns, answers);
  if (error !== undefined) {
    throw new SluiceError("build-failed", "the query failed", {
      details: [error],
      hint: "correct it: a view that cannot be computed for every row is not published",
    });
  }
  const columns = viewColumns(node, contents, measured.columns);
  return record(context, node, made({ ...measured, columns }), judge(asked, [...proven, ...answers]));
}

const unknownColumn = ({ name, engineType }: ModelNode["columns"][number]): Version["columns"][number] => ({
  name,
  engineType,
  nulls: 0,
});

function queryOf({ id, by }: ModelNode): string {
  if (by.kind === "sql") return by.sql;
  throw new Error(`${id} is a view without a query`);
}
