import type { ModelNode } from "../graph/graph.ts";
import type { Materialized } from "../graph/materialized.ts";
import { type StoredFile } from "../graph/stored-file.ts";
import type { Version } from "../graph/version.ts";
import { appendParts, type AppendParts, inOrder } from "../plan/append-parts.ts";
import { partContext } from "../plan/build-key.ts";
import { type Context, pinnedInput, type StageResult } from "./context.ts";
import { pinVersions } from "./pin-versions.ts";
import { allOf, filesOf, makePart, type Parts, recordParts, withFiles } from "./parts.ts";

type Append = Extract<Materialized, { readonly kind: "append" }>;

/**
 * Bring an append model up to date: parts that were made from files that are still there stay as they are, and only
 * the rest of the input's files is read.
 */
export async function buildAppend(
  context: Context,
  node: ModelNode,
  { over }: Append,
  buildKey: string,
): Promise<StageResult> {
  const { store, now } = context.ports;
  const started = now().getTime();
  const current = context.versions.get(node.id);
  const input = pinnedInput(context, over);
  const contents = new Map(node.inputs.map((one) => [one, pinnedInput(context, one)]));
  const key = partContext(node, new Set([over]), contents, context.state.engineVersion, current);
  const files = filesOf(input);
  const parts: Parts = { node, current, context: key };
  let todo = appendParts(files, current?.files ?? [], key);
  if (todo.builds.length > 0) {
    const ledger = (await store.parts(key)).map(({ file }) => file);
    todo = appendParts(files, [...(current?.files ?? []), ...ledger], key);
  }
  const made = await allOf([
    ...todo.builds.map((build) => buildPart(context, parts, input, build)),
    ...todo.merges.map((merge) =>
      makePart(context, parts, merge.made, { kind: "merge", files: merge.parts }),
    ),
  ]);
  const result = await recordParts(context, parts, {
    buildKey,
    files: inOrder([...todo.taken, ...made], files),
    started,
  });
  const built = todo.builds.reduce((sum, build) => sum + build.files.length, 0);
  return { ...result, parts: { unit: "file", built, of: files.length } };
}

async function buildPart(
  context: Context,
  parts: Parts,
  input: Version,
  { files, made }: AppendParts["builds"][number],
): Promise<StoredFile> {
  const { node } = parts;
  if (node.by.kind !== "sql") throw new Error(`${node.id} has no query`);
  const whole = node.inputs.map((id) => pinnedInput(context, id));
  const some = withFiles(input, files);
  const inputs = await pinVersions(
    context.ports.store,
    whole.map((version) => (version === input ? some : version)),
  );
  const columns = node.columns.map(({ name, engineType }) => ({ name, engineType }));
  return makePart(context, parts, made, {
    kind: "build",
    sql: node.by.sql,
    ordered: true,
    parameters: {},
    inputs,
    columns,
  });
}
