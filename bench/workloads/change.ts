import { withEdition, withSameRows } from "../generate/chain.ts";
import type { ModelDefinition } from "../generate/model-definition.ts";
import type { Evidence } from "../same-work.ts";
import type { ChainProject } from "./chain-project.ts";

/** What happens to a project before a run. */
export type Change = "nothing" | "leaf" | "root";

/** The model that changes, and how: the number makes each turn's change a new one. */
export function changedModel(
  project: ChainProject,
  change: "leaf" | "root",
  edition: number,
): ModelDefinition {
  const model = project.chain.models.find(({ name }) => name === project.chain[change]);
  if (!model) throw new Error(`the chain has no model "${project.chain[change]}"`);
  return (change === "leaf" ? withEdition : withSameRows)(model, edition);
}

/** What a change has to leave behind: the changed model, whatever its edition. */
export function changeExpectation(project: ChainProject, change: "leaf" | "root"): Evidence["expected"] {
  return { outputs: [project.chain[change]], checks: [], failing: [] };
}

/** A column that tells turns apart; not compared. */
export const ignoredColumns = ["edition"];
