import { pathToFileURL } from "node:url";
import { SluiceError } from "../errors.ts";
import { dieWithParent } from "./die-with-parent.ts";
import { hookProjectModules } from "../project/project-modules.ts";

/**
 * The default export of a definition file, loaded into this worker. Each load is fresh, because a warm
 * worker outlives the files it read. Errors: `build-failed`.
 */
export async function loadDefinition<T>(path: string): Promise<T> {
  dieWithParent();
  hookProjectModules();
  try {
    loads += 1;
    const module = (await import(`${pathToFileURL(path).href}?load=${loads}`)) as { readonly default: T };
    return module.default;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new SluiceError("build-failed", `the definition cannot be loaded: ${message}`, {
      cause: error,
      hint: "sluice check shows where",
    });
  }
}

let loads = 0;
