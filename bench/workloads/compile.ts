/**
 * Workload (c): compile a project, with the lineage of its columns, and plan a run of it; with nothing known, with
 * nothing changed, and with one and ten files changed; at 100, 1,000 and 10,000 models.
 */
import { cp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Contender } from "../contest.ts";
import { type Chain, chain, withSameRows, writeChainLanding } from "../generate/chain.ts";
import { modelPath, modelText, writeSluiceProject } from "../generate/sluice-project.ts";
import { type Command, type Measured, measureProcess } from "../measure-process.ts";
import { compilePeers } from "../peers/compile-peers.ts";
import { absentPeers, peersNotAsked, programContender } from "../program-contender.ts";
import type { Goal } from "../result.ts";
import type { OpenRow, Row, RowContext } from "../row.ts";
import { type Evidence, noEvidence } from "../same-work.ts";
import { sluiceCommand } from "../sluice-cli.ts";
import { changedModels, type Edits } from "./changed-models.ts";

const floors = (file: string): string => fileURLToPath(new URL(`../floors/${file}`, import.meta.url));
const nodeStart = "node -e 0";
const parseOnly = "bare engine, parse only";

/** Seconds beyond process start that a compilation from nothing may take, by number of models. */
const coldGoals: Readonly<Record<number, number>> = { 100: 0.3, 1000: 1.5, 10_000: 10 };

/** Four rows for each size of project. */
export const compileRows: readonly Row[] = [100, 1000, 10_000].flatMap((count) => [
  compileRow(count, "cold", "cold", [
    { against: nodeStart, measure: "wall difference", atMost: coldGoals[count] ?? 0 },
    { against: "sluice", measure: "peak memory", atMost: 400 },
    { against: "dbt-duckdb", measure: "wall ratio", atMost: 0.2 },
  ]),
  compileRow(count, 0, "warm", [{ against: nodeStart, measure: "wall difference", atMost: 0.3 }]),
  compileRow(count, 1, "one", [{ against: nodeStart, measure: "wall difference", atMost: 0.4 }]),
  compileRow(count, 10, "ten", [{ against: nodeStart, measure: "wall difference", atMost: 0.4 }]),
]);

function compileRow(count: number, edits: Edits, short: string, goals: readonly Goal[]): Row {
  const what = edits === "cold" ? "nothing known" : edits === 0 ? "nothing changed" : `${edits} changed`;
  return {
    id: `c-${count}-${short}`,
    workload: "c",
    title: `compile and plan ${count} models, ${what}`,
    temperature: edits === "cold" ? "cold" : "warm",
    subject: "sluice",
    goals,
    warmUps: edits === "cold" ? 0 : 1,
    open: (context) => openCompile(count, edits, context),
  };
}

async function openCompile(count: number, edits: Edits, context: RowContext): Promise<OpenRow> {
  const project = chain(count);
  const { directory } = context;
  const floor = (name: string, repeat: number, command: () => Command, sees?: number): Contender =>
    programContender({
      name,
      role: "floor",
      directory,
      repeat,
      command,
      evidence: async ({ stdout }) => {
        if (sees !== undefined && Number(stdout) !== sees) throw new Error(`it parsed ${stdout} of ${sees}`);
        return noEvidence;
      },
    });
  const [planned, checked] = [join(directory, "planned"), join(directory, "checked")];
  await writeSluiceProject(planned, project.models, project.sources);
  await writeChainLanding(planned);
  await cp(planned, checked, { recursive: true, verbatimSymlinks: true });
  const node = (args: readonly string[]): Command => ({ program: process.execPath, args, directory });
  const changed = changedModels(project, edits).map(({ name }) => modelPath(name));
  const parse = [floors("parse-only.js"), planned, ...changed];
  const peers = context.peers ? await compilePeers(project, edits, context) : absentPeers(peersNotAsked);
  return {
    contenders: [
      floor(nodeStart, 3, () => node(["-e", "0"])),
      edits === 0
        ? floor("node, walk and stat", 3, () => node([floors("walk.js"), planned]))
        : floor(parseOnly, 1, () => node(parse), changed.length || count),
      await compiling("sluice check", "floor", checked, project, edits, context),
      await compiling("sluice", "subject", planned, project, edits, context),
      ...peers,
    ],
    facts: { models: count },
  };
}

/** `sluice plan` of an environment that has nothing yet, or `sluice check`, which only compiles. */
async function compiling(
  name: "sluice" | "sluice check",
  role: "subject" | "floor",
  project: string,
  definitions: Chain,
  edits: Edits,
  { directory }: RowContext,
): Promise<Contender> {
  const compileCache = join(directory, `compile-cache-${role}`);
  const verb = name === "sluice" ? "plan" : "check";
  const command = { ...sluiceCommand(project, [verb, "--json"], compileCache), goodExits: [0, 2] };
  if (edits !== "cold") await measureProcess(command, join(directory, `${role}-first`));
  let edition = 0;
  return programContender({
    name,
    role,
    directory,
    repeat: edits === 0 ? 3 : 1,
    async prepare() {
      if (edits === "cold") {
        await rm(join(project, ".sluice"), { recursive: true, force: true });
        await rm(compileCache, { recursive: true, force: true });
        return;
      }
      edition += 1;
      for (const model of changedModels(definitions, edits))
        await writeFile(join(project, modelPath(model.name)), modelText(withSameRows(model, edition)));
    },
    command: () => command,
    evidence: async (measured) => seen(measured, verb, definitions),
  });
}

/** Every dataset was compiled, and the plan is about every one of them. */
function seen({ stdout }: Measured, verb: "plan" | "check", { models, sources }: Chain): Evidence {
  const document = JSON.parse(stdout) as {
    readonly changes?: readonly unknown[];
    readonly datasets?: number;
  };
  const found = verb === "check" ? document.datasets : document.changes?.length;
  const all = models.length + sources.length;
  if (found !== all) throw new Error(`sluice ${verb} told of ${found} datasets, not of ${all}`);
  return noEvidence;
}
