import { relative } from "node:path";
import { stripVTControlCharacters } from "node:util";

/** How many tests a run had, by outcome. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** The part of vitest's JSON report that is counted. */
export interface VitestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly FileReport[];
}

/** What one file of tests came to. */
export interface FileReport {
  /** Absolute path. */
  readonly name: string;
  readonly status: string;
  /** Why the file could not be run. */
  readonly message: string;
  readonly assertionResults: readonly {
    readonly status: string;
    readonly fullName: string;
    readonly failureMessages: readonly string[];
  }[];
}

/**
 * Count a report. A file that could not be run counts as one failed test; so does what belongs to no test,
 * such as an unhandled rejection or no test at all, which only vitest's exit code tells.
 */
export function tallyOf(report: VitestReport, exitCode: number): Tally {
  const broken = report.testResults.filter(
    ({ status, assertionResults }) => status === "failed" && assertionResults.length === 0,
  );
  const failed = report.numFailedTests + broken.length;
  return {
    passed: report.numPassedTests,
    failed: failed === 0 && exitCode !== 0 ? 1 : failed,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

/** A line for each test that failed and each file that could not be run, so that a long log ends with what matters. */
export function failureLines({ testResults }: VitestReport, root: string): string[] {
  return testResults.flatMap(({ name, status, message, assertionResults }) => {
    const file = relative(root, name);
    if (status === "failed" && assertionResults.length === 0) return [failureLine(file, message)];
    return assertionResults
      .filter((test) => test.status === "failed")
      .map((test) => failureLine(`${file} > ${test.fullName}`, test.failureMessages[0] ?? ""));
  });
}

function failureLine(where: string, why: string): string {
  const [first = ""] = stripVTControlCharacters(why).trim().split("\n", 1);
  return `FAILED  ${where}${first === "" ? "" : `: ${first}`}`;
}

/** The closing line of a test run: `12 passed, 0 failed`, with `, 1 skipped` where some were. */
export function closingLine({ passed, failed, skipped }: Tally): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}
