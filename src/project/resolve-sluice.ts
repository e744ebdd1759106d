import { registerHooks } from "node:module";
import { entryUrl } from "../entry.ts";

let registered = false;

/**
 * Let definition files import `"sluice"` in this thread even where the project has not installed it:
 * they then get the definitions of the program that reads them.
 */
export function resolveSluice(): void {
  if (registered) return;
  registered = true;
  registerHooks({
    resolve(specifier, context, next) {
      return specifier === "sluice"
        ? { url: entryUrl("index").href, shortCircuit: true }
        : next(specifier, context);
    },
  });
}
