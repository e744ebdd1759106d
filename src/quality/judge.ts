import type { FileProblem, RecordCounts } from "../graph/delivery.ts";
import type { GraphCheck } from "../graph/graph.ts";
import type { Asked } from "./ask.ts";
import type { CheckAnswer } from "./questions.ts";
import type { CheckResult, Verdict } from "./verdict.ts";

/** Judge one candidate by the answers to its questions and, for sources, by its delivery. */
export function judge(
  asked: readonly Asked[],
  answers: readonly CheckAnswer[],
  delivery?: {
    readonly counts: RecordCounts;
    readonly problems: readonly FileProblem[];
    readonly limits: { readonly warn: number; readonly stop: number };
  },
): Verdict {
  const byId = new Map(answers.map((answer) => [answer.id, answer]));
  const results = asked.map(({ check, question }) => {
    const answer = byId.get(question.id);
    return answer ? checkResult(check, answer) : unanswered(check);
  });
  if (delivery) {
    results.unshift(
      ...delivery.problems.map(fileResult),
      ...quarantineResults(delivery.counts, delivery.limits),
    );
  }
  return { outcome: outcomeOf(results), results };
}

function outcomeOf(results: readonly CheckResult[]): Verdict["outcome"] {
  const failed = results.filter((result) => !result.passed);
  if (failed.some((result) => result.severity === "stop")) return "stopped";
  return failed.length > 0 ? "warned" : "good";
}

function checkResult(check: GraphCheck, answer: CheckAnswer): CheckResult {
  const base = {
    name: check.name,
    check: check.check,
    severity: check.severity,
    value: answer.value,
    sample: answer.sample,
  };
  if (answer.error !== undefined) {
    return { ...base, passed: false, message: `the check itself failed: ${answer.error}` };
  }
  if (check.check === "row_count") {
    const { min = 0, max = Number.POSITIVE_INFINITY } = check;
    const passed = answer.value >= min && answer.value <= max;
    return {
      ...base,
      passed,
      message: passed ? rowsOf(answer.value) : `${rowsOf(answer.value)}, ${rowLimits(check)}`,
    };
  }
  const passed = answer.value === 0;
  return {
    ...base,
    passed,
    message: passed
      ? answer.proven
        ? "holds, proven by the query"
        : "holds"
      : `${rowsOf(answer.value)} ${offence(check)}`,
  };
}

const rowsOf = (count: number): string => `${count} ${count === 1 ? "row" : "rows"}`;

/** A check that got no answer did not pass: silence is never good news. */
function unanswered(check: GraphCheck): CheckResult {
  return {
    name: check.name,
    check: check.check,
    severity: check.severity,
    passed: false,
    value: 0,
    message: "the check was not answered",
    sample: [],
  };
}

function rowLimits(check: { readonly min?: number; readonly max?: number }): string {
  if (check.min !== undefined && check.max !== undefined) return `expected ${check.min} to ${check.max}`;
  return check.min !== undefined ? `expected at least ${check.min}` : `expected at most ${check.max}`;
}

function offence(check: GraphCheck): string {
  switch (check.check) {
    case "not_null":
      return `without a value in ${check.column}`;
    case "unique":
      return `repeat the value of ${check.columns.join(", ")}`;
    case "accepted_values":
      return `with a value of ${check.column} that is not accepted`;
    case "range":
    case "length":
      return `with ${check.check === "length" ? "a length of " : ""}${check.column} outside ${interval(check.min, check.max)}`;
    case "pattern":
      return `where ${check.column} does not match /${check.pattern}/`;
    case "references":
      return `with a value of ${check.column} that ${check.to} does not have`;
    case "expression":
      return `where ${check.expression} does not hold`;
    default:
      return "offend";
  }
}

function interval(min: number | string | undefined, max: number | string | undefined): string {
  return `${min ?? "…"} to ${max ?? "…"}`;
}

function fileResult(problem: FileProblem): CheckResult {
  const place = problem.line === undefined ? problem.file : `${problem.file}:${problem.line}`;
  const hint = problem.hint === undefined ? "" : ` (${problem.hint})`;
  return {
    name: place,
    check: "file",
    severity: problem.severity,
    passed: false,
    value: 1,
    message: `${problem.message}${hint}`,
    sample: [],
  };
}

/** The share of a delivery's records that the contract refused, against the limits. Limits are exclusive. */
function quarantineResults(
  counts: RecordCounts,
  limits: { readonly warn: number; readonly stop: number },
): CheckResult[] {
  if (counts.received === 0) return [];
  const refused = counts.quarantined + counts.rejected;
  const share = refused / counts.received;
  const stopped = share > limits.stop;
  const said = `${refused} of ${counts.received} records refused (${percent(share)})`;
  return [
    {
      name: "quarantine",
      check: "quarantine",
      severity: stopped ? "stop" : "warn",
      passed: !stopped && share <= limits.warn,
      value: share,
      message: stopped ? `${said}, the limit is ${percent(limits.stop)}` : said,
      sample: [],
    },
  ];
}

function percent(share: number): string {
  const value = share * 100;
  return `${value >= 10 || value === 0 ? value.toFixed(0) : value.toPrecision(2)} %`;
}
