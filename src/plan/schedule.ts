import type { DatasetId, DatasetNode } from "../graph/graph.ts";
import { orderByInputs } from "../graph/walks.ts";
import type { Stage } from "./plan.ts";

/** A stage with the datasets of the plan that have to be settled before it. */
export interface Scheduled {
  readonly stage: Stage;
  readonly node: DatasetNode;
  readonly after: readonly DatasetId[];
}

/**
 * The stages of a plan in an order in which each comes after what it waits for: its inputs, and the datasets its
 * checks refer to, because an audit looks into those too. A reference that leads in a circle is not waited
 * for: its audit looks at what was published before.
 */
export function schedule(stages: readonly Stage[], nodes: ReadonlyMap<DatasetId, DatasetNode>): Scheduled[] {
  const planned = new Map(
    stages.flatMap((stage) => {
      const node = nodes.get(stage.dataset);
      return node === undefined ? [] : [[node.id, { stage, node }] as const];
    }),
  );
  const after = new Map<DatasetId, readonly DatasetId[]>();
  for (const { node } of planned.values()) {
    const before = [...node.inputs, ...referred(node)];
    after.set(
      node.id,
      [...new Set(before)].filter((id) => planned.has(id)),
    );
  }
  let order = orderByInputs(after);
  if (order.rings.length > 0) {
    const ordered = new Set(order.levels.flat());
    for (const { node } of planned.values()) {
      if (!ordered.has(node.id))
        after.set(
          node.id,
          node.inputs.filter((id) => planned.has(id)),
        );
    }
    order = orderByInputs(after);
  }
  return order.levels.flat().flatMap((id) => {
    const found = planned.get(id);
    return found === undefined ? [] : [{ ...found, after: after.get(id) ?? [] }];
  });
}

/** Datasets that checks of a dataset refer to. */
const referred = (node: DatasetNode): DatasetId[] =>
  node.checks
    .flatMap((check) => (check.check === "references" ? [check.to.slice(0, check.to.lastIndexOf("."))] : []))
    .filter((id) => id !== node.id);
