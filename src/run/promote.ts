import { SluiceError } from "../errors.ts";
import type { DatasetId, Graph } from "../graph/graph.ts";
import type { Release } from "../store/store.ts";
import { published } from "./environment.ts";
import type { RunEvent, RunSummary } from "./events.ts";
import { withHooks } from "./hooks.ts";
import type { Ports } from "./ports.ts";
import type { Prepared } from "./prepare.ts";
import { type Origin, originOf, preparePromotion } from "./prepare-promotion.ts";
import { reportLineage } from "./report-lineage.ts";
import { runLeased } from "./run.ts";

/** How many incidents a promotion brings along. */
const mostIncidents = 1000;

export interface PromotePair {
  readonly from: string;
  readonly to: string;
  /** The project as it lies on disk; undefined where it does not compile. */
  readonly workingTree: () => Promise<Graph | undefined>;
}

export interface PromoteRequest extends PromotePair {
  readonly who: string;
  readonly why: string;
  /** All or nothing; else as the promoted project says. */
  readonly allOrNothing: boolean;
  readonly signal: AbortSignal;
}

/** What came of a promotion. */
export interface Promoted {
  readonly summary: RunSummary;
  /** Absent where nothing was published. */
  readonly release?: Release;
  /** What was promoted, such as `dev@12`. */
  readonly from: string;
  /** Datasets taken over as they are, and sources that stay because the target has newer data of them. */
  readonly taken: readonly DatasetId[];
  readonly kept: readonly DatasetId[];
}

/**
 * Bring an environment to the project that another publishes, in one release. Data never goes back in time by that:
 * sources stand at the newer of the two. What both read alike is taken over as it is; where the target has newer data,
 * what depends on it is found, or built and audited, as in a run. Errors: those of a run, and `unknown-environment`,
 * `promote-refused`.
 */
export async function promote(
  ports: Ports,
  request: PromoteRequest,
  onEvent: (event: RunEvent) => void,
): Promise<Promoted> {
  const origin = await promotable(ports, request);
  const { project, release } = origin;
  const from = nameOf(release);
  let made: Prepared | undefined;
  const prepare = async (): Promise<Prepared> =>
    (made = await preparePromotion(ports, origin, request.to, request.workingTree));
  const { who, why, signal } = request;
  const publish = request.allOrNothing ? "all" : project.graph.project.publish;
  const running = {
    select: undefined,
    signature: undefined,
    environment: request.to,
    who,
    why,
    signal,
    publish,
    promotes: from,
    brought: await ports.store.incidents(mostIncidents, { environment: request.from, unresolved: true }),
  } as const;
  const warn = (message: string): void => onEvent({ type: "warning", message });
  const summary = await withHooks(ports, warn, () =>
    reportLineage(ports, project, request.to, onEvent, (watched) =>
      runLeased(ports, project, running, watched, prepare),
    ),
  );
  return {
    summary,
    ...(summary.release === null ? {} : { release: await published(ports, request.to, summary.release) }),
    from,
    taken: (made?.plan.stages ?? []).flatMap((stage) =>
      stage.kind === "reuse" && stage.promotedFrom !== undefined && !summary.held.includes(stage.dataset)
        ? [stage.dataset]
        : [],
    ),
    kept: [...(made?.state.promotion?.kept.keys() ?? [])],
  };
}

/** What a promotion would do, with the project it would bring. Errors: `unknown-environment`, `promote-refused`. */
export async function planPromotion(
  ports: Ports,
  pair: PromotePair,
): Promise<Origin & { readonly prepared: Prepared }> {
  const origin = await promotable(ports, pair);
  return { ...origin, prepared: await preparePromotion(ports, origin, pair.to, pair.workingTree) };
}

async function promotable(ports: Ports, { from, to }: PromotePair): Promise<Origin> {
  if (from === to)
    throw new SluiceError("promote-refused", `"${from}" cannot be promoted to itself`, {
      hint: "name two environments: sluice promote dev prod",
    });
  return originOf(ports, from);
}

const nameOf = ({ environment, number }: Release): string => `${environment}@${number}`;
