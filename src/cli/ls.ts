import { exitCode } from "../errors.ts";
import { type StoryProgress, storyProgress } from "../flow/story-progress.ts";
import type { DatasetNode } from "../graph/graph.ts";
import { printable } from "./display-text.ts";
import { keptAs, kindWord } from "./kind-word.ts";
import { type Inventory, readInventory } from "./inventory.ts";
import { environmentOf, printJson, printLines, withWorkspace, type VerbOptions } from "./open-workspace.ts";
import { age, count, counted, names } from "./quantity.ts";
import type { Workspace } from "../wiring.ts";
import type { Shell } from "./shell.ts";
import { renderTable } from "./table.ts";

interface LsOptions extends VerbOptions {
  readonly env?: string;
  readonly all?: boolean;
}

/** `sluice ls`: the datasets, what is published of them, and with `--all` who uses them and why. */
export async function ls(shell: Shell, options: LsOptions): Promise<number> {
  const environment = environmentOf(shell, options);
  return withWorkspace(shell, options, async (workspace) => {
    const inventory = await readInventory(shell, workspace, environment);
    const everything = options.all === true || options.json === true;
    const progress = everything ? await readProgress(workspace, inventory) : [];
    if (options.json) await printJson(shell, listDocument(inventory, progress));
    else await printLines(shell, listLines(inventory, options.all ? progress : undefined, shell));
    return exitCode.ok;
  });
}

/** Where each story stands, from all releases of the environment. */
async function readProgress(workspace: Workspace, inventory: Inventory): Promise<readonly StoryProgress[]> {
  const { graph, environment, release, held } = inventory;
  const releases = release ? await workspace.ports.store.releases(environment, release.number) : [];
  return storyProgress(graph, releases, new Map(Object.entries(held)));
}

function datasetDocument(node: DatasetNode, { versions, held }: Inventory) {
  const version = versions.get(node.id);
  return {
    name: node.id,
    kind: node.kind,
    materialized: keptAs(node),
    path: node.path,
    description: node.description ?? null,
    owner: node.owner ?? null,
    tags: node.tags,
    inputs: node.inputs,
    published: version
      ? { version: version.id, rows: version.rows, bytes: version.bytes, builtAt: version.createdAt }
      : null,
    held: held[node.id] ?? null,
  };
}

function listDocument(inventory: Inventory, progress: readonly StoryProgress[]) {
  const { graph, environment, release } = inventory;
  return {
    project: graph.project.name,
    environment,
    release: release?.number ?? null,
    datasets: graph.datasets.map((node) => datasetDocument(node, inventory)),
    consumers: graph.consumers,
    stories: graph.stories.map(({ text: _text, ...story }, index) => ({
      ...story,
      progress: progress[index] ?? null,
    })),
  };
}

function listLines(
  inventory: Inventory,
  progress: readonly StoryProgress[] | undefined,
  shell: Shell,
): string[] {
  const { style } = shell.out;
  const { graph, environment, release, versions, held } = inventory;
  const options = { width: shell.out.width(), style, indent: "  " };
  const where = release ? `release ${release.number}, ${age(release.at, shell.now())}` : "no release yet";
  const rows = graph.datasets.map((node) => {
    const version = versions.get(node.id);
    const hold = held[node.id];
    return [
      node.id,
      kindWord(node),
      version ? count(version.rows) : "",
      version ? age(version.createdAt, shell.now()) : "not built",
      hold ? `held: ${printable(hold.reason)}` : "",
    ];
  });
  const datasets = renderTable(
    [
      { title: "dataset" },
      { title: "kind", fixed: true },
      { title: "rows", align: "right", fixed: true },
      { title: "built", fixed: true },
      { title: "" },
    ],
    rows,
    options,
  );
  return [
    `${style.bold(graph.project.name)} in ${environment}: ${counted(graph.datasets.length, "dataset")}, ${where}`,
    ...datasets,
    ...(progress ? consumerLines(inventory, options) : []),
    ...(progress ? storyLines(inventory, progress, options) : []),
  ];
}

type LineOptions = Parameters<typeof renderTable>[2];

function consumerLines({ graph }: Inventory, options: LineOptions): string[] {
  if (graph.consumers.length === 0) return [];
  const rows = graph.consumers.map((consumer) => [
    consumer.name,
    consumer.type,
    consumer.freshness?.stop ? `at most ${consumer.freshness.stop} old` : "",
    names(consumer.reads),
  ]);
  return [
    "",
    ...renderTable(
      [{ title: "consumer" }, { title: "type" }, { title: "needs" }, { title: "reads" }],
      rows,
      options,
    ),
  ];
}

function storyLines(
  { graph }: Inventory,
  progress: readonly StoryProgress[],
  options: LineOptions,
): string[] {
  if (graph.stories.length === 0) return [];
  const rows = graph.stories.map((story, index) => [
    story.id,
    story.iteration ?? "",
    printable(story.title),
    stateOf(progress[index]),
    names(progress[index]?.datasets ?? []),
  ]);
  return [
    "",
    ...renderTable(
      [
        { title: "story" },
        { title: "iteration" },
        { title: "title" },
        { title: "state" },
        { title: "datasets" },
      ],
      rows,
      options,
    ),
  ];
}

function stateOf(progress: StoryProgress | undefined): string {
  if (!progress) return "";
  return progress.since ? `${progress.state} since release ${progress.since.release}` : progress.state;
}
