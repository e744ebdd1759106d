import { registerHooks } from "node:module";
import { entryUrl } from "../entry.ts";

/**
 * Make `import … from "sluice"` in a project's files mean this program, in this thread, from now on. Also
 * where the project has a Sluice of its own: definitions and the program that reads them must agree.
 * Calling it again does nothing.
 */
export function resolveSluice(): void {
  if (registered) return;
  registered = true;
  registerHooks({
    resolve: (specifier, context, next) => {
      if (specifier === "sluice") return { url: entryUrl("index").href, shortCircuit: true };
      const resolved = next(specifier, context);
      // What is loaded afresh under a query (`?load=2`) gets its own imports afresh as well.
      const query = context.parentURL === undefined ? "" : new URL(context.parentURL).search;
      const isOwn = resolved.url.startsWith("file:") && !resolved.url.includes("/node_modules/");
      return query !== "" && isOwn && !resolved.url.includes("?")
        ? { ...resolved, url: resolved.url + query }
        : resolved;
    },
  });
}

let registered = false;
