import type { PinnedTable } from "../executor/executor.ts";
import type { DatasetId, DatasetNode } from "../graph/graph.ts";
import { hangsOnMoment, type LastCheck, lastChecks } from "../graph/references.ts";
import type { Version } from "../graph/version.ts";
import { downstream } from "../graph/walks.ts";
import { currentVersion } from "../plan/decide.ts";
import { referenceAudit } from "../plan/reference-audit.ts";
import type { Asked } from "../quality/ask.ts";
import { askLast, beforeTable } from "../quality/ask-last.ts";
import { judge } from "../quality/judge.ts";
import type { CheckResult, Verdict } from "../quality/verdict.ts";
import { allOrFirstError } from "./all-or-first-error.ts";
import { type Context, heldBy, isStopped, perform, type StageResult, workSettings } from "./context.ts";
import { failureOf } from "./failure.ts";
import { shownVerdict } from "./shown-verdict.ts";
import { pinVersion } from "./pin-versions.ts";

/** A dataset at the version at which it would be published, with what its checks say of others. */
interface Pair {
  readonly node: DatasetNode;
  readonly version: Version;
  readonly asked: readonly LastCheck[];
  /** Under which fingerprint it is audited. */
  readonly audit: string;
}

/** A dataset that must not move, and why. */
export interface Blame {
  readonly dataset: DatasetId;
  readonly result: StageResult;
}

type Outcomes = Map<DatasetId, StageResult>;

/**
 * Ask the checks that refer to other datasets, or hang on the moment, once it is known at which version everything would be published: no
 * release moves a dataset into a pair for which a stop-check fails. The dataset that makes the statement is held; where
 * it does not move, those it refers to that do. What is held stands at its last good version again, with all that was
 * built from it, and the pairs that this makes are asked in turn. Returns the datasets whose outcome is another now.
 */
export async function judgeReferences(context: Context, outcomes: Outcomes): Promise<ReadonlySet<DatasetId>> {
  const revised = new Set<DatasetId>();
  const referring = context.graph.datasets.filter((node) => lastChecks(node).length > 0);
  const verdicts = new Map<string, Verdict>();
  for (;;) {
    const pairs = referring.flatMap((node) => pairOf(context, node, outcomes) ?? []);
    await judgeAll(context, pairs, verdicts);
    const blamed = pairs.flatMap((pair) => blame(context, pair, verdicts.get(keyOf(pair)), outcomes));
    if (blamed.length === 0) {
      for (const pair of pairs) tell(pair, verdicts.get(keyOf(pair)), outcomes);
      return revised;
    }
    for (const one of blamed) withdraw(context, one, outcomes, revised);
  }
}

const keyOf = ({ version, audit }: Pair): string => `${version.id}/${audit}`;

/** Whether a dataset would be published at another version than it is. */
function moves({ versions, state }: Context, dataset: DatasetId): boolean {
  return versions.get(dataset)?.id !== currentVersion(dataset, state)?.id;
}

/** What there is to ask of a dataset; nothing where neither it nor what it refers to has anything to do with the run. */
function pairOf(context: Context, node: DatasetNode, outcomes: Outcomes): Pair | undefined {
  const { versions } = context;
  const version = versions.get(node.id);
  if (version === undefined) return undefined;
  const asked = lastChecks(node, version.columns);
  if (!outcomes.has(node.id) && !asked.some(({ dataset }) => moves(context, dataset))) return undefined;
  const audit = referenceAudit(node, version, (dataset) => versions.get(dataset));
  return audit === undefined ? undefined : { node, version, asked, audit };
}

const missing = ({ versions }: Context, { asked }: Pair): DatasetId | undefined =>
  asked.find(({ dataset }) => !versions.has(dataset))?.dataset;

/** Find or make the verdicts on pairs. */
async function judgeAll(
  context: Context,
  pairs: readonly Pair[],
  verdicts: Map<string, Verdict>,
): Promise<void> {
  const open = pairs.filter((pair) => !verdicts.has(keyOf(pair)) && missing(context, pair) === undefined);
  if (open.length === 0) return;
  const nodes = new Map(open.map(({ node, version }) => [version.id, node]));
  const lasting = open.filter(({ asked }) => !asked.some(hangsOnMoment));
  for (const { version, auditFingerprint, verdict } of await context.ports.store.audits(
    lasting.map(({ version }) => version.id),
  ))
    verdicts.set(`${version}/${auditFingerprint}`, shownOf(context, nodes.get(version), verdict));
  const asking = open.filter((pair) => !verdicts.has(keyOf(pair)));
  const judging = asking.map(async (pair) => void verdicts.set(keyOf(pair), await judgePair(context, pair)));
  await allOrFirstError(judging, context.signal);
}

const shownOf = ({ graph }: Context, node: DatasetNode | undefined, verdict: Verdict): Verdict =>
  node === undefined ? verdict : shownVerdict(graph, node, verdict);

/** Ask the checks of one pair, where both lie, and record the verdict. What cannot be asked has not passed. */
async function judgePair(context: Context, { node, version, asked, audit }: Pair): Promise<Verdict> {
  const before = currentVersion(node.id, context.state);
  const questions = askLast(node, asked, {
    runTime: context.state.parameters.run_time,
    columns: version.columns,
    before: before?.columns,
  });
  try {
    const settings = await workSettings(context, node, questions, version.id);
    const attempt = `${settings.attempt}-references`;
    const table = await pinVersion(context.ports.store, version);
    const others = [...settings.others, ...(await beside(context, questions, before))];
    const { answers } = await perform(context, { kind: "audit", ...settings, others, attempt, table });
    const verdict = shownVerdict(context.graph, node, judge(questions, answers));
    const { lease, ports } = context;
    await ports.store.saveAudit(lease, { version: version.id, auditFingerprint: audit, verdict });
    return verdict;
  } catch (error) {
    const message = failureOf(error);
    const answers = questions.map(({ question: { id } }) => ({ id, value: 0, sample: [], error: message }));
    return judge(questions, answers);
  }
}

/** The version that is published now, where a question is about it. */
async function beside(
  { ports }: Context,
  questions: readonly Asked[],
  before: Version | undefined,
): Promise<readonly PinnedTable[]> {
  const isAsked = questions.some(
    ({ question }) => question.ask === "measure" && question.others?.includes(beforeTable) === true,
  );
  if (!isAsked || before === undefined) return [];
  return [{ ...(await pinVersion(ports.store, before)), name: beforeTable }];
}

/** Who has to stay where it is so that the checks of a pair hold. */
function blame(context: Context, pair: Pair, verdict: Verdict | undefined, outcomes: Outcomes): Blame[] {
  const { node, version, asked } = pair;
  const outcome = outcomes.get(node.id);
  const isHeld = outcome !== undefined && isStopped(outcome);
  const waitsFor = missing(context, pair);
  if (waitsFor !== undefined) return isHeld ? [] : [{ dataset: node.id, result: heldBy(waitsFor) }];
  const failing = asked.flatMap(({ dataset }, at) => {
    const found = verdict?.results[at];
    return found && !found.passed && found.severity === "stop" ? [{ dataset, found }] : [];
  });
  if (failing.length === 0) return [];
  const moving = failing.filter(({ dataset }) => moves(context, dataset));
  if (moves(context, node.id) || moving.length === 0) {
    const findings = failing.map(({ found }) => found);
    return isHeld ? [] : [{ dataset: node.id, result: failed(node.id, findings, version) }];
  }
  return moving.map(({ dataset, found }) => {
    const finding = { ...found, name: `${found.name} of ${node.id}` };
    return { dataset, result: failed(dataset, [finding], context.versions.get(dataset)) };
  });
}

function failed(
  dataset: DatasetId,
  findings: readonly CheckResult[],
  candidate: Version | undefined,
): StageResult {
  const reason = findings.map(({ name, message }) => `${name}: ${message}`).join("; ");
  return {
    outcome: "failed",
    findings,
    held: { reason, by: dataset, ...(candidate ? { candidate: candidate.id } : {}) },
  };
}

/** Let a dataset, and all that was built from it, stand at its last good version again. */
export function withdraw(
  context: Context,
  { dataset, result }: Blame,
  outcomes: Outcomes,
  revised: Set<DatasetId>,
): void {
  const { graph, state, versions } = context;
  const change = (id: DatasetId, now: StageResult): void => {
    const { version: withdrawn, ...before } = outcomes.get(id) ?? { ...now, findings: [] };
    const findings = [...before.findings, ...now.findings];
    // Several may stop it at once: the first says why, all say what they found.
    const isKnown = before.held !== undefined && withdrawn === undefined;
    outcomes.set(id, isKnown ? { ...before, findings } : { ...before, ...now, findings });
    const current = currentVersion(id, state);
    if (current) versions.set(id, current);
    else versions.delete(id);
    revised.add(id);
  };
  const behind = [...downstream(graph, [dataset])].filter((id) => id !== dataset && moves(context, id));
  change(dataset, result);
  for (const id of behind) change(id, heldBy(dataset));
}

/** Add what the checks of a pair found to the outcome of the dataset that makes the statement. */
function tell({ node }: Pair, verdict: Verdict | undefined, outcomes: Outcomes): void {
  const outcome = outcomes.get(node.id);
  const found = verdict?.results.filter(({ passed }) => !passed) ?? [];
  if (outcome?.version === undefined || found.length === 0) return;
  outcomes.set(node.id, { ...outcome, findings: [...outcome.findings, ...found] });
}
