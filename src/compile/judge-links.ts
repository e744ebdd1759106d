/** What definitions say about each other beyond data: consumers read datasets, everything may serve a story. */
import type { ConsumerNode, StoryNode } from "../graph/graph.ts";
import { didYouMean } from "../graph/nearest-name.ts";
import type { DatasetNames } from "./dataset-names.ts";
import type { ConsumerDraft, DatasetDraft, StoryDraft } from "./draft.ts";

/** Consumers in order of their names, with what they read as the datasets call themselves. */
export function judgeConsumers(consumers: readonly ConsumerDraft[], names: DatasetNames): ConsumerNode[] {
  const nodes = consumers.map(({ node, mistakes }): ConsumerNode => {
    const reads: string[] = [];
    for (const [index, name] of node.reads.entries()) {
      const found = names.find(name);
      if (found === undefined) {
        mistakes.add("unknown-dataset", ["reads", index], `dataset "${name}" does not exist`, {
          suggestion: names.suggest(name),
        });
      } else if (found !== "unreadable") reads.push(found.id);
    }
    return { ...node, reads: [...new Set(reads)] };
  });
  return nodes.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Stories by priority, then by name. Reports every `story` setting that names none of them. */
export function judgeStories(drafts: {
  readonly names: DatasetNames;
  readonly datasets: readonly DatasetDraft[];
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
