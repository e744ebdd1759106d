import { SluiceError } from "../errors.ts";
import type { DatasetNode, Graph } from "../graph/graph.ts";
import { nearestName } from "../graph/nearest-name.ts";

/** What lineage is asked of: a dataset, or one of its columns. */
export interface LineageTarget {
  readonly node: DatasetNode;
  readonly column?: string;
}

/**
 * The dataset or column of a name: `schema.dataset`, `schema.dataset.column`, or both without the schema where
 * only one dataset is called so. Letter case does not count. Errors: `unknown-dataset`.
 */
export function lineageTarget(graph: Graph, name: string): LineageTarget {
  const exact = graph.datasets.find(({ id }) => id === name);
  if (exact) return { node: exact };
  const wanted = name.toLowerCase();
  const whole = only(graph.datasets.filter((node) => isCalled(node, wanted)));
  if (whole) return { node: whole };
  // A column's name may have dots in it, a dataset's has one: what is left of the longest fitting name.
  for (let dot = wanted.lastIndexOf("."); dot > 0; dot = wanted.lastIndexOf(".", dot - 1)) {
    const node = only(graph.datasets.filter((one) => isCalled(one, wanted.slice(0, dot))));
    if (node) return { node, column: findColumn(node, name.slice(dot + 1)) };
  }
  const near =
    nearColumn(graph, name) ??
    nearestName(
      name,
      graph.datasets.map(({ id }) => id),
    );
  throw new SluiceError(
    "unknown-dataset",
    `There is no dataset or column "${name}" in project "${graph.project.name}"`,
    {
      hint:
        near === undefined
          ? "sluice ls lists the datasets"
          : `Did you mean "${near}"? sluice ls lists the datasets`,
    },
  );
}

const isCalled = ({ id }: DatasetNode, wanted: string): boolean => {
  const lower = id.toLowerCase();
  return lower === wanted || lower.slice(lower.indexOf(".") + 1) === wanted;
};

const only = <T>(list: readonly T[]): T | undefined => (list.length === 1 ? list[0] : undefined);

function findColumn(node: DatasetNode, name: string): string {
  const names = node.columns.map((column) => column.name);
  const found =
    names.find((one) => one === name) ?? names.find((one) => one.toLowerCase() === name.toLowerCase());
  if (found !== undefined) return found;
  const near = nearestName(name, names);
  throw new SluiceError("unknown-dataset", `${node.id} has no column "${name}"`, {
    hint:
      near === undefined
        ? `sluice show ${node.id} lists its columns`
        : `Did you mean "${node.id}.${near}"? sluice show ${node.id} lists its columns`,
  });
}

/** The column that was probably meant, of the dataset that was probably meant. */
function nearColumn(graph: Graph, name: string): string | undefined {
  const [schema, dataset, ...column] = name.split(".");
  if (column.length === 0) return undefined;
  const ids = graph.datasets.map(({ id }) => id);
  const near = nearestName(`${schema}.${dataset}`, ids);
  const columns = graph.datasets.find(({ id }) => id === near)?.columns ?? [];
  const meant = nearestName(
    column.join("."),
    columns.map((one) => one.name),
  );
  return near === undefined || meant === undefined ? near : `${near}.${meant}`;
}
