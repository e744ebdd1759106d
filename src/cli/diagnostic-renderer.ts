import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { RenderDiagnostic } from "./render-error.ts";

/** Renders diagnostics of a project with code frames, from its files as they are now; without a frame where one cannot be read. */
export function diagnosticRenderer(root: string): RenderDiagnostic {
  return async (diagnostic) => {
    const { renderDiagnostic } = await import("../compile/code-frame.ts");
    const text = await readFile(join(root, diagnostic.path), "utf8").catch(() => undefined);
    return renderDiagnostic(diagnostic, text);
  };
}
