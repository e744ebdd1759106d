import { SluiceError } from "../errors.ts";
import { fileIds } from "../graph/file-ids.ts";
import type { ModelNode } from "../graph/graph.ts";
import { numbersIn, type Span, spansOf, unite } from "../graph/intervals.ts";
import type { Materialized } from "../graph/materialized.ts";
import { rowsKey, type StoredFile, unitedFiles } from "../graph/stored-file.ts";
import type { InputTimes, Version } from "../graph/version.ts";
import { placeOf } from "../plan/build-key.ts";
import type { IntervalInputs, TimedFile } from "../plan/interval-parts.ts";
import { filesOf, withFiles } from "./parts.ts";
import { pinVersions } from "./pin-versions.ts";
import { type Context, perform, pinnedInput, workSettings } from "./context.ts";

type Interval = Extract<Materialized, { readonly kind: "interval" }>;

/** What is known of the times in a model's inputs. */
export type KnownTimes = Pick<IntervalInputs, "files" | "earlier" | "merged" | "touched"> & {
  readonly times: InputTimes;
};

interface Unknown {
  readonly id: string;
  readonly time: string;
  /** With this file alone. */
  readonly version: Version;
  /** The file that it has some rows of, likewise, and its id. `gone`: the landing files whose rows it lacks, if known. */
  readonly before?: {
    readonly version: Version;
    readonly id: string;
    readonly gone: readonly string[] | undefined;
  };
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
      if (spans !== undefined) {
        known.set(id, spans);
        continue;
      }
      const isCut = file.cut !== undefined || file.without !== undefined;
      const before =
        isCut &&
        (await cutFrom(context, version, file, place, {
          current,
          earlier,
          present: new Set(ids),
        }));
      const alone = withFiles(version, [file]);
      unknown.push({ id, time, version: alone, ...(before ? { before } : {}) });
    }
  }
  const touched: Span[] = [];
  const seen = await look(context, node, kept, unknown);
  for (const [index, { id, before }] of unknown.entries()) {
    const now = seen[index] ?? nothing;
    if (before !== undefined) merged.set(before.id, id);
    if (now.gone === undefined) {
      known.set(id, spansOf([...now.rows.keys()]));
      touched.push(...(before === undefined ? [] : differences(now)));
    } else {
      const empty = new Set(now.gone.filter((number) => !now.rows.has(number)));
      const had = numbersIn(earlier.get(before?.id ?? "") ?? []);
      known.set(id, spansOf(had.filter((number) => !empty.has(number))));
      touched.push(...spansOf(now.gone));
    }
  }
  const files = order.map((id): TimedFile => ({ id, spans: known.get(id) ?? [] }));
  return { files, earlier, merged, touched, times: { of, files: Object.fromEntries(known) } };
}

/**
 * Rows by number of interval, now and in the file that it was cut out of; or now where rows are gone, and where these were.
 */
interface Seen {
  readonly rows: ReadonlyMap<number, number>;
  readonly gone?: readonly number[];
  readonly before?: ReadonlyMap<number, number>;
}

const nothing: Seen = { rows: new Map() };

/** Where rows were cut out: a file that has some rows of another, and no others, lacks none where it has as many. */
const differences = ({ rows, before = nothing.rows }: Seen): Span[] =>
  spansOf([...before].flatMap(([number, many]) => (rows.get(number) === many ? [] : [number])));

/**
 * The file of the version before of which a file has some rows and no others, if it is known and still there: cut out of
 * it, or itself, read without rows that went since.
 */
async function cutFrom(
  { ports }: Context,
  version: Version,
  now: StoredFile,
  place: number,
  known: {
    readonly current: Version | undefined;
    readonly earlier: ReadonlyMap<string, unknown>;
    readonly present: ReadonlySet<string>;
  },
): Promise<Unknown["before"]> {
  const read = known.current?.inputs[version.dataset];
  if (read === undefined) return undefined;
  const [before] = await ports.store.versions([read]);
  if (before === undefined || before.gone !== undefined) return undefined;
  const files = filesOf(before);
  const index = files.findIndex((file) =>
    now.cut === undefined ? isRowsOf(now, file) : rowsKey(file) === now.cut,
  );
  const [file, id] = [files[index], fileIds(files, place)[index]];
  if (file === undefined || id === undefined || !known.earlier.has(id) || known.present.has(id))
    return undefined;
  const gone =
    now.cut === undefined ? namesIn(now).filter((name) => !namesIn(file).includes(name)) : undefined;
  return { id, version: withFiles(before, [file]), gone };
}

/** The landing files whose rows in a file nobody reads. */
const namesIn = ({ without = {} }: StoredFile): readonly string[] => Object.keys(without);

/** Whether a file is another one, but for rows that are left out of it. */
const isRowsOf = (now: StoredFile, other: StoredFile): boolean =>
  now.sha256 === other.sha256 && namesIn(other).every((name) => namesIn(now).includes(name));

/** Of a file that was put together of files that are all known and not there any more. */
function spansOfMerged(
  file: StoredFile,
  place: number,
  present: ReadonlySet<string>,
  id: string,
  earlier: ReadonlyMap<string, readonly Span[]>,
  merged: Map<string, string>,
): readonly Span[] | undefined {
  const united = unitedFiles(file);
  if (united === undefined) return undefined;
  const ids = fileIds(
    united.map((sha256) => ({ sha256 })),
    place,
  );
  if (!ids.every((one) => earlier.has(one) && !present.has(one))) return undefined;
  for (const one of ids) merged.set(one, id);
  return unite(ids.map((one) => earlier.get(one) ?? []));
}

/** What to look at; see `SurveyWork`. */
interface Looked {
  readonly version: Version;
  readonly time: string;
  readonly gone?: readonly string[];
}

async function look(
  context: Context,
  node: ModelNode,
  { grain }: Interval,
  unknown: readonly Unknown[],
): Promise<readonly Seen[]> {
  if (unknown.length === 0) return [];
  const all = unknown.flatMap(({ version, time, before }): Looked[] => {
    if (before === undefined) return [{ version, time }];
    const { gone } = before;
    return gone
      ? [{ version, time, gone }]
      : [
          { version, time },
          { version: before.version, time },
        ];
  });
  const tables = await pinVersions(
    context.ports.store,
    all.map(({ version }) => version),
  );
  const { surveys = [] } = await perform(context, {
    kind: "survey",
    ...(await workSettings(context, node, [], context.ports.newId())),
    grain,
    tables: all.flatMap(({ version: _, ...looked }, index) => {
      const table = tables[index];
      return table === undefined ? [] : [{ table, ...looked }];
    }),
  });
  const answers = surveys.map(({ intervals, counts, without, gone }) => ({
    rows: new Map(intervals.map((number, index) => [number, counts[index] ?? 0])),
    without,
    gone,
  }));
  return unknown.map(({ version, time, before }) => {
    const { rows = nothing.rows, without = 0, gone } = answers.shift() ?? {};
    if (without > 0) throw withoutTime(node, version.dataset, time, without);
    if (gone !== undefined) return { rows, gone };
    return before === undefined ? { rows } : { rows, before: answers.shift()?.rows ?? nothing.rows };
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
