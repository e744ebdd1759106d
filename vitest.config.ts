import { defineConfig } from "vitest/config";

/** Tests that install, kill or wait: `npm run test:slow`. */
const slow = ["test/slow/**/*.test.ts", "test/faults/**/*.test.ts", "test/package.test.ts"];
/** Lessons through the built program. */
const endToEnd = ["test/e2e/**/*.test.ts"];

export default defineConfig({
  test: {
    pool: "forks",
    // Most tests wait for processes that they start.
    maxWorkers: "100%",
    // What is waited for comes late on a machine that is busy.
    expect: { poll: { timeout: 15_000 } },
    // A test that says it runs alone hides the others.
    allowOnly: process.env["CI"] === undefined,
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["{src,test,scripts,bench,examples}/**/*.test.ts"],
          exclude: [...slow, ...endToEnd, "test/golden/*/**"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: { name: "e2e", include: endToEnd, testTimeout: 180_000, hookTimeout: 180_000 },
      },
      {
        extends: true,
        test: {
          name: "slow",
          include: slow,
          testTimeout: 600_000,
          hookTimeout: 600_000,
          // They measure and kill: each has the machine to itself.
          fileParallelism: false,
        },
      },
    ],
  },
});
