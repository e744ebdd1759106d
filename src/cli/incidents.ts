import { exitCode } from "../errors.ts";
import type { IncidentAct } from "../store/store.ts";
import { incidentLines, incidentTable } from "./incident-lines.ts";
import { printJson, printLines, withWorkspace, type VerbOptions } from "./open-workspace.ts";
import { printable } from "./display-text.ts";
import type { Shell } from "./shell.ts";
import { withHooks } from "./with-hooks.ts";

interface ListOptions extends VerbOptions {
  readonly env?: string;
  readonly all?: boolean;
  readonly limit: number;
}

interface ActOptions extends VerbOptions {
  readonly why?: string;
}

/** `sluice incidents ls`: what stands in the way of the flow, newest first. */
export async function listIncidents(shell: Shell, options: ListOptions): Promise<number> {
  return withWorkspace(shell, options, async ({ ports }) => {
    const { env: environment, all = false, limit } = options;
    if (environment !== undefined) {
      const { heardOf } = await import("../run/environment.ts");
      await heardOf(ports, environment);
    }
    const incidents = await ports.store.incidents(limit, { environment, unresolved: !all });
    if (options.json) await printJson(shell, { incidents });
    else if (incidents.length > 0) await printLines(shell, incidentTable(incidents, shell));
    else {
      const where = environment === undefined ? "" : ` in ${printable(environment)}`;
      await printLines(shell, [all ? `There was no incident${where} yet.` : `No incident is open${where}.`]);
    }
    return exitCode.ok;
  });
}

/** `sluice incidents show`: everything about one. */
export async function showIncident(shell: Shell, id: string, options: VerbOptions): Promise<number> {
  return withWorkspace(shell, options, async ({ ports }) => {
    const { findIncident, incidentAccount } = await import("../run/incidents.ts");
    const incident = await incidentAccount(ports, await findIncident(ports, id));
    if (options.json) await printJson(shell, { incident });
    else await printLines(shell, incidentLines(incident, shell));
    return exitCode.ok;
  });
}

/** `sluice incidents ack`: say that somebody looks after it. */
export async function acknowledgeIncident(shell: Shell, id: string, options: ActOptions): Promise<number> {
  return act(shell, id, options, { what: "acknowledged", why: options.why ?? "" });
}

/** `sluice incidents resolve`: say that it is over. */
export async function resolveIncident(shell: Shell, id: string, options: ActOptions): Promise<number> {
  return act(shell, id, options, { what: "resolved", why: options.why ?? "", by: "person" });
}

/** `sluice incidents assign`: hand it to somebody. */
export async function assignIncident(
  shell: Shell,
  id: string,
  owner: string,
  options: ActOptions,
): Promise<number> {
  return act(shell, id, options, { what: "assigned", owner, why: options.why ?? "" });
}

async function act(
  shell: Shell,
  id: string,
  options: ActOptions,
  change: IncidentAct["change"],
): Promise<number> {
  return withWorkspace(shell, options, async (workspace) => {
    const { actOn } = await import("../run/incidents.ts");
    const { ports } = workspace;
    const incident = await withHooks(shell, workspace, () => actOn(ports, id, ports.holder.who, change));
    if (options.json) await printJson(shell, { incident });
    else {
      const to = change.what === "assigned" ? ` to ${printable(change.owner)}` : "";
      await printLines(shell, [
        `Incident ${incident.id} of ${incident.dataset} in ${printable(incident.environment)} is ${change.what}${to}.`,
      ]);
    }
    return exitCode.ok;
  });
}
