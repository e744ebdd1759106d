/** `npm run demo`: build Sluice, then let it show itself on the example. Arguments go on to `sluice demo`. */
import { runInTerminal, runProgram } from "./run-program.ts";

const build = await runProgram(process.execPath, ["scripts/build.ts"]);
if (build.code !== 0) {
  console.error(build.output);
  process.exit(1);
}
process.exitCode = await runInTerminal(process.execPath, ["bin/sluice.js", "demo", ...process.argv.slice(2)]);
