import { expect, test } from "vitest";
import { closingLine, tallyOf } from "./tally.ts";

const report = { numPassedTests: 3, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0, testResults: [] };

test("a good report is counted as it is", () => {
  expect(tallyOf(report, 0)).toEqual({ passed: 3, failed: 0, skipped: 0 });
});

test("a file that could not be run is a failure", () => {
  const testResults = [{ status: "failed", assertionResults: [] }];
  expect(tallyOf({ ...report, testResults }, 1).failed).toBe(1);
});

test("a file with failed tests is not counted twice", () => {
  const testResults = [{ status: "failed", assertionResults: [{}] }];
  expect(tallyOf({ ...report, numFailedTests: 1, testResults }, 1).failed).toBe(1);
});

test("a failure that belongs to no test is one", () => {
  expect(tallyOf(report, 1)).toEqual({ passed: 3, failed: 1, skipped: 0 });
});

test("the closing line tells what was skipped only where something was", () => {
  expect(closingLine({ passed: 3, failed: 1, skipped: 0 })).toBe("3 passed, 1 failed");
  expect(closingLine({ passed: 3, failed: 0, skipped: 2 })).toBe("3 passed, 0 failed, 2 skipped");
});
