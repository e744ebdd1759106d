import { SluiceError } from "../errors.ts";
import { fileIds } from "../graph/file-ids.ts";
import type { ModelNode } from "../graph/graph.ts";
import { type Span, spansOf, unite } from "../graph/intervals.ts";
import type { Materialized } from "../graph/materialized.ts";
import type { StoredFile } from "../graph/stored-file.ts";
import type { InputTimes, Version } from "../graph/version.ts";
import { placeOf } from "../plan/build-key.ts";
import type { IntervalInputs, TimedFile } from "../plan/interval-parts.ts";
import { filesOf, withFiles } from "./parts.ts";
import { pinVersions } from "./pin-versions.ts";
import { type Context, perform, pinnedInput, workSettings } from "./context.ts";

type Interval = Extract<Materialized, { readonly kind: "interval" }>;

/** What is known of the times in a model's inputs. */
export type KnownTimes = Pick<IntervalInputs, "files" | "earlier" | "merged"> & {
  readonly times: InputTimes;
};

interface Unknown {
  readonly id: string;
  readonly time: string;
  /** With this file alone. */
  readonly version: Version;
}

/**
 * In which intervals the files of a model's inputs have rows. What the version before knows is believed; only files
 * that are new are looked at. Errors: `build-failed` for rows without a time.
 */
export async function inputTimes(
  context: Context,
  node: ModelNode,
  kept: Interval,
  current: Version | undefined,
): Promise<KnownTimes> {
  const inputs = Object.entries(kept.times).map(([dataset, time]) => {
    const version = pinnedInput(context, dataset);
    return { version, time, files: filesOf(version), place: placeOf(node, dataset) };
  });
  const of = JSON.stringify([kept.grain, inputs.map(({ place, time }) => `${place} ${time}`).toSorted()]);
  const earlier = new Map(current?.times?.of === of ? Object.entries(current.times.files) : []);
  const merged = new Map<string, string>();
  const known = new Map<string, readonly Span[]>();
  const unknown: Unknown[] = [];
  const order: string[] = [];
  for (const { version, time, files, place } of inputs) {
    const ids = fileIds(files, place);
    order.push(...ids);
    for (const [index, file] of files.entries()) {
      const id = ids[index] ?? "";
      const spans = earlier.get(id) ?? spansOfMerged(file, place, new Set(ids), id, earlier, merged);
      if (spans !== undefined) known.set(id, spans);
      else unknown.push({ id, time, version: withFiles(version, [file]) });
    }
  }
  for (const [id, spans] of await look(context, node, kept, unknown)) known.set(id, spans);
  const files = order.map((id): TimedFile => ({ id, spans: known.get(id) ?? [] }));
  return { files, earlier, merged, times: { of, files: Object.fromEntries(known) } };
}

/** Of a file that was put together of files that are all known and not there any more. */
function spansOfMerged(
  file: StoredFile,
  place: number,
  present: ReadonlySet<string>,
  id: string,
  earlier: ReadonlyMap<string, readonly Span[]>,
  merged: Map<string, string>,
): readonly Span[] | undefined {
  if (file.merged === undefined) return undefined;
  const ids = fileIds(
    file.merged.map((sha256) => ({ sha256 })),
    place,
  );
  if (!ids.every((one) => earlier.has(one) && !present.has(one))) return undefined;
  for (const one of ids) merged.set(one, id);
  return unite(ids.map((one) => earlier.get(one) ?? []));
}

async function look(
  context: Context,
  node: ModelNode,
  { grain }: Interval,
  unknown: readonly Unknown[],
): Promise<readonly (readonly [string, readonly Span[]])[]> {
  if (unknown.length === 0) return [];
  const tables = await pinVersions(
    context.ports.store,
    unknown.map(({ version }) => version),
  );
  const { surveys = [] } = await perform(context, {
    kind: "survey",
    ...(await workSettings(context, node, [], context.ports.newId())),
    grain,
    tables: unknown.flatMap(({ time }, index) => {
      const table = tables[index];
      return table === undefined ? [] : [{ table, time }];
    }),
  });
  return unknown.map(({ id, version, time }, index) => {
    const { intervals, without } = surveys[index] ?? { intervals: [], without: 0 };
    if (without > 0) throw withoutTime(node, version.dataset, time, without);
    return [id, spansOf(intervals)] as const;
  });
}

function withoutTime(node: ModelNode, dataset: string, time: string, rows: number): SluiceError {
  return new SluiceError(
    "build-failed",
    `${rows} ${rows === 1 ? "row" : "rows"} of ${dataset} ${rows === 1 ? "has" : "have"} no value in "${time}", so ${node.id} has no interval for them`,
    {
      hint: `leave them out or give them a time in a model between the two, or declare "${time}" without nullable`,
    },
  );
}
