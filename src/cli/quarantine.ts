import { exitCode, SluiceError } from "../errors.ts";
import { shownRecord } from "../govern/shown-record.ts";
import type { GraphColumn } from "../graph/graph.ts";
import type { ReplayAccount } from "../run/replay-account.ts";
import type { RefusingVersion } from "../run/quarantine.ts";
import type { Workspace } from "../wiring.ts";
import { carryOut } from "./carry-out.ts";
import { environmentOf, printJson, printLines, withWorkspace, type VerbOptions } from "./open-workspace.ts";
import { printable } from "./display-text.ts";
import { quarantineLines, type RecordDocument, recordLines, replayLines } from "./quarantine-lines.ts";
import { count, counted } from "./quantity.ts";
import type { Shell } from "./shell.ts";
import { stoppable } from "./stoppable.ts";
import { withHooks } from "./with-hooks.ts";

interface QuarantineOptions extends VerbOptions {
  readonly env?: string;
}

interface ShowOptions extends QuarantineOptions {
  readonly reason?: string;
  readonly limit: number;
  readonly candidate?: boolean;
}

interface DropOptions extends QuarantineOptions {
  readonly reason?: string;
  readonly why: string;
}

/** `sluice quarantine ls`: what contracts refused, by dataset, version and reason. */
export async function listQuarantine(
  shell: Shell,
  dataset: string | undefined,
  options: QuarantineOptions,
): Promise<number> {
  const environment = environmentOf(shell, options);
  return withWorkspace(shell, options, async ({ ports }) => {
    const { quarantineOf, refusingVersions } = await import("../run/quarantine.ts");
    const versions = await refusingVersions(ports, environment, dataset);
    const quarantines = [];
    for (const version of versions) quarantines.push(await quarantineOf(ports, version));
    if (options.json) await printJson(shell, { environment, quarantines });
    else if (quarantines.length === 0) await printLines(shell, ["Nothing is in quarantine."]);
    else await printLines(shell, quarantineLines(quarantines, shell));
    return exitCode.ok;
  });
}

/** `sluice quarantine show`: refused records of one dataset, without personal data. */
export async function showQuarantine(shell: Shell, dataset: string, options: ShowOptions): Promise<number> {
  const environment = environmentOf(shell, options);
  return withWorkspace(shell, options, async ({ ports }) => {
    const { askQuarantine, refusedFor, refusingVersions } = await import("../run/quarantine.ts");
    const versions = await refusingVersions(ports, environment, dataset);
    const chosen = chooseVersion(versions, options.candidate === true);
    const columns = await columnsOf({ ports }, environment, dataset, chosen?.version.runId);
    const where = refusedFor(options.reason);
    const rows =
      chosen === undefined
        ? []
        : await askQuarantine(
            ports,
            chosen.version,
            `select file, "position", outcome, to_json(reasons)::varchar, raw from "this"."quarantine" where ${where}
             order by file, "position" limit ${options.limit}`,
          );
    const records = rows.map(([file, position, outcome, reasons, raw]): RecordDocument => ({
      file: String(file),
      position: Number(position),
      outcome: String(outcome),
      reasons: JSON.parse(String(reasons)) as readonly string[],
      ...shownRecord(String(raw), columns),
    }));
    const { version, standing } = chosen ?? { version: undefined, standing: null };
    if (options.json)
      await printJson(shell, { environment, dataset, version: version?.id ?? null, standing, records });
    else if (records.length === 0)
      await printLines(shell, [`No such record of ${printable(dataset)} is in quarantine.`]);
    else await printLines(shell, recordLines(records, shell));
    return exitCode.ok;
  });
}

/** What was refused as a whole is looked at where it is asked for, or where nothing else is there. */
function chooseVersion(
  versions: readonly RefusingVersion[],
  candidate: boolean,
): RefusingVersion | undefined {
  const wanted = candidate ? "refused" : "published";
  return versions.find(({ standing }) => standing === wanted) ?? (candidate ? undefined : versions[0]);
}

/**
 * The columns of the contract that is published, so that nobody sees more by breaking the project; where none is, those
 * of the contract that the run refused records by.
 */
async function columnsOf(
  { ports: { store } }: Pick<Workspace, "ports">,
  environment: string,
  dataset: string,
  runId: string | undefined,
): Promise<readonly GraphColumn[]> {
  const release = (await store.environment(environment))?.release ?? 0;
  const [run] = runId === undefined ? [] : await store.runs(1, { id: runId });
  const released = release === 0 ? undefined : await store.releasedGraph(environment, release);
  for (const hash of [released, run?.graphHash]) {
    const graph = hash === undefined ? undefined : await store.graph(hash);
    const node = graph?.datasets.find(({ id }) => id === dataset);
    if (node !== undefined) return node.columns;
  }
  throw new SluiceError(
    "unknown-dataset",
    `release ${release} of "${environment}" has no contract of "${dataset}"`,
    {
      hint: `sluice run --env ${environment} publishes it with one`,
    },
  );
}

/** `sluice quarantine replay`: read refused records again, and say what became of them. */
export async function replayQuarantine(
  shell: Shell,
  dataset: string,
  options: QuarantineOptions & { readonly why?: string },
): Promise<number> {
  const environment = environmentOf(shell, options);
  return withWorkspace(shell, options, async (workspace) => {
    const { ports } = workspace;
    const { replayAccount, replayedVersion } = await import("../run/replay-account.ts");
    const { refusingVersions } = await import("../run/quarantine.ts");
    await refusingVersions(ports, environment, dataset);
    const before = await replayedVersion(ports.store, environment, dataset);
    const json = options.json === true;
    const exit = await carryOut(shell, workspace, { environment, json }, async () => {
      const { graph, graphHash } = await workspace.project();
      const why = options.why ?? `reads again what was refused of ${dataset}`;
      const who = ports.holder.who;
      return {
        project: { graph, graphHash },
        request: {
          environment,
          select: `${dataset}+`,
          who,
          why,
          publish: graph.project.publish,
          signature: undefined,
        },
      };
    });
    const after = await replayedVersion(ports.store, environment, dataset);
    const account: ReplayAccount = replayAccount(environment, dataset, before, after);
    if (json) await shell.out.write(`${JSON.stringify({ replay: account })}\n`);
    else await printLines(shell, replayLines(account));
    return exit;
  });
}

/** `sluice quarantine drop`: accept that refused records are lost. */
export async function dropQuarantine(shell: Shell, dataset: string, options: DropOptions): Promise<number> {
  const environment = environmentOf(shell, options);
  return withWorkspace(shell, options, async (workspace) => {
    const { ports } = workspace;
    const { dropRefused } = await import("../run/drop-refused.ts");
    const { reason, why } = options;
    const heard = { onStopping: () => undefined, onLeaving: () => undefined };
    const dropped = await withHooks(shell, workspace, () =>
      stoppable(shell, heard, (signal) =>
        dropRefused(ports, { environment, dataset, reason, who: ports.holder.who, why, signal }),
      ),
    );
    if (options.json) await printJson(shell, { environment, dataset, ...dropped });
    else {
      const { drop, release, counts } = dropped;
      const left = counts.quarantined + counts.rejected - (counts.dropped ?? 0);
      await printLines(shell, [
        `Release ${release} published to ${printable(environment)}: the loss of ${counted(drop.records, "record")} of ${dataset} is accepted; ${count(left)} left in quarantine.`,
        "They stay in the quarantine as dropped until they are read again; sluice rollback takes it back.",
      ]);
    }
    return exitCode.ok;
  });
}
