/** Workload (l): how fast the command line answers, against Node starting to do nothing. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { programContender } from "../program-contender.ts";
import type { Row } from "../row.ts";
import { noEvidence } from "../same-work.ts";
import { sluiceCommand } from "../sluice-cli.ts";

const nodeStart = "node -e 0";

/** `--help` and `version`; warm with Node's cache of compiled code, cold without it. */
export const startRows: readonly Row[] = [
  startRow("l-help", ["--help"], "warm", 1.6),
  startRow("l-version", ["version"], "warm"),
  startRow("l-help-cold", ["--help"], "cold"),
];

function startRow(id: string, args: readonly string[], temperature: Row["temperature"], goal?: number): Row {
  return {
    id,
    workload: "l",
    title: `sluice ${args.join(" ")}`,
    temperature,
    subject: "sluice",
    goals: goal === undefined ? [] : [{ against: nodeStart, measure: "wall ratio", atMost: goal }],
    warmUps: 2,
    async open({ directory }) {
      const compileCache = join(directory, "compile-cache");
      const repeat = temperature === "warm" ? 7 : 1;
      const node = { program: process.execPath, args: ["-e", "0"], directory };
      return {
        contenders: [
          programContender({ name: nodeStart, role: "floor", directory, repeat, command: () => node }),
          programContender({
            name: "sluice",
            role: "subject",
            directory,
            repeat,
            prepare: async () =>
              void (temperature === "cold" && (await rm(compileCache, { recursive: true, force: true }))),
            command: () => sluiceCommand(directory, args, compileCache),
            evidence: async ({ stdout }) => {
              if (!stdout.includes("sluice"))
                throw new Error(`it said nothing of itself: "${stdout.slice(0, 200)}"`);
              return noEvidence;
            },
          }),
        ],
        facts: {},
      };
    },
  };
}
