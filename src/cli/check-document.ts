import type { CheckedProject } from "../project/compile-project.ts";
import { counted, duration } from "./quantity.ts";
import { problemCount } from "./render-error.ts";

/** What `--json` prints of a project without errors; undefined where there are some. */
export function checkDocument({ outline, diagnostics }: CheckedProject, elapsed: number) {
  if (outline === undefined) return undefined;
  return {
    project: outline.project.name,
    datasets: outline.nodes.length,
    sources: outline.sources,
    models: outline.nodes.length - outline.sources,
    consumers: outline.consumers.length,
    stories: outline.stories.length,
    diagnostics,
    elapsed,
  };
}

/** The last line: `12 datasets, no problems (0.04 s)`. */
export function verdict({ outline, diagnostics }: CheckedProject, elapsed: number): string {
  const problems = diagnostics.length === 0 ? "no problems" : problemCount(diagnostics);
  const datasets = outline === undefined ? "" : `${counted(outline.nodes.length, "dataset")}, `;
  return `${datasets}${problems} (${duration(elapsed)})`;
}
