/** What definitions say about each other beyond data: consumers read datasets, everything may serve a story. */
import type { ConsumerNode, DatasetId, GraphColumn, StoryNode } from "../graph/graph.ts";
import { didYouMean } from "../graph/nearest-name.ts";
import { isDatasetName } from "./definition-path.ts";
import type { DatasetNames } from "./dataset-names.ts";
import { judgeMlModel } from "./ml-models.ts";
import type { ConsumerDraft, DatasetEntry, StoryDraft } from "./draft.ts";

/** Consumers in order of their names, with what they read as the datasets and columns call themselves. */
export function judgeConsumers(
  consumers: readonly ConsumerDraft[],
  names: DatasetNames,
  columnsOfDataset: (id: DatasetId) => readonly GraphColumn[] | undefined,
): ConsumerNode[] {
  const nodes = consumers.map((draft): ConsumerNode => {
    /** By dataset: the columns it reads, or all of them. */
    const reads = new Map<DatasetId, Set<string> | "all">();
    for (const [index, { dataset, columns }] of draft.reads.entries()) {
      const setting = columns === undefined ? ["reads", index] : ["reads", index, "dataset"];
      const found = names.find(dataset);
      if (found === undefined) {
        draft.mistakes.add("unknown-dataset", setting, `dataset "${dataset}" does not exist`, {
          suggestion: names.suggest(dataset),
        });
      } else if (found !== "unreadable") {
        const earlier = reads.get(found.id) ?? new Set();
        const named = columns && judgeRead(draft, index, found.id, columns, columnsOfDataset(found.id));
        reads.set(
          found.id,
          named === undefined || earlier === "all" ? "all" : new Set([...earlier, ...named]),
        );
      }
    }
    const some = [...reads].flatMap(([id, read]) => (read === "all" ? [] : [[id, [...read]] as const]));
    judgeMlModel(draft, names, columnsOfDataset);
    return {
      ...draft.node,
      reads: [...reads.keys()],
      ...(some.length === 0 ? {} : { columns: Object.fromEntries(some) }),
    };
  });
  return nodes.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The named columns as the dataset spells them. Reports those it does not have. */
function judgeRead(
  { mistakes }: ConsumerDraft,
  index: number,
  id: DatasetId,
  named: readonly string[],
  columns: readonly GraphColumn[] | undefined,
): Set<string> {
  // What is wrong with the dataset is told there.
  if (columns === undefined) return new Set(named);
  const known = new Map(columns.map(({ name }) => [name.toLowerCase(), name]));
  const found = named.map((name, at) => {
    const spelled = known.get(name.toLowerCase());
    if (spelled === undefined) {
      const message = `column "${name}" does not exist in ${id}, but the consumer reads it`;
      mistakes.add("unknown-column", ["reads", index, "columns", at], message, {
        suggestion: didYouMean(name, known.values()),
      });
    }
    return spelled ?? name;
  });
  return new Set(found);
}

/** Reports every `renamedFrom` that cannot be the name a dataset had before. */
export function judgeRenames(datasets: readonly DatasetEntry[], names: DatasetNames): void {
  const claims = new Map<string, string>();
  for (const { id, renamedFrom, mistakes } of datasets) {
    if (renamedFrom === undefined) continue;
    const refuse = (message: string, suggestion: string): void =>
      mistakes.add("bad-setting", ["renamedFrom"], message, { suggestion });
    const before = renamedFrom.toLowerCase();
    const claim = claims.get(before);
    if (!isDatasetName(renamedFrom)) {
      refuse(
        `"renamedFrom" must be the name of a dataset, not "${renamedFrom}"`,
        'write schema.name, such as "community.comments"',
      );
    } else if (before === id.toLowerCase()) {
      refuse(`${id} cannot be renamed from itself`, 'give the name it had before, or remove "renamedFrom"');
    } else if (names.find(renamedFrom) !== undefined) {
      refuse(
        `${id} cannot be renamed from "${renamedFrom}", because that dataset still exists`,
        `remove ${renamedFrom}, or remove "renamedFrom"`,
      );
    } else if (claim === undefined) claims.set(before, id);
    else {
      refuse(
        `${id} cannot be renamed from "${renamedFrom}", because ${claim} says so of itself already`,
        'a history has one heir: remove "renamedFrom" from one of them',
      );
    }
  }
}

/** Stories by priority, then by name. Reports every `story` setting that names none of them. */
export function judgeStories(drafts: {
  readonly names: DatasetNames;
  readonly datasets: readonly DatasetEntry[];
  readonly consumers: readonly ConsumerDraft[];
  readonly stories: readonly StoryDraft[];
}): StoryNode[] {
  const known = new Set(drafts.stories.map(({ node }) => node.id));
  const uses = [
    ...drafts.datasets.map(({ story, mistakes }) => ({ story, mistakes })),
    ...drafts.consumers.map(({ node, mistakes }) => ({ story: node.story, mistakes })),
  ];
  for (const { story, mistakes } of uses) {
    if (story === undefined || known.has(story) || drafts.names.find(story) === "unreadable") continue;
    mistakes.add("unknown-story", ["story"], `story "${story}" does not exist`, {
      suggestion: didYouMean(story, known) ?? `write stories/${story}.md`,
    });
  }
  const rank = ({ priority }: StoryNode): number => priority ?? Number.POSITIVE_INFINITY;
  return drafts.stories
    .map(({ node }) => node)
    .sort((a, b) => (rank(a) === rank(b) ? (a.id < b.id ? -1 : 1) : rank(a) - rank(b)));
}
