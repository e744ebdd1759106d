/** Peers in workload (d): the same 120 checks as tools of others are told to be given them, each in its own process. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DuckDBInstance } from "@duckdb/node-api";
import { stringify } from "yaml";
import type { Contender } from "../contest.ts";
import { offendingRow } from "../generate/check-sql.ts";
import { tableChecks, type WrittenTable } from "../generate/check-table.ts";
import type { NamedCheck } from "../generate/model-definition.ts";
import { absentContender, programContender } from "../program-contender.ts";
import { parseTimes } from "../programs/stopwatch.ts";
import type { Evidence } from "../same-work.ts";
import { dbtPins } from "./dbt.ts";
import { dbtTestName, writeDbtProject } from "./dbt-project.ts";
import { pythonEnvironment } from "./python-environment.ts";

/** Great Expectations, and the dialect with which it reaches the engine. */
export const expectationsPins = [
  "great_expectations==1.24.1",
  "duckdb-engine==0.17.0",
  "sqlalchemy==2.0.58",
  "duckdb==1.5.5",
];

/** Soda Core 4, which knows the engine itself. */
export const sodaPins = ["soda-duckdb==4.28.0", "duckdb==1.5.5"];

/** What a peer judges. */
export interface PeerChecks {
  readonly directory: string;
  readonly table: WrittenTable;
}

interface Peer {
  readonly name: string;
  readonly pins: readonly string[];
  readonly program: string;
  /** Write what the program reads; what it is told beside the checks. */
  readonly prepare: (peer: PeerChecks) => Promise<Readonly<Record<string, unknown>>>;
}

const peers: readonly Peer[] = [
  {
    name: "Great Expectations",
    pins: expectationsPins,
    program: "great_expectations_checks.py",
    prepare: async ({ directory, table }) => ({ database: await databaseOf(directory, "gx", table) }),
  },
  { name: "Soda", pins: sodaPins, program: "soda_checks.py", prepare: writeSoda },
  { name: "dbt tests", pins: dbtPins, program: "dbt_checks.py", prepare: writeDbt },
];

/** What they are called. */
export const checkPeerNames: readonly string[] = peers.map(({ name }) => name);

/** All peers, those that cannot be installed with the reason. */
export const checkPeers = (checks: PeerChecks): Promise<readonly Contender[]> =>
  Promise.all(peers.map((peer) => contender(peer, checks)));

async function contender(peer: Peer, checks: PeerChecks): Promise<Contender> {
  const { name, pins, program } = peer;
  const environment = await pythonEnvironment(pins);
  if ("notRun" in environment) return absentContender(name, "peer", environment.notRun);
  const { directory } = checks;
  const description = join(directory, `${program}.json`);
  const told = { ...(await peer.prepare(checks)), checks: tableChecks.map(described) };
  await writeFile(description, JSON.stringify(told));
  return programContender({
    name,
    role: "peer",
    directory,
    command: () => ({
      program: join(environment.bin, "python"),
      args: [fileURLToPath(new URL(`checks/${program}`, import.meta.url)), description],
      directory,
      env: { GX_ANALYTICS_ENABLED: "false", SODA_CORE_TELEMETRY_ENABLED: "false", DO_NOT_TRACK: "1" },
    }),
    wall: ({ stdout }) => (timesIn(stdout).milliseconds[0] ?? Number.NaN) / 1000,
    evidence: async ({ stdout }) => evidenceOf(timesIn(stdout).facts ?? {}),
  });
}

/** Whatever else it prints, a program tells its times last. */
const timesIn = (stdout: string) => parseTimes(stdout.trim().split("\n").at(-1) ?? "");

/** Each of them counts what offends in its own way: only verdicts are compared. */
function evidenceOf(facts: Readonly<Record<string, number>>): Evidence {
  const checks = tableChecks.map(({ id }) => id);
  const verdicts = Object.fromEntries(
    Object.entries(facts).map(([id, fact]) => [id, { passed: fact === 0 }]),
  );
  const failing = checks.filter((id) => verdicts[id]?.passed === false);
  return { outputs: {}, verdicts, expected: { outputs: [], checks, failing } };
}

const described = ({ id, spec }: NamedCheck): object => ({ id, ...spec, offends: offendingRow(spec) });

/** A database file with the table in it as a view of its Parquet file. */
async function databaseOf(directory: string, name: string, table: WrittenTable): Promise<string> {
  const path = join(directory, `${name}.duckdb`);
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  await connection.run(
    `create or replace view lines as from read_parquet('${table.path.replaceAll("'", "''")}')`,
  );
  connection.closeSync();
  instance.closeSync();
  return path;
}

async function writeSoda({ directory, table }: PeerChecks): Promise<Readonly<Record<string, unknown>>> {
  const database = await databaseOf(directory, "soda", table);
  const [source, contract] = [join(directory, "soda-source.yml"), join(directory, "soda-contract.yml")];
  await writeFile(source, stringify({ type: "duckdb", name: "engine", connection: { database } }));
  const columns = table.columns.map(({ name }) => ({
    name,
    checks: tableChecks.flatMap((check, at) => sodaColumnCheck(check, name, at)),
  }));
  const document = {
    dataset: "engine/main/lines",
    columns: columns.map(({ name, checks }) => (checks.length === 0 ? { name } : { name, checks })),
    checks: tableChecks.flatMap((check, at) => sodaTableCheck(check, at)),
  };
  await writeFile(contract, stringify(document));
  return { source, contract };
}

/** Limits of times are conditions there: its own are of numbers. */
const isTimeRange = ({ spec }: NamedCheck): boolean =>
  spec.check === "value_range" && [spec.min, spec.max].some((limit) => typeof limit === "string");

function sodaColumnCheck(check: NamedCheck, column: string, at: number): readonly object[] {
  const { id, spec } = check;
  const named = { name: id, qualifier: String(at) };
  const own =
    spec.check === "duplicate_values" ? spec.columns[0] : "column" in spec ? spec.column : undefined;
  if (own !== column || isTimeRange(check)) return [];
  switch (spec.check) {
    case "null_values":
      return [{ missing: named }];
    case "duplicate_values":
      return [{ duplicate: named }];
    case "value_range":
      return [{ invalid: { ...named, ...definedOf({ valid_min: spec.min, valid_max: spec.max }) } }];
    case "length":
      return [
        { invalid: { ...named, ...definedOf({ valid_min_length: spec.min, valid_max_length: spec.max }) } },
      ];
    case "invalid_values":
      return spec.pattern === undefined
        ? [{ invalid: { ...named, valid_values: spec.values } }]
        : // Its operator looks for the pattern anywhere.
          [{ invalid: { ...named, valid_format: { name: `form ${at}`, regex: `^(${spec.pattern})$` } } }];
    default:
      return [];
  }
}

function sodaTableCheck(check: NamedCheck, at: number): readonly object[] {
  const { id, spec } = check;
  const named = { name: id, qualifier: String(at) };
  if (spec.check === "row_count")
    return [{ row_count: { ...named, threshold: { must_be_greater_than_or_equal: spec.min } } }];
  return spec.check === "row_predicate" || isTimeRange(check)
    ? [{ failed_rows: { ...named, expression: offendingRow(spec) } }]
    : [];
}

const definedOf = (settings: Readonly<Record<string, unknown>>): object =>
  Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));

async function writeDbt({ directory, table }: PeerChecks): Promise<Readonly<Record<string, unknown>>> {
  const project = join(directory, "dbt-tests");
  await writeDbtProject(project, [], []);
  const read = `read_parquet('${table.path.replaceAll("'", "''")}')`;
  const lines = {
    name: "lines",
    config: { meta: { external_location: read, formatter: "oldstyle" } },
    data_tests: tableChecks.map(dbtTest),
  };
  await writeFile(
    join(project, "models", "sources.yml"),
    stringify({ sources: [{ name: "shop", tables: [lines] }] }),
  );
  await writeFile(join(project, "tests", "generic", "offends.sql"), offends);
  return { project };
}

/** The tests that dbt brings, and one of the project for what it has no word for. */
function dbtTest({ id, spec }: NamedCheck): object {
  const named = { name: dbtTestName(`c ${id}`), config: { meta: { id } } };
  if (spec.check === "null_values")
    return { not_null: { ...named, arguments: { column_name: spec.column } } };
  if (spec.check === "duplicate_values")
    return { unique: { ...named, arguments: { column_name: spec.columns[0] } } };
  if (spec.check === "row_count") return { row_count: { ...named, arguments: { lowest: spec.min } } };
  if (spec.check === "invalid_values" && spec.values !== undefined) {
    const quote = spec.values.every((value) => typeof value === "string");
    return {
      accepted_values: { ...named, arguments: { column_name: spec.column, values: spec.values, quote } },
    };
  }
  return { offends: { ...named, arguments: { condition: offendingRow(spec) } } };
}

const offends = `{% test offends(model, condition) %}
select * from {{ model }} where {{ condition }}
{% endtest %}
`;
