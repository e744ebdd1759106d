/**
 * `npm run demo`: build Sluice, then let it show itself on the example, in a new directory each time.
 * Arguments go on to `sluice demo`.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { root, runInTerminal, runProgram } from "./run-program.ts";

/** `sluice-demo`, or with a number where that is taken. */
function freeDirectory(): string {
  for (let number = 1; ; number++) {
    const name = number === 1 ? "sluice-demo" : `sluice-demo-${number}`;
    if (!existsSync(join(root, name))) return name;
  }
}

const build = await runProgram(process.execPath, ["scripts/build.ts"]);
if (build.code === 0) {
  const given = process.argv.slice(2);
  const directory = given[0]?.startsWith("-") === false ? [] : [freeDirectory()];
  process.exitCode = await runInTerminal(process.execPath, ["bin/sluice.js", "demo", ...directory, ...given]);
  if (process.exitCode === 0)
    console.error(`\nTo type sluice here:\n  alias sluice="${join(root, "bin/sluice.js")}"`);
} else {
  console.error(build.output);
  process.exitCode = 1;
}
