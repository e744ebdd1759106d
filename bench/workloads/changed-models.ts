import type { Chain } from "../generate/chain.ts";
import type { ModelDefinition } from "../generate/model-definition.ts";

/** How many files change before a command; cold is with nothing known from before. */
export type Edits = "cold" | 0 | 1 | 10;

/** So many models, spread over the project: others read most of them. None when cold. */
export function changedModels({ models }: Chain, edits: Edits): readonly ModelDefinition[] {
  const count = edits === "cold" ? 0 : edits;
  const step = Math.floor(models.length / (count + 1));
  return models.filter((_, at) => at > 0 && at % step === 0 && at / step <= count);
}
