import type { DatasetNode, ModelNode } from "../graph/graph.ts";
import type { UniqueColumns } from "../graph/unique-columns.ts";
import type { Version } from "../graph/version.ts";
import { type Asked, ask } from "./ask.ts";
import type { CheckAnswer } from "./questions.ts";
import type { Verdict } from "./verdict.ts";

/** An input of a model as it is read. */
export interface KnownInput {
  readonly node: DatasetNode;
  readonly version: Version;
  /** What the checks that the input has today found in that version; absent where they were never asked. */
  readonly verdict?: Verdict | undefined;
}

/**
 * Answers to the questions about unique columns of a model that its query proves, given what is known of its inputs. The
 * proof is about the types that inputs have today, and holds of versions that today's definitions made.
 */
export function inheritUnique(
  model: ModelNode,
  asked: readonly Asked[],
  inputs: ReadonlyMap<string, KnownInput>,
): readonly CheckAnswer[] {
  const proofs = model.unique ?? [];
  const known = model.inputs.map((id) => inputs.get(id));
  if (proofs.length === 0 || known.some((input) => input === undefined || !isOfToday(input))) return [];
  const holds = (columns: readonly string[]): boolean =>
    proofs.some(
      (proof) =>
        proof.columns.every((column) => columns.includes(column)) &&
        proof.given.every((given) => isUnique(inputs.get(given.dataset), given)),
    );
  return asked.flatMap(({ question }) =>
    question.ask === "duplicates" && holds(question.columns)
      ? [
          {
            id: question.id,
            value: 0,
            sample: [],
            answered: { by: "proof" as const, milliseconds: 0 },
          },
        ]
      : [],
  );
}

const isOfToday = ({ node, version }: KnownInput): boolean => version.fingerprint === node.fingerprint;

/** Whether no two rows of an input share the values of some columns: its gate or its checks have found that none do. */
function isUnique(input: KnownInput | undefined, { columns }: UniqueColumns): boolean {
  if (input === undefined) return false;
  return [...gated(input.node), ...passed(input)].some(
    (unique) => unique.length > 0 && unique.every((column) => columns.includes(column)),
  );
}

/** What a source's gate lets nobody repeat. */
function gated(node: DatasetNode): (readonly string[])[] {
  if (node.kind !== "source") return [];
  const key = node.columns.filter(({ declared }) => declared?.key).map(({ name }) => name);
  return [key, ...node.columns.filter(({ declared }) => declared?.unique).map(({ name }) => [name])];
}

function passed({ node, verdict }: KnownInput): (readonly string[])[] {
  const results = (verdict?.results ?? []).filter(({ check }) => check === "duplicate_values");
  const checks = ask(node).flatMap(({ check }) => (check.check === "duplicate_values" ? [check] : []));
  // Of two checks with one name nobody knows which one has passed.
  const isOnly = (name: string): boolean =>
    results.filter((result) => result.name === name).length === 1 &&
    checks.filter((check) => check.name === name).length === 1;
  return checks
    .filter(({ name }) => isOnly(name) && results.some((result) => result.name === name && result.passed))
    .map((check) => check.columns);
}
