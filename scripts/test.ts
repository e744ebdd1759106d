/**
 * `npm test`: types, lint, format and the build at once, then every test but the slow ones. `--slow`: the
 * build, then the slow tests. Ends in one plain line, `N passed, N failed`, in which each gate counts as one.
 *
 * Other arguments go on to vitest: `npm test -- src/plan` runs the gates, then the tests below `src/plan`.
 */
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { root, runInTerminal, runProgram } from "./run-program.ts";
import { closingLine, failureLines, tallyOf } from "./tally.ts";
import type { Tally, VitestReport } from "./tally.ts";

interface Gate {
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
}

const build: Gate = { name: "build", program: process.execPath, args: ["scripts/build.ts"] };
const gates: readonly Gate[] = [
  { name: "types", program: "tsc", args: ["-p", "."] },
  { name: "lint", program: "oxlint", args: ["--type-aware", "--deny-warnings"] },
  { name: "format", program: "oxfmt", args: ["--check"] },
  build,
];

/** Run one gate and say what came of it; a gate that fails shows what it said. */
async function passes({ name, program, args }: Gate): Promise<boolean> {
  const { code, output, elapsed } = await runProgram(program, args);
  console.log(`${code === 0 ? "ok    " : "FAILED"}  ${name.padEnd(6)}  ${(elapsed / 1000).toFixed(1)} s`);
  if (code !== 0) console.log(output.trimEnd());
  return code === 0;
}

async function runTests(projects: readonly string[], more: readonly string[]): Promise<Tally> {
  const report = join(root, "node_modules", `.test-report-${process.pid}.json`);
  const code = await runInTerminal("vitest", [
    "run",
    ...projects.map((project) => `--project=${project}`),
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${report}`,
    ...more,
  ]);
  try {
    const written = JSON.parse(await readFile(report, "utf8")) as VitestReport;
    for (const line of failureLines(written, root)) console.log(line);
    return tallyOf(written, code);
  } catch {
    console.log(`vitest left no report and exit code ${code}`);
    return { passed: 0, failed: 1, skipped: 0 };
  } finally {
    await rm(report, { force: true });
  }
}

const slow = process.argv.includes("--slow");
const more = process.argv.slice(2).filter((argument) => argument !== "--slow");
const outcomes = await Promise.all((slow ? [build] : gates).map(passes));
const tests = await runTests(slow ? ["slow"] : ["unit", "e2e"], more);
const tally: Tally = {
  passed: tests.passed + outcomes.filter(Boolean).length,
  failed: tests.failed + outcomes.filter((good) => !good).length,
  skipped: tests.skipped,
};
console.log(closingLine(tally));
process.exitCode = tally.failed === 0 ? 0 : 1;
