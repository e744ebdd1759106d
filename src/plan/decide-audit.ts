import type { DatasetId, DatasetNode } from "../graph/graph.ts";
import { type Reference, references } from "../graph/references.ts";
import type { Version } from "../graph/version.ts";
import { currentVersion, type Known } from "./decide.ts";
import type { PlanState } from "./plan-state.ts";
import type { Reason } from "./plan.ts";
import { contentSeen, referenceAudit } from "./reference-audit.ts";

interface Moment {
  /** Of every dataset of the project. */
  readonly known: ReadonlyMap<DatasetId, Known>;
  readonly state: PlanState;
}

/** Why the checks of a dataset that stays at its version are asked again, if they are. */
export function decideAudit(node: DatasetNode, version: Version, moment: Moment): Reason | undefined {
  const { state, known } = moment;
  if (!state.audited.has(`${version.id}/${node.auditFingerprint}`)) return { because: "checks" };
  const asked = references(node, version.columns);
  if (asked.length === 0) return undefined;
  const open = asked.filter(({ dataset }) => known.get(dataset)?.version === undefined);
  if (open.length === 0) {
    const audit = referenceAudit(node, version, (dataset) => known.get(dataset)?.version);
    if (audit === undefined || state.audited.has(`${version.id}/${audit}`)) return undefined;
  }
  const moving = asked.filter((reference) => moves(reference, moment)).map(({ dataset }) => dataset);
  if (moving.length > 0) return { because: "references", datasets: [...new Set(moving)] };
  return open.length === 0 ? { because: "checks" } : undefined;
}

/** Whether what a check looks into is, or may come out, other than it is published. */
function moves({ dataset, column }: Reference, { known, state }: Moment): boolean {
  const { version, touched = "all", news = false } = known.get(dataset) ?? {};
  if (version === undefined) {
    const isTouched =
      touched === "all" || (column === undefined ? touched.size > 0 : touched.has(column.toLowerCase()));
    return news || isTouched;
  }
  const current = currentVersion(dataset, state);
  return current === undefined || contentSeen(current, column) !== contentSeen(version, column);
}
