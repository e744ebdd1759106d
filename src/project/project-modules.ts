import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { fileURLToPath } from "node:url";
import { entryUrl } from "../entry.ts";
import { isPlainScript } from "./plain-script.ts";

/**
 * How the modules of a project are loaded in this thread from now on. `import … from "sluice"` means this program, also
 * where the project has a Sluice of its own: definitions and the program that reads them must agree. TypeScript without
 * types is loaded as the JavaScript that it is. Calling it again does nothing.
 */
export function hookProjectModules(): void {
  if (hooked) return;
  hooked = true;
  registerHooks({
    resolve: (specifier, context, next) => {
      if (specifier === "sluice") return { url: entryUrl("index").href, shortCircuit: true };
      const resolved = next(specifier, context);
      // What is loaded afresh under a query (`?load=2`) gets its own imports afresh as well.
      const query = context.parentURL === undefined ? "" : new URL(context.parentURL).search;
      return query !== "" && isOwn(resolved.url) && !resolved.url.includes("?")
        ? { ...resolved, url: resolved.url + query }
        : resolved;
    },
    load: (url, context, next) => {
      if (context.format !== "module-typescript" || !isOwn(url)) return next(url, context);
      const source = readFileSync(fileURLToPath(url), "utf8");
      return isPlainScript(source) ? { format: "module", source, shortCircuit: true } : next(url, context);
    },
  });
}

const isOwn = (url: string): boolean => url.startsWith("file:") && !url.includes("/node_modules/");

let hooked = false;
