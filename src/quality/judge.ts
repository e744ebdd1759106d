import type { FileProblem, RecordCounts } from "../graph/delivery.ts";
import { refusedRecords } from "../graph/record-counts.ts";
import type { GraphCheck } from "../graph/graph.ts";
import type { Asked } from "./ask.ts";
import { type Measurement, measurementOf } from "./measurement-words.ts";
import { tellFinding } from "./finding-words.ts";
import { counted, offence, percent, rows, unitOf } from "./offence.ts";
import type { CheckAnswer } from "./questions.ts";
import { toleranceOf, tolerates } from "./tolerance.ts";
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

/** How the message of a check begins that could not be answered; what follows is the engine's. */
export const failedItself = "the check itself failed";

function outcomeOf(results: readonly CheckResult[]): Verdict["outcome"] {
  const failed = results.filter((result) => !result.passed);
  if (failed.some((result) => result.severity === "stop")) return "stopped";
  return failed.length > 0 ? "warned" : "good";
}

function checkResult(check: GraphCheck, answer: CheckAnswer): CheckResult {
  const { value, sample, error, answered } = answer;
  const { name, check: kind, severity } = check;
  const base = { name, check: kind, severity, value, sample };
  const how = answered && { answered };
  if (error !== undefined) return { ...base, passed: false, message: `${failedItself}: ${error}`, ...how };
  const measured = measurementOf(check);
  const finding = measured === undefined ? offending(check, answer) : measure(measured, answer);
  return { ...base, ...finding, ...how };
}

type Finding = Pick<CheckResult, "passed" | "message">;

function offending(check: GraphCheck, answer: CheckAnswer): Finding {
  const { value, of } = answer;
  if (value === 0)
    return {
      passed: true,
      message: answer.answered?.by === "proof" ? "holds, proven by the query" : "holds",
    };
  const found = tellFinding(check, answer);
  if (found !== undefined) return { passed: false, message: found };
  const passed = tolerates(toleranceOf(check), value, of);
  const message = `${counted(value, of, unitOf(check))} ${offence(check, value)}`;
  return { passed, message: passed ? `${message}, which is tolerated` : message };
}

/** Both limits are inclusive. What has no value does not lie between them: nobody knows whether it holds. */
function measure({ what, limits, show }: Measurement, { value, empty }: CheckAnswer): Finding {
  if (empty) return { passed: false, message: `there is nothing to measure: ${what} has no value` };
  const { min, max } = limits;
  const passed = (min === undefined || value >= min) && (max === undefined || value <= max);
  const said = what === "row_count" ? rows(value) : `${what} is ${show(value)}`;
  return { passed, message: passed ? said : `${said}, expected ${expected(limits, show)}` };
}

function expected({ min, max }: Measurement["limits"], show: (value: number) => string): string {
  if (min !== undefined && max !== undefined) return `${show(min)} to ${show(max)}`;
  return min !== undefined ? `at least ${show(min)}` : `at most ${show(max ?? 0)}`;
}

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
  const refused = refusedRecords(counts);
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
