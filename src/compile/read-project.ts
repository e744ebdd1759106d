import type { Diagnostic } from "../errors.ts";
import type { ProjectSettings } from "../graph/graph.ts";
import type { Definitions } from "./definitions.ts";
import { nameHooks } from "./read-hooks.ts";
import { projectSchema } from "./schemas.ts";
import { moduleSettings } from "./settings.ts";
import { splitPassword } from "./state-address.ts";
import { Mistakes, validate } from "./validate.ts";

/** The project's settings with their defaults; undefined, and told why, when they cannot be used. */
export function readProject(
  { config, unread }: Definitions,
  diagnostics: Diagnostic[],
): ProjectSettings | undefined {
  if (unread.includes(config.path)) return undefined;
  if (config.value.kind !== "project") {
    diagnostics.push({
      code: "config-invalid",
      severity: "error",
      message: `${config.path} must export the project, but it ${
        config.value.kind === "none" ? "has no default export" : `exports a ${config.value.kind}`
      }`,
      path: config.path,
      line: 1,
      suggestion: 'write "export default project({ name: "…" })"',
    });
    return undefined;
  }
  const mistakes = new Mistakes(moduleSettings(config.path, config.text, config.value));
  const settings = validate(projectSchema, config.value, mistakes);
  const hooks = settings?.hooks === undefined ? [] : nameHooks(settings.hooks, mistakes);
  diagnostics.push(...mistakes.diagnostics);
  if (settings === undefined) return undefined;
  return {
    name: settings.name,
    storage: settings.storage ?? ".sluice/data",
    state: splitPassword(settings.state ?? ".sluice/state.db").address,
    engine: settings.engine ?? {},
    publish: settings.publish ?? "good",
    ...(settings.lineage === undefined ? {} : { lineage: settings.lineage }),
    ...(settings.owner === undefined ? {} : { owner: settings.owner }),
    ...(hooks.length === 0 ? {} : { hooks }),
  };
}
