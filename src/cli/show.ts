import { exitCode } from "../errors.ts";
import { type AuditedVersion, type DatasetView, findNode, readDatasetView } from "./dataset-view.ts";
import { readInventory } from "./inventory.ts";
import { keptAs } from "./kind-word.ts";
import { environmentOf, printJson, printLines, withWorkspace, type VerbOptions } from "./open-workspace.ts";
import { incidentDocument, incidentLine, openIncidents } from "./open-incidents.ts";
import type { Shell } from "./shell.ts";
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
    const { store } = workspace.ports;
    const open = await openIncidents(store, environment, () => new Set([view.node.id]));
    if (options.json)
      await printJson(shell, { ...showDocument(view), incidents: open.map(incidentDocument) });
    else {
      const { style } = shell.out;
      const lines = showLines(view, { style, width: shell.out.width(), now: shell.now() });
      const incidents = open.map((incident) => incidentLine(incident, style));
      await printLines(shell, [...lines, ...(incidents.length === 0 ? [] : ["", ...incidents])]);
    }
    return exitCode.ok;
  });
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
