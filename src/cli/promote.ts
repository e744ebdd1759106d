import type { Graph } from "../graph/graph.ts";
import type { RunEvent } from "../run/events.ts";
import type { Promoted, PromotePair } from "../run/promote.ts";
import type { Workspace } from "../wiring.ts";
import { ProjectInvalid } from "../project/project-invalid.ts";
import { counted, names } from "./quantity.ts";
import { printJson, printLines, withWorkspace, type VerbOptions } from "./open-workspace.ts";
import { releaseDocument } from "./release-document.ts";
import { liveDisplay, plainDisplay } from "./run-display.ts";
import { runExit, summaryLines } from "./run-lines.ts";
import type { Shell } from "./shell.ts";
import { stoppable } from "./stoppable.ts";

interface PromoteOptions extends VerbOptions {
  readonly why?: string;
  readonly plan?: boolean;
  readonly allOrNothing?: boolean;
}

/** `sluice promote`: bring one environment to what another publishes. Exit 1 when anything failed or is held. */
export async function promote(
  shell: Shell,
  from: string,
  to: string,
  options: PromoteOptions,
): Promise<number> {
  return withWorkspace(shell, options, async (workspace) => {
    const pair = { from, to, workingTree: () => graphOnDisk(workspace) };
    if (options.plan) {
      const { planPromotion } = await import("../run/promote.ts");
      const { printPlan } = await import("./plan.ts");
      const { prepared, project } = await planPromotion(workspace.ports, pair);
      const format = options.json ? "json" : "text";
      return await printPlan(shell, workspace.ports.store, { prepared, graph: project.graph, format });
    }
    return options.json
      ? await promoteAsJson(shell, workspace, pair, options)
      : await promoteAsText(shell, workspace, pair, options);
  });
}

/** The project as it lies on disk. One that does not compile is none: what is promoted was released. */
async function graphOnDisk(workspace: Workspace): Promise<Graph | undefined> {
  try {
    return (await workspace.project()).graph;
  } catch (error) {
    if (error instanceof ProjectInvalid) return undefined;
    throw error;
  }
}

async function perform(
  { ports }: Workspace,
  pair: PromotePair,
  { why = "", allOrNothing = false }: PromoteOptions,
  signal: AbortSignal,
  onEvent: (event: RunEvent) => void,
): Promise<Promoted> {
  const { promote: carryOut } = await import("../run/promote.ts");
  return carryOut(ports, { ...pair, who: ports.holder.who, why, allOrNothing, signal }, onEvent);
}

async function promoteAsJson(
  shell: Shell,
  workspace: Workspace,
  pair: PromotePair,
  options: PromoteOptions,
): Promise<number> {
  const quiet = { onStopping: () => undefined, onLeaving: () => undefined };
  const promoted = await stoppable(shell, quiet, (signal) =>
    perform(workspace, pair, options, signal, () => undefined),
  );
  const { release, summary, taken, kept } = promoted;
  const { built, reused, held, failed, dropped } = summary;
  await printJson(shell, {
    ...(release ? releaseDocument(release) : { release: null, environment: pair.to }),
    outcome: {
      taken,
      kept,
      built,
      reused: reused.filter((name) => !taken.includes(name)),
      held,
      failed,
      dropped,
    },
  });
  return runExit(summary);
}

async function promoteAsText(
  shell: Shell,
  workspace: Workspace,
  pair: PromotePair,
  options: PromoteOptions,
): Promise<number> {
  const { out } = shell;
  const display = out.isTerminal
    ? liveDisplay(out, pair.to, () => shell.now().getTime())
    : plainDisplay(out, pair.to);
  const events: RunEvent[] = [];
  const taken = new Set<string>();
  const onEvent = (event: RunEvent): void => {
    // Nothing happens to what is merely taken over: it needs no line of its own.
    if (event.type === "planned") takenIn(event.plan).forEach((dataset) => taken.add(dataset));
    if (event.type === "finished" && event.outcome === "reused" && taken.has(event.dataset)) return;
    events.push(event);
    display.onEvent(event.type === "planned" ? { ...event, plan: without(event.plan, taken) } : event);
  };
  const stopping = {
    onStopping: () => display.say("Stopping cleanly; press Ctrl-C again to stop at once.", true),
    onLeaving: () => display.abandon(),
  };
  let promoted: Promoted;
  try {
    promoted = await stoppable(shell, stopping, (signal) =>
      perform(workspace, pair, options, signal, onEvent),
    );
  } finally {
    await display.end();
  }
  const { summary } = promoted;
  const lines = hasWorked(promoted)
    ? summaryLines(summary, events, { style: out.style, width: out.width() })
    : [];
  await printLines(shell, [...lines, ...promotionLines(shell, pair, promoted)]).catch(() => undefined);
  return runExit(summary);
}

type Plan = Extract<RunEvent, { type: "planned" }>["plan"];

const takenIn = ({ stages }: Plan): string[] =>
  stages.flatMap((stage) =>
    stage.kind === "reuse" && stage.promotedFrom !== undefined ? [stage.dataset] : [],
  );

const without = (plan: Plan, datasets: ReadonlySet<string>): Plan => ({
  ...plan,
  stages: plan.stages.filter(({ dataset }) => !datasets.has(dataset)),
});

const hasWorked = ({ summary: { built, held, failed } }: Promoted): boolean =>
  built.length + held.length + failed.length > 0;

/** Where it came from, and what of it the environment has newer. */
function promotionLines(shell: Shell, { from, to }: PromotePair, promoted: Promoted): string[] {
  const { release, taken, kept, summary } = promoted;
  const { style } = shell.out;
  const newer = kept.length === 0 ? [] : [`${to} keeps its newer data of ${names(kept, 5)}.`];
  if (hasWorked(promoted))
    return [
      `Promoted from ${promoted.from}: ${summary.built.length} built over newer data, ${taken.length} taken over.`,
      ...newer,
    ];
  if (!release) return [`Nothing to do: ${to} publishes what ${from} does.`, ...newer];
  const held = Object.keys(release.held).toSorted();
  const asThere = held.length === 0 ? [] : [`Held there as in ${from}: ${names(held, 5)}.`];
  const moved = counted(Object.keys(release.changes).length, "dataset");
  return [
    `${style.bold(`Release ${release.number} published to ${to}`)}: ${moved} from ${promoted.from}, nothing built.`,
    ...newer,
    ...asThere,
    `${style.dim("next:")} sluice releases --env ${to}`,
  ];
}
