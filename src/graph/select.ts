import { SluiceError } from "../errors.ts";
import type { DatasetId, Graph } from "./graph.ts";
import { didYouMean, nearestName } from "./nearest-name.ts";
import { downstream, upstream } from "./walks.ts";

/**
 * The datasets a selection names, in graph order.
 *
 * The syntax is dbt's: `name`, `schema.*`, `+name` (with all it is built from), `name+` (with all that is
 * built from it), `2+name` and `name+1` (that many steps), `tag:x`, `owner:x`, `story:x`, `source:*`,
 * `state:modified`, and `consumer:x` (what a consumer reads and all that is built from). A space joins,
 * a comma intersects. `name` may leave out the schema where only one dataset has that name.
 *
 * `modified` holds the datasets that `state:modified` stands for; the caller compares with an environment.
 * Errors: `bad-selection`.
 */
export function select(
  graph: Graph,
  selection: string | readonly string[],
  modified?: ReadonlySet<DatasetId>,
): DatasetId[] {
  const text = typeof selection === "string" ? selection : selection.join(" ");
  const unions = text.split(/\s+/).filter((part) => part !== "");
  if (unions.length === 0) {
    throw badSelection(text, "it is empty", "name a dataset, or leave the selection out to mean everything");
  }
  const chosen = new Set<DatasetId>();
  for (const union of unions) {
    const terms = union.split(",").map((term) => resolveTerm(graph, term, modified));
    const [first, ...others] = terms;
    for (const id of first ?? []) if (others.every((other) => other.has(id))) chosen.add(id);
  }
  return graph.datasets.filter((node) => chosen.has(node.id)).map((node) => node.id);
}

const termPattern = /^(?:(?<up>\d*)\+)?(?:(?<method>[a-z]+):)?(?<value>[^+]+?)(?:\+(?<down>\d*))?$/;

function resolveTerm(
  graph: Graph,
  term: string,
  modified: ReadonlySet<DatasetId> | undefined,
): ReadonlySet<DatasetId> {
  const match = termPattern.exec(term)?.groups;
  if (match?.["value"] === undefined) {
    throw badSelection(term, "it is not a name, a pattern or a method", examples);
  }
  const { up, method, value, down } = match;
  const named = resolveMethod(graph, term, method, value, modified);
  const selected = new Set(named);
  // A consumer's own data is not enough to feed it: everything it is made from belongs to it.
  if (up !== undefined || method === "consumer") addAll(selected, upstream(graph, named, steps(up)));
  if (down !== undefined) addAll(selected, downstream(graph, named, steps(down)));
  return selected;
}

const examples =
  'examples: "community.comments", "raw.*", "+community.phrases", "tag:nightly", "consumer:weekly-digest"';

const steps = (count: string | undefined): number =>
  count === undefined || count === "" ? Number.POSITIVE_INFINITY : Number(count);

function resolveMethod(
  graph: Graph,
  term: string,
  method: string | undefined,
  value: string,
  modified: ReadonlySet<DatasetId> | undefined,
): DatasetId[] {
  const ids = (test: (node: Graph["datasets"][number]) => boolean): DatasetId[] =>
    graph.datasets.filter(test).map((node) => node.id);
  switch (method) {
    case undefined:
      return resolveNames(graph, term, value);
    case "tag":
      return matching(term, value, graph.datasets, (node) => node.tags);
    case "owner":
      return matching(term, value, graph.datasets, (node) => (node.owner === undefined ? [] : [node.owner]));
    case "story":
      return selectStory(graph, term, value);
    case "source":
      return resolveNames({ ...graph, datasets: graph.datasets.filter(isSource) }, term, value);
    case "consumer":
      return selectConsumer(graph, term, value);
    case "state":
      if (value !== "modified") {
        throw badSelection(term, `state "${value}" does not exist`, 'the only state is "state:modified"');
      }
      if (modified === undefined) {
        throw badSelection(
          term,
          "there is no environment to compare with here",
          "use it with plan, run or ls --env",
        );
      }
      return ids((node) => modified.has(node.id));
    default: {
      const near = nearestName(method, ["tag", "owner", "story", "source", "consumer", "state"]);
      const hint =
        near === undefined
          ? "methods are tag, owner, story, source, consumer and state"
          : `did you mean "${near}:"?`;
      throw badSelection(term, `the method "${method}" does not exist`, hint);
    }
  }
}

const isSource = (node: Graph["datasets"][number]): boolean => node.kind === "source";

function resolveNames(graph: Graph, term: string, value: string): DatasetId[] {
  const wanted = value.toLowerCase();
  const bare = !value.includes(".");
  if (/[*?]/.test(value)) {
    const pattern = globPattern(wanted);
    const found = graph.datasets.filter(
      ({ id }) =>
        pattern.test(id.toLowerCase()) || (bare && pattern.test(id.slice(id.indexOf(".") + 1).toLowerCase())),
    );
    if (found.length === 0) throw badSelection(term, "it matches no dataset", listHint(graph));
    return found.map((node) => node.id);
  }
  const found = graph.datasets.filter(
    ({ id }) => id.toLowerCase() === wanted || (bare && id.toLowerCase().endsWith(`.${wanted}`)),
  );
  if (found.length === 1 && found[0] !== undefined) return [found[0].id];
  const names = graph.datasets.map((node) => node.id);
  if (found.length > 1) {
    const list = found.map((node) => `"${node.id}"`).join(", ");
    throw badSelection(term, `more than one dataset is called "${value}"`, `write one of ${list}`);
  }
  const near = bare ? nearestBare(value, names) : undefined;
  throw badSelection(
    term,
    `dataset "${value}" does not exist`,
    near ?? didYouMean(value, names) ?? listHint(graph),
  );
}

function nearestBare(value: string, names: readonly string[]): string | undefined {
  const bare = nearestName(
    value,
    names.map((id) => id.slice(id.indexOf(".") + 1)),
  );
  const id = names.find((name) => bare !== undefined && name.endsWith(`.${bare}`));
  return id === undefined ? undefined : `did you mean "${id}"?`;
}

const listHint = (graph: Graph): string =>
  graph.datasets.length === 0 ? "the project has no datasets yet" : "sluice ls shows all datasets";

function matching(
  term: string,
  value: string,
  nodes: Graph["datasets"],
  labels: (node: Graph["datasets"][number]) => readonly string[],
): DatasetId[] {
  const pattern = globPattern(value);
  const found = nodes.filter((node) => labels(node).some((label) => pattern.test(label)));
  if (found.length > 0) return found.map((node) => node.id);
  const existing = new Set(nodes.flatMap(labels));
  throw badSelection(term, "no dataset has it", didYouMean(value, existing) ?? named("used", existing));
}

function selectStory(graph: Graph, term: string, value: string): DatasetId[] {
  const known = new Set(graph.stories.map((story) => story.id));
  if (!known.has(value)) {
    throw badSelection(
      term,
      `story "${value}" does not exist`,
      didYouMean(value, known) ?? named("stories", known),
    );
  }
  const reads = graph.consumers.filter((one) => one.story === value).flatMap((one) => one.reads);
  const own = new Set(reads);
  return graph.datasets.filter((node) => node.story === value || own.has(node.id)).map((node) => node.id);
}

function selectConsumer(graph: Graph, term: string, value: string): DatasetId[] {
  const pattern = globPattern(value);
  const found = graph.consumers.filter((one) => pattern.test(one.name));
  if (found.length === 0) {
    const known = new Set(graph.consumers.map((one) => one.name));
    const hint = didYouMean(value, known) ?? named("consumers", known);
    throw badSelection(term, `consumer "${value}" does not exist`, hint);
  }
  return found.flatMap((one) => one.reads);
}

function named(what: string, names: ReadonlySet<string>): string {
  const list = [...names].sort().slice(0, 10);
  return list.length === 0 ? "the project has none" : `${what}: ${list.join(", ")}`;
}

function globPattern(glob: string): RegExp {
  const source = glob
    .replaceAll(/[\\^$.|()[\]{}+]/g, String.raw`\$&`)
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`, "s");
}

function badSelection(term: string, why: string, hint: string): SluiceError {
  return new SluiceError("bad-selection", `cannot select "${term}": ${why}`, { hint });
}

function addAll<T>(to: Set<T>, from: Iterable<T>): void {
  for (const value of from) to.add(value);
}
