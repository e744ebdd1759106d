import type { Grain } from "../define/materialization.ts";
import { SluiceError } from "../errors.ts";
import type { DatasetId, Graph, ModelNode } from "../graph/graph.ts";
import { intervalAt, numbersIn, overlaps, type Span, spansOf } from "../graph/intervals.ts";
import type { Materialized } from "../graph/materialized.ts";
import { select } from "../graph/select.ts";
import { called } from "../graph/version.ts";
import { certainStages } from "../plan/certain-stages.ts";
import { type IntervalParts, spanOf, wantedSpans } from "../plan/interval-parts.ts";
import { type IntervalBuild, intervalsIn, makeIntervals, openIntervals } from "./build-interval.ts";
import type { Context } from "./context.ts";
import type { RunEvent } from "./events.ts";
import { withLease } from "./lease.ts";
import type { Ports } from "./ports.ts";
import { type CompiledProject, type Prepared, prepareWithState } from "./prepare.ts";

/** What to build ahead of a run. Times are milliseconds since 1970; the end is excluded. */
export interface BackfillRequest {
  readonly environment: string;
  /** Selection in dbt's syntax; without it every interval model. */
  readonly select?: string | undefined;
  readonly from: number;
  readonly to: number;
  readonly signal: AbortSignal;
}

/** How far one model is. */
export interface BackfillProgress {
  readonly dataset: DatasetId;
  readonly grain: Grain;
  /** Intervals with rows between the two times, how many of them were missing, and how many of those are built. */
  readonly intervals: number;
  readonly missing: number;
  readonly built: number;
}

export interface BackfillSummary {
  readonly environment: string;
  readonly from: string;
  readonly to: string;
  readonly datasets: readonly BackfillProgress[];
  /** Milliseconds. */
  readonly elapsed: number;
}

type Interval = Extract<Materialized, { readonly kind: "interval" }>;
type IntervalModel = ModelNode & { readonly materialized: Interval };

/**
 * Build the intervals between two times that interval models lack, by their definitions of now, into the ledger.
 * Nothing is published: the next run finds them there. What is finished stays finished, whatever stops the rest.
 * Errors: `bad-selection`, `backfill-refused`, `environment-busy`, `lease-lost`, `interrupted`, `build-failed`.
 */
export async function backfill(
  ports: Ports,
  project: CompiledProject,
  request: BackfillRequest,
  onProgress: (progress: BackfillProgress) => void,
  onWarning: (message: string) => void,
): Promise<BackfillSummary> {
  const { environment } = request;
  const nodes = chosen(project.graph, request.select);
  const started = ports.now().getTime();
  return withLease(
    ports,
    environment,
    async (lease, lost) => {
      await ports.storage.sweep(ports.isOwnerAlive);
      const prepared = await prepareWithState(ports, project, { environment });
      for (const node of nodes) refuseMoving(node, prepared);
      const signal = AbortSignal.any([request.signal, lost]);
      const onEvent = (event: RunEvent): void => {
        if (event.type === "warning") onWarning(event.message);
      };
      const { pointers, versions: pointed } = prepared.state;
      const versions = new Map(
        [...pointers].flatMap(([id, { version }]) => {
          const found = pointed.get(version);
          return found === undefined ? [] : [[id, called(found, id)] as const];
        }),
      );
      const { graph } = project;
      const runId = ports.newId();
      const { state } = prepared;
      const shared = { ports, graph, state, lease, runId, signal, onEvent, versions, already: new Map() };
      const datasets: BackfillProgress[] = [];
      for (const node of nodes)
        datasets.push(await fill(shared, node, request, onProgress).catch(explainStop(request.signal)));
      const [from, to] = [request.from, request.to].map((time) => new Date(time).toISOString());
      const elapsed = ports.now().getTime() - started;
      return { environment, from: from ?? "", to: to ?? "", datasets, elapsed };
    },
    onWarning,
  );
}

/** Who stops it is told what that left. Other ends, such as a lost lease, explain themselves. */
function explainStop(stop: AbortSignal): (error: unknown) => never {
  return (error) => {
    if (!stop.aborted) throw error;
    throw new SluiceError("interrupted", "it was stopped before it had built everything", {
      cause: error,
      hint: "what is finished stays finished: the same command goes on from there",
    });
  };
}

/** Errors: `bad-selection`. */
function chosen(graph: Graph, expression: string | undefined): IntervalModel[] {
  const ids = new Set(
    expression === undefined ? graph.datasets.map(({ id }) => id) : select(graph, expression, new Set()),
  );
  const found = graph.datasets.filter(
    (node): node is IntervalModel =>
      node.kind === "model" && node.materialized?.kind === "interval" && ids.has(node.id),
  );
  if (found.length > 0) return found;
  throw new SluiceError(
    "bad-selection",
    expression === undefined
      ? "no model of the project is built by intervals"
      : `"${expression}" selects no model that is built by intervals`,
    { hint: 'such a model says "materialized: { interval: … }"; sluice ls shows what there is' },
  );
}

/** What is built from inputs that move on with the next run would not be found by it. Errors: `backfill-refused`. */
function refuseMoving({ id, inputs }: ModelNode, { plan, state }: Prepared): void {
  const moving = new Set(
    certainStages(plan).certain.flatMap(({ kind, dataset }) =>
      kind === "audit" || kind === "drop" ? [] : [dataset],
    ),
  );
  const input = inputs.find((one) => moving.has(one) || !state.pointers.has(one));
  if (input === undefined) return;
  const why = moving.has(input) ? "moves on with the next run" : "was never published";
  throw new SluiceError("backfill-refused", `${id} reads ${input}, which ${why}`, {
    hint: `sluice run --select +${input} --env ${state.environment}, and then again`,
  });
}

async function fill(
  context: Context,
  node: IntervalModel,
  { from, to }: BackfillRequest,
  onProgress: (progress: BackfillProgress) => void,
): Promise<BackfillProgress> {
  const { materialized } = node;
  const { grain } = materialized;
  const range: Span = [intervalAt(grain, from), intervalAt(grain, to - 1) + 1];
  const build = await openIntervals(context, node, materialized);
  const todo = within(build.todo, range);
  const missing = intervalsIn([...todo.rewrites, ...todo.fresh]);
  const start = { dataset: node.id, grain, intervals: wantedIn(build, range), missing };
  let built = 0;
  onProgress({ ...start, built });
  await makeIntervals(context, build, todo, (more) => {
    built += more;
    onProgress({ ...start, built });
  });
  return { ...start, built };
}

function wantedIn({ inputs }: IntervalBuild, [start, end]: Span): number {
  const numbers = numbersIn(wantedSpans(inputs));
  return numbers.filter((number) => number >= start && number < end).length;
}

/** What of the work lies between two times; a part of which only some does is rewritten as a whole. */
function within({ rewrites, fresh }: IntervalParts, range: Span): Pick<IntervalParts, "rewrites" | "fresh"> {
  return {
    rewrites: rewrites.filter(({ intervals, gone }) => overlaps(spansOf([...intervals, ...gone]), range)),
    fresh: fresh.flatMap(({ intervals }) => {
      const some = intervals.filter((number) => number >= range[0] && number < range[1]);
      return some.length === 0 ? [] : [{ intervals: some, span: spanOf(some) }];
    }),
  };
}
