import { type ColumnRef, columnLinks, type ColumnLinks, type ReachedColumn } from "../graph/column-walks.ts";
import { settingsOf } from "../compile/odcs/contract-document.ts";
import type { DatasetId, DatasetNode, Graph, SourceNode } from "../graph/graph.ts";
import { dependents, type Impact, impacts } from "../graph/walks.ts";
import {
  type ContractReaders,
  isFeltChange,
  judgeContract,
  type JudgedContractChange,
  readersOf,
} from "./judge-contract.ts";
import type { BrokenReader, Change, ColumnChanges, Reach } from "./plan.ts";

/** Hops that are followed for all changes of one plan together: about a second. Beyond, datasets stand for columns. */
const mostHops = 300_000;

/** Tells of changes whom they reach, by the lineage of before for what is gone, and of now for what is there. */
export class ChangeJudge {
  readonly #now: Side;
  readonly #before: Side | undefined;
  readonly #calledNow: (id: DatasetId) => DatasetId;
  #hopsLeft = mostHops;
  #impacts: ReadonlyMap<DatasetId, Impact> | undefined;
  #readers: ReadonlyMap<DatasetId, readonly DatasetId[]> | undefined;

  /** `before` is the project that the environment runs. */
  constructor(now: Graph, before: Graph | undefined, calledNow: (id: DatasetId) => DatasetId) {
    this.#now = new Side(now);
    this.#before = before && new Side(before);
    this.#calledNow = calledNow;
  }

  /** A dataset whose definition changed; `earlier` is the name it had. */
  changed(node: DatasetNode, earlier: DatasetId, columns: ColumnChanges): Change {
    const gone = [...columns.removed, ...columns.retyped.map(({ column }) => column)];
    const broken = this.#readersOf(earlier, gone);
    const there = columns.rows
      ? node.columns.map(({ name }) => name)
      : [...columns.added, ...columns.retyped.map(({ column }) => column), ...columns.redefined];
    const reach = this.#reach([
      { side: this.#before, refs: gone.map((column) => ({ dataset: earlier, column })) },
      { side: this.#now, refs: there.map((column) => ({ dataset: node.id, column })) },
    ]);
    return { severity: broken.length > 0 ? "breaking" : "compatible", columns, broken, reach };
  }

  /** What the contract of a source takes back or refuses from now on. */
  contract(node: SourceNode, before: SourceNode): JudgedContractChange[] {
    const found = (column: string): ContractReaders => {
      const ref = { dataset: before.id, column };
      const all = this.#before === undefined ? undefined : readersOf(this.#before.links, ref);
      const [{ models } = { models: [] }] = this.#readersOf(before.id, [column]);
      return { models, consumers: all?.consumers.filter((name) => this.#now.consumers.has(name)) ?? [] };
    };
    return judgeContract(settingsOf(before), settingsOf(node), found).filter(isFeltChange);
  }

  /** A dataset that left the project. */
  removed(id: DatasetId, names: readonly string[]): Change {
    const columns = { added: [], removed: names, retyped: [], redefined: [], rows: false };
    const broken = this.#readersOf(id, names);
    const reach = this.#reach([
      { side: this.#before, refs: names.map((column) => ({ dataset: id, column })) },
    ]);
    return { severity: broken.length > 0 ? "breaking" : "compatible", columns, broken, reach };
  }

  /** Who read columns one hop down, of those who are still there. */
  #readersOf(dataset: DatasetId, columns: readonly string[]): BrokenReader[] {
    const side = this.#before;
    if (side === undefined) return [];
    return columns.flatMap((column) => {
      const links = side.links.readers({ dataset, column });
      const models = [...new Set(links.map((link) => this.#calledNow(link.dataset)))].filter((id) =>
        this.#now.datasets.has(id),
      );
      const consumers = side.links
        .consumersOf({ dataset, column })
        .map(({ name }) => name)
        .filter((name) => this.#now.consumers.has(name));
      return models.length + consumers.length === 0 ? [] : [{ column, models, consumers }];
    });
  }

  #reach(parts: readonly { readonly side: Side | undefined; readonly refs: readonly ColumnRef[] }[]): Reach {
    const columns = new Map<string, ReachedColumn>();
    const consumers = new Set<string>();
    for (const { side, refs } of parts) {
      if (side === undefined || refs.length === 0) continue;
      const found = side.links.reach(refs, this.#hopsLeft);
      if (found === undefined) {
        this.#hopsLeft = 0;
        return this.#roughReach(parts);
      }
      this.#hopsLeft -= found.length;
      for (const { dataset, column, proven } of found) {
        const to = { dataset: this.#calledNow(dataset), column, proven };
        if (this.#now.datasets.has(to.dataset)) columns.set(`${to.dataset}.${column}`, to);
      }
      for (const ref of [...refs, ...found]) {
        for (const { name } of side.links.consumersOf(ref))
          if (this.#now.consumers.has(name)) consumers.add(name);
      }
    }
    const all = [...columns.values()];
    const origin = parts.flatMap(({ refs }) => refs.map(({ dataset }) => this.#calledNow(dataset)));
    return {
      columns: [...columns.keys()],
      ...this.#people(new Set(all.map(({ dataset }) => dataset)), consumers, new Set(origin)),
      proven: all.every(({ proven }) => proven),
    };
  }

  /** By whole datasets, where following columns would take too long. */
  #roughReach(parts: readonly { readonly refs: readonly ColumnRef[] }[]): Reach {
    const ids = new Set(parts.flatMap(({ refs }) => refs.map(({ dataset }) => this.#calledNow(dataset))));
    this.#impacts ??= impacts(this.#now.graph);
    this.#readers ??= dependents(this.#now.graph);
    const models = new Set([...ids].flatMap((id) => this.#readers?.get(id) ?? []));
    const consumers = new Set([...ids].flatMap((id) => this.#impacts?.get(id)?.consumers ?? []));
    return { columns: [], ...this.#people(models, consumers, ids), proven: false };
  }

  #people(
    reached: ReadonlySet<DatasetId>,
    consumers: ReadonlySet<string>,
    origins: ReadonlySet<DatasetId>,
  ): Pick<Reach, "models" | "consumers" | "stories" | "owners"> {
    const models = [...reached].filter((id) => !origins.has(id));
    const nodes = models.flatMap((id) => this.#now.datasets.get(id) ?? []);
    const users = [...consumers].flatMap((name) => this.#now.consumers.get(name) ?? []);
    const sorted = (values: readonly (string | undefined)[]): string[] =>
      [...new Set(values.filter((value) => value !== undefined))].sort();
    return {
      models,
      consumers: sorted([...consumers]),
      stories: sorted([...nodes, ...users].map(({ story }) => story)),
      owners: sorted([...nodes, ...users].map(({ owner }) => owner)),
    };
  }
}

/** A project with what is asked of it again and again. */
class Side {
  readonly graph: Graph;
  readonly links: ColumnLinks;
  readonly datasets: ReadonlyMap<DatasetId, DatasetNode>;
  readonly consumers: ReadonlyMap<string, Graph["consumers"][number]>;

  constructor(graph: Graph) {
    this.graph = graph;
    this.links = columnLinks(graph);
    this.datasets = new Map(graph.datasets.map((node) => [node.id, node]));
    this.consumers = new Map(graph.consumers.map((consumer) => [consumer.name, consumer]));
  }
}
