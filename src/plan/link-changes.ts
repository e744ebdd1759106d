import type { Graph } from "../graph/graph.ts";
import type { LinkChange } from "./plan.ts";

/** Which consumers and stories differ from those of the project that the environment runs; none where that is the same. */
export function linkChanges(before: Graph | undefined, after: Graph): LinkChange[] {
  if (before === undefined) return [];
  return [
    ...changesOf("consumer", textsOf(before.consumers, "name"), textsOf(after.consumers, "name")),
    ...changesOf("story", textsOf(before.stories, "id"), textsOf(after.stories, "id")),
  ];
}

/** What each says, by its name. */
function textsOf<Key extends string>(
  links: readonly Readonly<Record<Key, string>>[],
  key: Key,
): ReadonlyMap<string, string> {
  return new Map(links.map((link) => [link[key], JSON.stringify(link)]));
}

function changesOf(
  kind: LinkChange["kind"],
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): LinkChange[] {
  return [...new Set([...before.keys(), ...after.keys()])].toSorted().flatMap((name): LinkChange[] => {
    const [was, is] = [before.get(name), after.get(name)];
    if (was === is) return [];
    return [{ kind, name, change: was === undefined ? "new" : is === undefined ? "removed" : "changed" }];
  });
}
