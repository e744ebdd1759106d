import { createHash } from "node:crypto";
import type { Graph } from "../graph/graph.ts";
import type { PlanState } from "../plan/plan-state.ts";
import type { Settled } from "../store/store.ts";
import type { Ports } from "./ports.ts";

/**
 * Proof that a run would have nothing to do, as long as the project's files, the landing files and the
 * environment's release stay what they are, and until a source becomes too old. None where work depends on more than that: on a generator,
 * or on the clock.
 */
export function settledBy(
  graph: Graph,
  state: PlanState,
  at: {
    readonly signature: string;
    readonly release: number;
    readonly rows: Settled["rows"];
    /** When the next source becomes too old (milliseconds since 1970). */
    readonly until: number | undefined;
  },
): Settled | undefined {
  const moving = graph.datasets.some((node) =>
    node.kind === "source" ? node.from.kind === "generator" : node.parameters.length > 0,
  );
  if (moving || at.release === 0) return undefined;
  const sources = graph.datasets.flatMap((node) =>
    node.kind === "source" && node.from.kind === "files" ? [node] : [],
  );
  return {
    environment: state.environment,
    release: at.release,
    project: at.signature,
    patterns: sources.map((node) => (node.from.kind === "files" ? node.from.patterns : [])),
    landing: landingSignature(sources.map((node) => state.listings.get(node.id)?.signature ?? "")),
    datasets: graph.datasets.map((node) => node.id),
    rows: at.rows,
    ...(at.until === undefined ? {} : { until: new Date(at.until).toISOString() }),
  };
}

/** Whether the proof still holds. Reads one row of the store and stats files; loads nothing else. */
export async function stillSettled(
  ports: Pick<Ports, "list" | "now"> & { readonly store: Pick<Ports["store"], "settled" | "environment"> },
  environment: string,
  signature: string,
): Promise<Settled | undefined> {
  const settled = await ports.store.settled(environment);
  if (settled?.project !== signature) return undefined;
  if (settled.until !== undefined && settled.until <= ports.now().toISOString()) return undefined;
  if ((await ports.store.environment(environment))?.release !== settled.release) return undefined;
  const landing = landingSignature(settled.patterns.map((patterns) => ports.list(patterns).signature));
  return landing === settled.landing ? settled : undefined;
}

const landingSignature = (signatures: readonly string[]): string =>
  createHash("sha256").update(JSON.stringify(signatures)).digest("hex");
