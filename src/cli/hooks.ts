import { exitCode, SluiceError } from "../errors.ts";
import type { NamedHook } from "../graph/graph.ts";
import { didYouMean } from "../graph/nearest-name.ts";
import type { HookReport } from "../run/hooks.ts";
import type { HookDelivery } from "../flow/hook-delivery.ts";
import { printable } from "./display-text.ts";
import { printJson, printLines, withWorkspace, type VerbOptions } from "./open-workspace.ts";
import { count, counted, names } from "./quantity.ts";
import type { Shell } from "./shell.ts";
import { renderTable } from "./table.ts";

/** How many messages that wait are looked at. */
const most = 10_000;

interface HookDocument {
  readonly name: string;
  readonly kind: NamedHook["kind"] | null;
  readonly on: readonly string[];
  readonly environments: readonly string[] | null;
  readonly waiting: number;
  readonly givenUp: number;
  /** Why the oldest of them did not arrive. */
  readonly problem: string | null;
}

/** `sluice hooks ls`: who is told of what, and what did not arrive yet. */
export async function listHooks(shell: Shell, options: VerbOptions): Promise<number> {
  return withWorkspace(shell, options, async ({ ports }) => {
    const hooks = documents(ports.hooks?.hooks ?? [], await ports.store.deliveries(most));
    if (options.json) await printJson(shell, { hooks });
    else if (hooks.length === 0)
      await printLines(shell, ["The project has no hooks: sluice.config.ts says who is told, under hooks."]);
    else await printLines(shell, hookLines(hooks, shell));
    return exitCode.ok;
  });
}

/** `sluice hooks retry`: send at once what waits or was given up. Exits with 1 where something did not arrive. */
export async function retryHooks(
  shell: Shell,
  name: string | undefined,
  options: VerbOptions,
): Promise<number> {
  return withWorkspace(shell, options, async ({ ports }) => {
    const known = (ports.hooks?.hooks ?? []).map((hook) => hook.name);
    if (name !== undefined && !known.includes(name)) throw unknownHook(name, known);
    const { reportLine, tellHooks } = await import("../run/hooks.ts");
    await ports.store.redeliver(ports.now().toISOString(), name);
    const reports = await tellHooks(ports);
    if (options.json) await printJson(shell, { hooks: reports });
    else await printLines(shell, retryLines(reports, reportLine));
    return reports.some(({ problem }) => problem !== undefined) ? exitCode.failed : exitCode.ok;
  });
}

/** `sluice hooks drop`: forget what a hook was not told, also where it has left the configuration. */
export async function dropDeliveries(shell: Shell, name: string, options: VerbOptions): Promise<number> {
  return withWorkspace(shell, options, async ({ ports }) => {
    const known = documents(ports.hooks?.hooks ?? [], await ports.store.deliveries(most));
    const found = known.some((hook) => hook.name === name);
    if (!found)
      throw unknownHook(
        name,
        known.map((hook) => hook.name),
      );
    const dropped = await ports.store.unsubscribe(name);
    if (options.json) await printJson(shell, { hook: name, dropped });
    else if (dropped === 0) await printLines(shell, [`Nothing waited for hook "${printable(name)}".`]);
    else
      await printLines(shell, [
        `hook "${printable(name)}" is not told any more of ${counted(dropped, "message")} that waited for it`,
      ]);
    return exitCode.ok;
  });
}

function unknownHook(name: string, known: readonly string[]): SluiceError {
  const there = known.length === 0 ? "sluice.config.ts has none" : `there is ${known.join(", ")}`;
  return new SluiceError("bad-usage", `the project has no hook "${name}"`, {
    hint: didYouMean(name, known) ?? there,
  });
}

function documents(
  hooks: readonly NamedHook[],
  deliveries: readonly HookDelivery[],
): readonly HookDocument[] {
  const byHook = Map.groupBy(deliveries, ({ hook }) => hook);
  const configured = new Map(hooks.map((hook) => [hook.name, hook]));
  // Messages for a hook that has left the configuration are still there.
  return [...new Set([...configured.keys(), ...byHook.keys()])].map((name) => {
    const [hook, waiting] = [configured.get(name), byHook.get(name) ?? []];
    const givenUp = waiting.filter(({ isGivenUp }) => isGivenUp).length;
    return {
      name,
      kind: hook?.kind ?? null,
      on: hook?.on ?? [],
      environments: hook?.environments ?? null,
      waiting: waiting.length - givenUp,
      givenUp,
      problem: waiting.find(({ problem }) => problem !== undefined)?.problem ?? null,
    };
  });
}

function hookLines(hooks: readonly HookDocument[], shell: Shell): string[] {
  const columns = [
    { title: "hook", fixed: true },
    { title: "kind", fixed: true },
    { title: "hears of" },
    { title: "of" },
    { title: "waiting", align: "right" as const, fixed: true },
    { title: "given up", align: "right" as const, fixed: true },
    { title: "why" },
  ];
  const rows = hooks.map(({ name, kind, on, environments, waiting, givenUp, problem }) => [
    printable(name),
    kind ?? "not in sluice.config.ts",
    names(on, 4),
    environments === null ? "all environments" : printable(names(environments)),
    count(waiting),
    count(givenUp),
    printable(problem ?? ""),
  ]);
  return renderTable(columns, rows, { width: shell.out.width(), style: shell.out.style });
}

function retryLines(reports: readonly HookReport[], problemLine: (report: HookReport) => string): string[] {
  if (reports.length === 0) return ["Nothing waits to be sent."];
  return reports.flatMap((report) => [
    ...(report.sent > 0 ? [`hook "${report.hook}" was told ${counted(report.sent, "time")}`] : []),
    ...(report.problem === undefined ? [] : [problemLine(report)]),
  ]);
}
