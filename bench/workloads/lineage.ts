import { join } from "node:path";
import { chain, writeChainLanding } from "../generate/chain.ts";
import { writeSluiceProject } from "../generate/sluice-project.ts";
import { measureProcess } from "../measure-process.ts";
import { programContender } from "../program-contender.ts";
import type { Row } from "../row.ts";
import { noEvidence } from "../same-work.ts";
import { sluiceCommand } from "../sluice-cli.ts";

const nodeStart = "node -e 0";
const check = "sluice check";
const models = 1000;

/** Where one column comes from, in a project that was compiled before: what the question costs beyond looking at the project. */
export const lineageRow: Row = {
  id: "l-lineage",
  workload: "l",
  title: `the lineage of one column, ${models} models`,
  temperature: "warm",
  subject: "sluice lineage",
  goals: [{ against: check, measure: "wall difference", atMost: 0.02 }],
  warmUps: 2,
  async open({ directory }) {
    const [project, compileCache] = [join(directory, "project"), join(directory, "compile-cache")];
    const definitions = chain(models);
    await writeSluiceProject(project, definitions.models, definitions.sources);
    await writeChainLanding(project);
    const column = `${definitions.leaf}.amount`;
    const checking = sluiceCommand(project, ["check", "--json"], compileCache);
    await measureProcess(checking, join(directory, "first"));
    const repeat = 3;
    return {
      contenders: [
        programContender({
          name: nodeStart,
          role: "floor",
          directory,
          repeat,
          command: () => ({ program: process.execPath, args: ["-e", "0"], directory }),
        }),
        programContender({ name: check, role: "floor", directory, repeat, command: () => checking }),
        programContender({
          name: "sluice lineage",
          role: "subject",
          directory,
          repeat,
          command: () => sluiceCommand(project, ["lineage", column, "--json"], compileCache),
          evidence: async ({ stdout }) => {
            const { columns } = JSON.parse(stdout) as {
              readonly columns: readonly { readonly direct: readonly string[] }[];
            };
            if (columns[0]?.direct.length !== 2)
              throw new Error(`"${column}" comes from two columns, not from ${stdout.slice(0, 300)}`);
            return noEvidence;
          },
        }),
      ],
      facts: { models },
    };
  },
};
