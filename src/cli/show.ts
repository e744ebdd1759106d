import { exitCode } from "../errors.ts";
import { type Incident, titleOf } from "../flow/incident.ts";
import type { DatasetId } from "../graph/graph.ts";
import { type AuditedVersion, type DatasetView, findNode, readDatasetView } from "./dataset-view.ts";
import { readInventory } from "./inventory.ts";
import { keptAs } from "./kind-word.ts";
import { environmentOf, printJson, printLines, withWorkspace, type VerbOptions } from "./open-workspace.ts";
import { printable } from "./display-text.ts";
import type { Shell, Style } from "./shell.ts";
import { showLines } from "./show-lines.ts";

interface ShowOptions extends VerbOptions {
  readonly env?: string;
}

/** `sluice show`: one dataset with its schema, version, statistics, checks and neighbours. */
export async function show(shell: Shell, dataset: string, options: ShowOptions): Promise<number> {
  const environment = environmentOf(shell, options);
  return withWorkspace(shell, options, async (workspace) => {
    const inventory = await readInventory(shell, workspace, environment);
    const view = await readDatasetView(workspace.ports, inventory, findNode(inventory, dataset));
    if (options.json) await printJson(shell, showDocument(view));
    else {
      const { style } = shell.out;
      const lines = showLines(view, { style, width: shell.out.width(), now: shell.now() });
      const open = await workspace.ports.store.incidents(mostIncidents, { environment, unresolved: true });
      await printLines(shell, [...lines, ...openIncidents(open, view.node.id, style)]);
    }
    return exitCode.ok;
  });
}

const mostIncidents = 1000;

/** What stands of a dataset, or keeps it where it is, a line each. */
function openIncidents(incidents: readonly Incident[], id: DatasetId, style: Style): string[] {
  const about = incidents.filter(
    ({ dataset, findings, held }) =>
      dataset === id || held.names.includes(id) || findings.some((finding) => finding.dataset === id),
  );
  const lines = about.map(
    (incident) =>
      `${style.yellow(`incident ${incident.id}`)} (${incident.state}): ${printable(titleOf(incident.dataset, incident))}`,
  );
  return lines.length === 0 ? [] : ["", ...lines];
}

function versionDocument({ version, checks, refused }: AuditedVersion) {
  const { id, rows, bytes, createdAt, elapsed, runId, contentHash, inputs, counts } = version;
  return {
    version: {
      id,
      rows,
      bytes,
      builtAt: createdAt,
      elapsed,
      runId,
      contentHash,
      inputs,
      counts: counts ?? null,
    },
    statistics: version.columns,
    checks,
    refused,
  };
}

const nothingPublished = {
  version: null,
  statistics: [],
  checks: [],
  refused: { reasons: [], examples: [] },
};

function showDocument(view: DatasetView) {
  const { node, inventory, published, candidate, readBy, consumers, stories, classes } = view;
  const { id, kind, path, description, owner, tags, inputs, columns } = node;
  return {
    name: id,
    kind,
    materialized: keptAs(node),
    path,
    description: description ?? null,
    owner: owner ?? null,
    tags,
    environment: inventory.environment,
    release: published?.release ?? null,
    schema: columns,
    ...(published ? versionDocument(published) : nothingPublished),
    held: inventory.held[id] ?? null,
    candidate: candidate ? versionDocument(candidate) : null,
    inputs,
    readBy,
    consumers,
    stories,
    classes,
  };
}
