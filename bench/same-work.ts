/** Whether contenders did the same work: equal content of every output, equal verdicts of every check. */

/** What a dataset holds, whatever the order of its rows: their number, and the sum of their hashes as text. */
export interface Fingerprint {
  readonly rows: number;
  readonly hash: string;
}

/** What a check found. `offending` is left out where contenders count differently. */
export interface CheckVerdict {
  readonly passed: boolean;
  readonly offending?: number;
}

/** What a contender left behind after its turn. */
export interface Evidence {
  /** By dataset. */
  readonly outputs: Readonly<Record<string, Fingerprint>>;
  /** By check; absent for contenders that do not check. */
  readonly verdicts?: Readonly<Record<string, CheckVerdict>>;
  /** Outputs and checks that must be there, and the checks that must have failed: the seeded violations. */
  readonly expected: {
    readonly outputs: readonly string[];
    readonly checks: readonly string[];
    readonly failing: readonly string[];
  };
}

/** Nothing to compare: for rows where the work leaves no data behind. */
export const noEvidence: Evidence = { outputs: {}, expected: { outputs: [], checks: [], failing: [] } };

/** Why this contender did not do the work that was asked, or not the same as the others; undefined if it did. */
export function whyVoid(shown: Evidence, others: readonly Evidence[]): string | undefined {
  return (
    whyIncomplete(shown) ??
    others.map((other) => whyDifferent(shown, other)).find((reason) => reason !== undefined)
  );
}

/** Why evidence falls short of what was expected of it. */
function whyIncomplete({ outputs, verdicts, expected }: Evidence): string | undefined {
  const missing = expected.outputs.filter((name) => !(name in outputs));
  if (missing.length > 0) return `it left no ${missing.slice(0, 5).join(", ")}`;
  if (!verdicts) return undefined;
  const unanswered = expected.checks.filter((check) => !(check in verdicts));
  if (unanswered.length > 0) return `${unanswered.length} checks have no verdict, such as "${unanswered[0]}"`;
  const wrong = expected.checks.find((check) => verdicts[check]?.passed === expected.failing.includes(check));
  if (wrong === undefined) return undefined;
  return expected.failing.includes(wrong)
    ? `it did not see the seeded violation of "${wrong}"`
    : `"${wrong}" failed without a seeded violation`;
}

/** Why two contenders' evidence differs, in what both have. */
function whyDifferent(a: Evidence, b: Evidence): string | undefined {
  for (const [name, output] of Object.entries(a.outputs)) {
    const other = b.outputs[name];
    if (other && (other.rows !== output.rows || other.hash !== output.hash)) {
      return `${name} holds other rows than another contender's (${output.rows} and ${other.rows} rows)`;
    }
  }
  for (const [check, verdict] of Object.entries(a.verdicts ?? {})) {
    const other = b.verdicts?.[check];
    if (!other) continue;
    if (other.passed !== verdict.passed)
      return `"${check}" ${verdict.passed ? "passed" : "failed"}, unlike another contender's`;
    if (
      verdict.offending !== undefined &&
      other.offending !== undefined &&
      verdict.offending !== other.offending
    ) {
      return `"${check}" found ${verdict.offending} rows, another contender ${other.offending}`;
    }
  }
  return undefined;
}
