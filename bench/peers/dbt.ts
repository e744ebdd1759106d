import { cp, mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Contender } from "../contest.ts";
import { fingerprints } from "../fingerprint.ts";
import { readLanding } from "../generate/bare-job.ts";
import { ordersChecks, ordersModels } from "../generate/orders-models/orders-models.ts";
import { type RawFormat, rawTables } from "../generate/orders.ts";
import type { Command } from "../measure-process.ts";
import { absentContender, programContender } from "../program-contender.ts";
import { readJson } from "../read-json.ts";
import type { CheckVerdict, Evidence } from "../same-work.ts";
import { dbtName, dbtTestName, writeDbtProject } from "./dbt-project.ts";
import { pythonEnvironment } from "./python-environment.ts";

/**
 * dbt 1.11 with its DuckDB adapter, and the engine that Sluice uses. Not 1.12: its parser is fetched from
 * outside the package registry while it is installed.
 */
export const dbtPins = ["dbt-core==1.11.16", "dbt-duckdb==1.11.1", "duckdb==1.5.5"];

/** Workload (a) as a peer gets it. */
export interface PeerBuild {
  readonly directory: string;
  readonly landing: string;
  readonly format: RawFormat;
  readonly scale: number;
  readonly expected: Evidence["expected"];
}

/** The raw tables as peers read them: where they lie, with the types of the contract. */
export function peerSources(peer: PeerBuild): readonly { readonly name: string; readonly read: string }[] {
  return rawTables(peer.scale).map((table) => ({
    name: `raw.${table.name}`,
    read: readLanding(peer.landing, table, peer.format).replace("select * from ", ""),
  }));
}

/** A dbt command in a project of its own. */
export function dbtCommand(bin: string, directory: string, args: readonly string[]): Command {
  return {
    program: join(bin, "dbt"),
    args: ["--quiet", "--no-use-colors", ...args],
    directory,
    env: { DBT_SEND_ANONYMOUS_USAGE_STATS: "false", DO_NOT_TRACK: "1", DBT_PROFILES_DIR: directory },
  };
}

/** `dbt build` of workload (a): models and tests in the order of the graph. */
export async function dbtBuildContender(peer: PeerBuild): Promise<Contender> {
  const environment = await pythonEnvironment(dbtPins);
  if ("notRun" in environment) return absentContender("dbt-duckdb", "peer", environment.notRun);
  const [clean, project] = [join(peer.directory, "dbt-clean"), join(peer.directory, "dbt")];
  await writeDbtProject(clean, ordersModels, peerSources(peer));
  await mkdir(project, { recursive: true });
  return programContender({
    name: "dbt-duckdb",
    role: "peer",
    directory: peer.directory,
    settle: true,
    async prepare() {
      await rm(project, { recursive: true, force: true });
      await cp(clean, project, { recursive: true });
    },
    command: () => dbtCommand(environment.bin, project, ["build"]),
    async evidence() {
      const outputs = Object.fromEntries(
        ordersModels.map(({ name }) => [name, { table: `main.${dbtName(name)}` }]),
      );
      const database = { file: join(project, "warehouse.duckdb"), catalog: "warehouse" };
      return {
        outputs: await fingerprints({ database, outputs, ignored: [] }, peer.directory),
        verdicts: await dbtVerdicts(project),
        expected: peer.expected,
      };
    },
  });
}

async function dbtVerdicts(project: string): Promise<Record<string, CheckVerdict>> {
  const { results } = await readJson<{
    readonly results: readonly { readonly unique_id: string; readonly status: string }[];
  }>(join(project, "target", "run_results.json"));
  const status = new Map(results.map((result) => [result.unique_id.split(".")[2] ?? "", result.status]));
  return Object.fromEntries(
    ordersChecks.flatMap(({ id }) => {
      const found = status.get(dbtTestName(id));
      return found === "pass" || found === "warn" || found === "fail"
        ? [[id, { passed: found === "pass" }] as const]
        : [];
    }),
  );
}
