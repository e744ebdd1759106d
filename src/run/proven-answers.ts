import type { ModelNode } from "../graph/graph.ts";
import type { Asked } from "../quality/ask.ts";
import { inheritUnique, type KnownInput } from "../quality/inherit-unique.ts";
import type { CheckAnswer } from "../quality/questions.ts";
import { type Context, pinnedInput } from "./context.ts";

/** A model's questions, told apart: what its query proves, given the versions that it reads, and what has to be asked. */
export async function provenAnswers(
  context: Context,
  node: ModelNode,
  asked: readonly Asked[],
): Promise<{ readonly proven: readonly CheckAnswer[]; readonly open: readonly Asked[] }> {
  if ((node.unique ?? []).length === 0) return { proven: [], open: asked };
  const versions = node.inputs.map((input) => pinnedInput(context, input));
  const audits = await context.ports.store.audits(versions.map(({ id }) => id));
  const inputs = new Map<string, KnownInput>();
  for (const [at, id] of node.inputs.entries()) {
    const input = context.graph.datasets.find((one) => one.id === id);
    const version = versions[at];
    if (input === undefined || version === undefined) continue;
    const audit = audits.find(
      (one) => one.version === version.id && one.auditFingerprint === input.auditFingerprint,
    );
    inputs.set(id, { node: input, version, verdict: audit?.verdict });
  }
  const proven = inheritUnique(node, asked, inputs);
  const ids = new Set(proven.map(({ id }) => id));
  return { proven, open: asked.filter(({ question }) => !ids.has(question.id)) };
}
