/**
 * How the work flows, derived from what really happened: releases in, progress out; findings in, incidents out. This room reads
 * documents only; nobody moves a card by hand, and nothing here can be edited.
 */
import type { Graph, StoryNode } from "../graph/graph.ts";
import type { Held } from "../graph/version.ts";

/** What of a release tells about stories. */
export interface PublishedRelease {
  readonly number: number;
  readonly at: string;
  readonly changes: Readonly<Record<string, string | null>>;
}

/**
 * Where a story stands: `planned` while nothing of it is defined, `building` until all its datasets were
 * published once, `flowing` from then on, `held` while one of them is kept at its last good version.
 */
export interface StoryProgress {
  readonly story: StoryNode["id"];
  readonly state: "planned" | "building" | "flowing" | "held";
  readonly datasets: readonly string[];
  /** The release that first had all of it. */
  readonly since?: { readonly release: number; readonly at: string };
}

/** The progress of every story in one environment, from its releases (any order). */
export function storyProgress(
  graph: Graph,
  releases: readonly PublishedRelease[],
  held: ReadonlyMap<string, Held>,
): readonly StoryProgress[] {
  const first = firstPublished(releases);
  return graph.stories.map(({ id }) => {
    const datasets = graph.datasets.filter((node) => node.story === id).map((node) => node.id);
    const published = datasets.map((dataset) => first.get(dataset));
    const complete = datasets.length > 0 && published.every((release) => release !== undefined);
    const last = complete
      ? published.toSorted((a, b) => (a?.number ?? 0) - (b?.number ?? 0)).at(-1)
      : undefined;
    if (!last) return { story: id, state: datasets.length === 0 ? "planned" : "building", datasets };
    const state = datasets.some((dataset) => held.has(dataset)) ? "held" : "flowing";
    return { story: id, state, datasets, since: { release: last.number, at: last.at } };
  });
}

function firstPublished(releases: readonly PublishedRelease[]): ReadonlyMap<string, PublishedRelease> {
  const first = new Map<string, PublishedRelease>();
  for (const release of releases.toSorted((a, b) => a.number - b.number)) {
    for (const [dataset, version] of Object.entries(release.changes)) {
      if (version !== null && !first.has(dataset)) first.set(dataset, release);
    }
  }
  return first;
}
