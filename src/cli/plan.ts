import { exitCode } from "../errors.ts";
import type { Graph } from "../graph/graph.ts";
import { upstream } from "../graph/walks.ts";
import { certainStages } from "../plan/certain-stages.ts";
import { explainReason } from "../plan/explain.ts";
import type { Plan, Stage } from "../plan/plan.ts";
import type { Prepared } from "../run/prepare.ts";
import type { StoreReader } from "../store/store.ts";
import { environmentOf, printJson, printLines, withWorkspace, type VerbOptions } from "./open-workspace.ts";
import { incidentDocument, openIncidents, type Standing } from "./open-incidents.ts";
import type { Shell } from "./shell.ts";

interface PlanOptions extends VerbOptions {
  readonly env?: string;
  readonly select?: readonly string[];
  readonly format: "text" | "markdown" | "json";
}

/** `sluice plan`: what a run would do and why. Exit 2 when there is something to do; asking generators alone is not. */
export async function plan(shell: Shell, options: PlanOptions): Promise<number> {
  const environment = environmentOf(shell, options);
  return withWorkspace(shell, options, async (workspace) => {
    // What is needed last is loaded while the engine is waited for.
    const loading = Promise.all([import("../run/prepare.ts"), import("../run/forecast.ts")]);
    const scope = { environment, select: options.select?.join(" ") };
    const format = options.json ? "json" : options.format;
    return await workspace.lookAt(async (project) => {
      const [{ prepareWithState }] = await loading;
      const prepared = await prepareWithState(workspace.ports, project, scope);
      return await printPlan(shell, workspace.ports.store, { prepared, graph: project.graph, format });
    });
  });
}

/** Print what was planned, as `plan` does, at once and at last. Returns the exit code: 2 when there is something to do. */
export async function printPlan(
  shell: Shell,
  store: StoreReader,
  planned: {
    readonly prepared: Prepared;
    readonly graph: Graph;
    readonly format: PlanOptions["format"];
  },
): Promise<number> {
  const { prepared, graph, format } = planned;
  const { forecast } = await import("../run/forecast.ts");
  const made = await forecast(store, graph, prepared);
  const standing = await standingOf(store, graph, made);
  if (format === "json") await printJson(shell, planDocument(made, standing));
  else if (format === "markdown") {
    const { planMarkdown } = await import("./plan-markdown.ts");
    await shell.out.write(planMarkdown(made, graph, standing));
  } else {
    const { planLines } = await import("./plan-lines.ts");
    const { style } = shell.out;
    await printLines(shell, planLines(made, graph, standing, { style, width: shell.out.width() }));
  }
  return certainStages(made).certain.length > 0 || made.restated ? exitCode.findings : exitCode.ok;
}

/** A plan as `--json` prints it: its stages as changes, known and possible, each with its reason in words as well. */
function planDocument(made: Plan, { held, incidents }: Standing) {
  const { stages: _stages, ...rest } = made;
  const { certain, possible } = certainStages(made);
  return {
    ...rest,
    changes: certain.map(changeDocument),
    possible: possible.map(changeDocument),
    held,
    incidents: incidents.map(incidentDocument),
  };
}

/** What stands in the way already: who is held, and the open incidents of that, of what is touched and of what that reads. */
async function standingOf(
  store: StoreReader,
  graph: Graph,
  { environment, stages }: Plan,
): Promise<Standing> {
  const held = await store.held(environment);
  const touched = [...stages.map(({ dataset }) => dataset), ...Object.keys(held)];
  return { held, incidents: await openIncidents(store, environment, () => upstream(graph, touched)) };
}

function changeDocument({ kind, ...stage }: Stage) {
  return { ...stage, action: kind, why: explainReason(stage.reason) };
}
