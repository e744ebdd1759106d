import { join } from "node:path";
import type { EngineSession } from "../engine/engine.ts";
import { SluiceError } from "../errors.ts";
import type { DatasetId, DatasetNode, Graph, ModelNode } from "../graph/graph.ts";
import { mergeStatistics } from "../graph/merge-statistics.ts";
import type { ModelTest, ModelTestStep, RowsText } from "../graph/model-test.ts";
import type { StoredFile } from "../graph/stored-file.ts";
import type { Version } from "../graph/version.ts";
import { contentHash } from "../plan/build-key.ts";
import type { PlanState } from "../plan/plan-state.ts";
import type { Lease } from "../store/store.ts";
import { buildModel } from "./build-model.ts";
import { buildView } from "./build-view.ts";
import type { RowsDifference, RowText } from "./compare-rows.ts";
import type { Context } from "./context.ts";
import { failureOf } from "./failure.ts";
import { pinVersion } from "./pin-versions.ts";
import type { Ports } from "./ports.ts";
import { locate } from "./read.ts";
import { rowsQuery, withoutSpec } from "./test-rows.ts";
import { compareTable, type HeldRows, queryRows, type TestReading } from "./test-table.ts";

/** A place to build in that nothing of a project reaches: a store, a storage and workers of its own. */
export interface TestBench {
  readonly ports: Ports;
  /** An engine in this process, for the rows of tests. It is asked one thing at a time. */
  readonly session: EngineSession;
}

/** Why a test failed. */
export interface TestFailure {
  /** The step that failed, from 1; absent where the test has one. */
  readonly step?: number;
  /** How the model was built: at once, from deliveries one after another, or both came to the same. */
  readonly built?: "whole" | "increments";
  /** Of a contract: which rows it is about. */
  readonly rows?: "accepted" | "refused";
  /** What went wrong instead of rows. */
  readonly error?: string;
  readonly difference?: RowsDifference;
  /** What could be expected instead. */
  readonly held?: HeldRows;
}

/** One test on its way. */
export interface OneTest {
  readonly graph: Graph;
  /** The model, without anything that judges data. */
  readonly node: ModelNode;
  /** Names of its key's columns. */
  readonly key: readonly string[];
  readonly test: ModelTest;
  readonly lease: Lease;
  readonly signal: AbortSignal;
  /** Wait for the session, which is asked one thing at a time. */
  readonly inTurn: <T>(work: () => Promise<T>) => Promise<T>;
}

/** Files of inputs, in the order in which they were delivered. */
type Delivered = ReadonlyMap<DatasetId, readonly StoredFile[]>;

/**
 * Run one test: after each of its steps the model is built as a whole and, where it is kept in parts, also brought up to
 * date delivery by delivery. Both must hold what is expected. Errors: those of a build, `interrupted`.
 */
export async function testModel(bench: TestBench, one: OneTest): Promise<TestFailure | undefined> {
  const { node, test } = one;
  const rows = new TestRowsAtHand(bench, one);
  const growing = newContext(bench, one);
  let delivered: Delivered = new Map(node.inputs.map((input) => [input, []]));
  for (const [index, step] of test.steps.entries()) {
    const place = test.steps.length > 1 ? { step: index + 1 } : {};
    const deliveries = await rows.deliver(step, delivered);
    const last = deliveries.at(-1) ?? delivered;
    const attempts = [
      { built: "whole" as const, context: newContext(bench, one), stages: [last] },
      ...(inParts(node) ? [{ built: "increments" as const, context: growing, stages: deliveries }] : []),
    ];
    for (const { built, context, stages } of attempts) {
      const form = inParts(node) ? { built } : {};
      try {
        const version = await buildAll(one, context, stages);
        const found = await rows.compare(version, step.expect);
        if (found !== undefined) return { ...place, ...form, ...found };
      } catch (error) {
        if (one.signal.aborted) throw error;
        return { ...place, ...form, error: failureOf(error) };
      }
    }
    delivered = last;
  }
  return undefined;
}

/** Whether a model is brought up to date from what came, instead of being built anew. */
const inParts = ({ materialized }: ModelNode): boolean =>
  materialized !== undefined && materialized.kind !== "view";

/** The inputs whose rows come and go, and are read delivery by delivery. */
function growingInputs({ materialized }: ModelNode): ReadonlySet<DatasetId> {
  if (materialized === undefined || materialized.kind === "view") return new Set();
  return new Set(materialized.kind === "interval" ? Object.keys(materialized.times) : [materialized.over]);
}

/** What a run would know, and nothing that another test or form has built. */
function newContext({ ports }: TestBench, { graph, node, test, lease, signal }: OneTest): Context {
  const state: PlanState = {
    environment: lease.environment,
    base: 0,
    graphHash: "",
    // Part of every build key, so that nothing of another context is found.
    engineVersion: `${ports.engine.version} ${ports.newId()}`,
    parameters: { run_time: test.runTime, run_date: test.runTime.slice(0, 10) },
    pointers: new Map(),
    versions: new Map(),
    audited: new Set(),
    listings: new Map(),
    renames: new Map(),
    held: {},
    find: () => Promise.resolve(undefined),
  };
  return {
    ports,
    graph: { ...graph, datasets: [node], consumers: [], stories: [] },
    state,
    lease,
    runId: "test",
    signal,
    onEvent: () => undefined,
    already: new Map(),
    versions: new Map(),
  };
}

/** Bring the model up to date after each delivery, as runs would. */
async function buildAll(
  { node, graph }: OneTest,
  context: Context,
  stages: readonly Delivered[],
): Promise<Version> {
  for (const delivered of stages) {
    for (const [id, files] of delivered) {
      const input = graph.datasets.find((dataset) => dataset.id === id);
      if (input !== undefined) context.versions.set(id, await inputVersion(context, input, files));
    }
    const build = node.materialized?.kind === "view" ? buildView : buildModel;
    const { version, held } = await build(context, node);
    if (version === undefined) throw new SluiceError("build-failed", held?.reason ?? "nothing was built");
    context.versions.set(node.id, version);
  }
  const version = context.versions.get(node.id);
  if (version === undefined) throw new Error(`nothing was built of ${node.id}`);
  return version;
}

/** The given rows of an input as the version that a run would read. */
async function inputVersion(
  { ports, lease, runId }: Context,
  { id: dataset, columns }: DatasetNode,
  files: readonly StoredFile[],
): Promise<Version> {
  const id = ports.newId();
  const known = mergeStatistics(files);
  const statistics = columns.map(
    ({ name, engineType }) => known.find((one) => one.name === name) ?? { name, engineType, nulls: 0 },
  );
  const version: Version = {
    id,
    dataset,
    buildKey: id,
    fingerprint: "",
    contentHash: contentHash(files, statistics),
    rows: files.reduce((sum, { rows }) => sum + rows, 0),
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    columns: statistics,
    files,
    quarantine: [],
    inputs: {},
    createdAt: ports.now().toISOString(),
    runId,
    elapsed: 0,
  };
  const verdict = { outcome: "good", results: [] } as const;
  await ports.store.saveVersion(lease, version, { version: id, auditFingerprint: "", verdict });
  return version;
}

/** The rows of one test: written for the model to read, and read to be compared. */
class TestRowsAtHand {
  readonly #bench: TestBench;
  readonly #one: OneTest;

  constructor(bench: TestBench, one: OneTest) {
    this.#bench = bench;
    this.#one = one;
  }

  /**
   * Write what a step gives. What grows comes in several deliveries, the first of one row, each of at most as many as
   * there are by then: more would make a run build everything anew.
   */
  async deliver({ given }: ModelTestStep, before: Delivered): Promise<readonly Delivered[]> {
    const { graph, node } = this.#one;
    const growing = growingInputs(node);
    const stages: Map<DatasetId, readonly StoredFile[]>[] = [new Map(before)];
    for (const [id, many] of Object.entries(given)) {
      const input = graph.datasets.find((dataset) => dataset.id === id);
      if (input === undefined) throw new Error(`${id} is no dataset`);
      let files = before.get(id) ?? [];
      for (const rows of many) {
        const all = "rows" in rows ? rows.rows : await this.#queried(rows);
        for (let at = 0; at < all.length;) {
          const there = files.reduce((sum, file) => sum + file.rows, 0);
          const size = growing.has(id) ? Math.max(1, there) : all.length;
          const sql = rowsQuery(input.columns, rows.columns, all.slice(at, at + size), there + 1);
          files = [...files, await this.#write(input, sql)];
          at += size;
          const first = (before.get(id) ?? []).length;
          const stage = growing.has(id) ? files.length - first - 1 : 0;
          while (stages.length <= stage) stages.push(new Map(stages.at(-1)));
          for (const later of stages.slice(stage)) later.set(id, files);
        }
      }
    }
    return stages;
  }

  async compare(version: Version, expect: RowsText): ReturnType<typeof compareTable> {
    const { node, key } = this.#one;
    const { ports } = this.#bench;
    const [table] = await locate(ports, [await pinVersion(ports.store, version)]);
    if (table === undefined) throw new Error(`${node.id} was not found`);
    const ordered = node.by.kind === "sql" && node.by.ordered && !inParts(node);
    return compareTable(this.#reading, table, node.columns, expect, { ordered, key });
  }

  async #queried({ columns, sql }: Extract<RowsText, { readonly sql: string }>): Promise<readonly RowText[]> {
    const [rows = []] = await queryRows(this.#reading, columns, [`(${sql}\n)`]);
    return rows;
  }

  get #reading(): TestReading {
    const { ports, session } = this.#bench;
    const { signal, inTurn } = this.#one;
    return { session, newId: ports.newId, signal, inTurn };
  }

  async #write(input: DatasetNode, sql: string): Promise<StoredFile> {
    const { ports, session } = this.#bench;
    const id = ports.newId();
    const output = join(await ports.storage.stage(`${ports.owner}/${id}`), "part-0.parquet");
    const columns = input.columns.map(withoutSpec);
    const request = { sql, inputs: [], columns, parameters: {}, output };
    const file = await this.#one.inTurn(() => session.build(request));
    const kept = await ports.storage.keep(file.path, `${input.id}/${id}/part-0.parquet`);
    return { key: `${input.id}/${id}/part-0.parquet`, rows: file.rows, columns: file.columns, ...kept };
  }
}
