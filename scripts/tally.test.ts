import { expect, test } from "vitest";
import { closingLine, type FileReport, failureLines, tallyOf } from "./tally.ts";

const report = { numPassedTests: 3, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0, testResults: [] };
const file = (more: Partial<FileReport>): FileReport => ({
  name: "/project/src/a.test.ts",
  status: "failed",
  message: "",
  assertionResults: [],
  ...more,
});
const failing = {
  status: "failed",
  fullName: "it adds",
  failureMessages: ["Error: 3 is not 4\n    at a.ts:1"],
};

test("a good report is counted as it is", () => {
  expect(tallyOf(report, 0)).toEqual({ passed: 3, failed: 0, skipped: 0 });
});

test("a file that could not be run is a failure", () => {
  const testResults = [file({})];
  expect(tallyOf({ ...report, testResults }, 1).failed).toBe(1);
});

test("a file with failed tests is not counted twice", () => {
  const testResults = [file({ assertionResults: [failing] })];
  expect(tallyOf({ ...report, numFailedTests: 1, testResults }, 1).failed).toBe(1);
});

test("a failure that belongs to no test is one", () => {
  expect(tallyOf(report, 1)).toEqual({ passed: 3, failed: 1, skipped: 0 });
});

test("each failure is told in one line, with its file and its first words", () => {
  const passing = { status: "passed", fullName: "it is there", failureMessages: [] };
  const testResults = [
    file({ assertionResults: [passing, failing] }),
    file({ name: "/project/src/b.test.ts", message: "SyntaxError: \u001b[31mno\u001b[39m\nmore" }),
    file({ status: "passed", assertionResults: [passing] }),
  ];
  expect(failureLines({ ...report, testResults }, "/project")).toEqual([
    "FAILED  src/a.test.ts > it adds: Error: 3 is not 4",
    "FAILED  src/b.test.ts: SyntaxError: no",
  ]);
});

test("the closing line tells what was skipped only where something was", () => {
  expect(closingLine({ passed: 3, failed: 1, skipped: 0 })).toBe("3 passed, 1 failed");
  expect(closingLine({ passed: 3, failed: 0, skipped: 2 })).toBe("3 passed, 0 failed, 2 skipped");
});
