import { cp, mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Contender } from "../contest.ts";
import { fingerprints } from "../fingerprint.ts";
import { ordersChecks, ordersModels } from "../generate/orders-models/orders-models.ts";
import type { Command } from "../measure-process.ts";
import { absentContender, programContender } from "../program-contender.ts";
import type { CheckVerdict } from "../same-work.ts";
import { type PeerBuild, peerSources } from "./dbt.ts";
import { pythonEnvironment } from "./python-environment.ts";
import { sqlmeshAuditName, writeSqlmeshProject } from "./sqlmesh-project.ts";

/** SQLMesh, which cannot use the compiled edition of its SQL parser (tried), and the engine that Sluice uses. */
export const sqlmeshPins = ["sqlmesh==0.236.4", "duckdb==1.5.5"];

/** A SQLMesh plan, applied, in a project of its own. */
export const sqlmeshPlan = (bin: string, directory: string): Command =>
  sqlmeshCommand(bin, directory, ["plan", "--auto-apply", "--no-prompts"]);

/** A SQLMesh plan that is only explained. */
export const sqlmeshExplain = (bin: string, directory: string): Command =>
  sqlmeshCommand(bin, directory, ["plan", "--explain", "--no-prompts"]);

function sqlmeshCommand(bin: string, directory: string, args: readonly string[]): Command {
  return {
    program: join(bin, "sqlmesh"),
    args,
    directory,
    // Wide lines: what it says of failed audits is read below.
    env: { SQLMESH__DISABLE_ANONYMIZED_ANALYTICS: "true", DO_NOT_TRACK: "1", COLUMNS: "400" },
  };
}

/** `sqlmesh plan` of workload (a) into an empty `prod`: models, audits, virtual layer. */
export async function sqlmeshBuildContender(peer: PeerBuild): Promise<Contender> {
  const environment = await pythonEnvironment(sqlmeshPins);
  if ("notRun" in environment) return absentContender("SQLMesh", "peer", environment.notRun);
  const [clean, project] = [join(peer.directory, "sqlmesh-clean"), join(peer.directory, "sqlmesh")];
  await writeSqlmeshProject(clean, ordersModels, peerSources(peer));
  await mkdir(project, { recursive: true });
  return programContender({
    name: "SQLMesh",
    role: "peer",
    directory: peer.directory,
    settle: true,
    async prepare() {
      await rm(project, { recursive: true, force: true });
      await cp(clean, project, { recursive: true });
    },
    command: () => sqlmeshPlan(environment.bin, project),
    async evidence({ stdout }) {
      const outputs = Object.fromEntries(ordersModels.map(({ name }) => [name, { table: name }]));
      const database = { file: join(project, "warehouse.duckdb"), catalog: "warehouse" };
      return {
        outputs: await fingerprints({ database, outputs, ignored: [] }, peer.directory),
        verdicts: sqlmeshVerdicts(stdout),
        expected: peer.expected,
      };
    },
  });
}

/** Verdicts from what a plan said: failed audits by name, and how many ran in all. Errors: not all of them ran. */
export function sqlmeshVerdicts(stdout: string): Record<string, CheckVerdict> {
  const failed = new Set(
    [...stdout.matchAll(/'([a-z0-9_]+)' audit error: \d+ rows? failed/g)].map((match) => match[1]),
  );
  const ran = [...stdout.matchAll(/audits passed (\d+)(?: failed (\d+))?/g)].reduce(
    (sum, match) => sum + Number(match[1]) + Number(match[2] ?? 0),
    0,
  );
  if (ran !== ordersChecks.length) throw new Error(`SQLMesh ran ${ran} audits of ${ordersChecks.length}`);
  return Object.fromEntries(
    ordersChecks.map(({ id }) => [id, { passed: !failed.has(sqlmeshAuditName(id)) }]),
  );
}
