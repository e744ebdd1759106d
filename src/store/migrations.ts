import type { Kysely } from "kysely";
import { SluiceError } from "../errors.ts";
import type { Tables } from "./tables.ts";

/** What a dialect calls the types and table options that the schema needs. */
export interface SchemaWords {
  /** Text that is sorted by its bytes. */
  readonly text: string;
  /** Whole numbers up to 2^53. */
  readonly integer: string;
  readonly real: string;
  readonly bytes: string;
  /** Options after a table's columns. */
  readonly table: string;
  /** The same for a table that is stored in the order of its primary key. */
  readonly ordered: string;
}

/** How a dialect changes its schema, and where it keeps the number of the last migration applied. 0: an empty state. */
export interface SchemaAccess {
  read(db: Kysely<Tables>): Promise<number>;
  /** Statements that are made of nobody's words but ours. */
  run(db: Kysely<Tables>, statements: readonly string[]): Promise<void>;
  write(db: Kysely<Tables>, version: number): Promise<void>;
}

/** Numbered from 1 by their place. Never change one that was released: add another. */
const migrations: readonly ((words: SchemaWords) => readonly string[])[] = [
  first,
  second,
  third,
  fourth,
  fifth,
  sixth,
  seventh,
  pointersByPublicationOnly,
  incidents,
  monitored,
  hooks,
];

/** The schema this program reads and writes. */
export const schemaVersion = migrations.length;

/**
 * Bring the state to this program's schema inside the caller's transaction; whoever comes second finds
 * the work done. `state` names the state in errors. Errors: `state-newer`.
 */
export async function migrate(
  transaction: Kysely<Tables>,
  words: SchemaWords,
  schema: SchemaAccess,
  state: string,
): Promise<void> {
  const found = await schema.read(transaction);
  refuseNewer(found, state);
  if (found === schemaVersion) return;
  const statements = migrations.slice(found).flatMap((migration) => migration(words));
  await schema.run(transaction, statements);
  await schema.write(transaction, schemaVersion);
}

/** Errors: `state-newer` when a later program has changed the schema. */
export function refuseNewer(found: number, state: string): void {
  if (found <= schemaVersion) return;
  throw new SluiceError(
    "state-newer",
    `the state "${state}" was written by a newer Sluice: its schema is version ${found}, this program knows versions up to ${schemaVersion}`,
    {
      hint: "upgrade Sluice to the version that wrote it, or point state in sluice.config.ts to another place",
    },
  );
}

function first({ text, integer, real, bytes, table, ordered }: SchemaWords): readonly string[] {
  return [
    `create table environments (name ${text} primary key, release ${integer} not null, epoch ${integer} not null, holder ${text}, held ${text} not null) ${table}`,
    `create table graphs (hash ${text} primary key, document ${bytes} not null) ${table}`,
    `create table releases (
      environment ${text} not null references environments (name), number ${integer} not null, kind ${text} not null,
      at ${text} not null, who ${text} not null, why ${text} not null, run_id ${text}, graph_hash ${text} not null references graphs (hash),
      origin ${text}, held ${text} not null, full_number ${integer} not null, trail ${integer} not null,
      primary key (environment, number)) ${ordered}`,
    `create table release_pointers (
      environment ${text} not null, number ${integer} not null, dataset ${text} not null, version ${text}, moved ${integer} not null,
      primary key (environment, number, dataset)) ${ordered}`,
    `create table versions (
      id ${text} primary key, dataset ${text} not null, build_key ${text} not null, fingerprint ${text} not null, content_hash ${text} not null,
      row_count ${integer} not null, byte_count ${integer} not null, columns ${text} not null, files ${text} not null,
      quarantine ${text} not null, counts ${text}, inputs ${text} not null, created_at ${text} not null, run_id ${text} not null,
      elapsed ${real} not null) ${table}`,
    `create table manifests (version ${text} primary key references versions (id), document ${bytes} not null) ${table}`,
    `create table builds (build_key ${text} primary key, version ${text} not null references versions (id)) ${ordered}`,
    `create table audits (
      version ${text} not null references versions (id), audit_fingerprint ${text} not null, verdict ${text} not null,
      primary key (version, audit_fingerprint)) ${table}`,
    `create table pointers (
      environment ${text} not null, dataset ${text} not null, version ${text} not null references versions (id),
      primary key (environment, dataset)) ${ordered}`,
    `create table runs (
      id ${text} primary key, number ${integer} not null unique, environment ${text} not null, state ${text} not null, epoch ${integer} not null,
      base ${integer} not null, graph_hash ${text} not null, started_at ${text} not null, ended_at ${text}, release ${integer}) ${table}`,
    `create table events (
      sequence ${integer} primary key, type ${text} not null, at ${text} not null, environment ${text}, run_id ${text}, dataset ${text},
      data ${text} not null) ${table}`,
    `create table counters (name ${text} primary key, value ${integer} not null) ${ordered}`,
    `create table settled (environment ${text} primary key, document ${text} not null) ${table}`,
    `insert into counters (name, value) values ('events', 0), ('runs', 0)`,
  ];
}

/** Signs of life, so that other machines can tell whether a holder still lives. */
function second({ integer }: SchemaWords): readonly string[] {
  return [`alter table environments add column beat ${integer} not null default 0`];
}

/** Versions whose files were let go stay known. */
function third({ text }: SchemaWords): readonly string[] {
  return [`alter table versions add column gone ${text}`];
}

/** Runs remember what they were asked for and how far they came, and can be asked to stop. */
function fourth({ text, integer }: SchemaWords): readonly string[] {
  return [
    `alter table runs add column request ${text}`,
    `alter table runs add column planned ${integer} not null default 0`,
    `alter table runs add column finished ${integer} not null default 0`,
    `alter table runs add column reason ${text}`,
    `alter table runs add column cancellation ${text}`,
    `create index runs_on_their_way on runs (environment) where state = 'running'`,
    `create index events_of_runs on events (run_id) where run_id is not null`,
  ];
}

/** Views have a query in place of files. */
function fifth({ text }: SchemaWords): readonly string[] {
  return [`alter table versions add column query ${text}`];
}

/** The ledger of parts, and the times of what versions are made from. */
function sixth({ text, table }: SchemaWords): readonly string[] {
  return [
    `create table parts (
      key ${text} primary key, context ${text} not null, dataset ${text} not null, file ${text} not null, created_at ${text} not null,
      run_id ${text} not null) ${table}`,
    `create index parts_by_context on parts (context, created_at)`,
    `alter table versions add column times ${text}`,
  ];
}

/** What is kept whatever releases need: by somebody's word, or for a reader. */
function seventh({ text, integer, table }: SchemaWords): readonly string[] {
  return [
    `create table legal_holds (id ${text} primary key, target ${text} not null, at ${text} not null, who ${text} not null, why ${text} not null) ${table}`,
    `create table pins (id ${text} primary key, holder ${text} not null, beat ${integer} not null, targets ${text} not null) ${table}`,
  ];
}

/**
 * Pointers without a reference that the database checks row by row, which took longer than all the rest of a publication:
 * only publications move pointers, and they ask for all of their versions at once.
 */
function pointersByPublicationOnly({ text, ordered }: SchemaWords): readonly string[] {
  return [
    `create table pointers_before as select * from pointers`,
    `drop table pointers`,
    `create table pointers (
      environment ${text} not null, dataset ${text} not null, version ${text} not null, primary key (environment, dataset)) ${ordered}`,
    `insert into pointers select environment, dataset, version from pointers_before`,
    `drop table pointers_before`,
  ];
}

/** Incidents as their events left them; the few that are not resolved are found at once. */
function incidents({ text, integer, table }: SchemaWords): readonly string[] {
  return [
    `create table incidents (
      id ${integer} primary key, environment ${text} not null, run_id ${text}, resolved ${integer} not null, document ${text} not null) ${table}`,
    `create index incidents_unresolved on incidents (environment) where resolved = 0`,
    `create index incidents_of_runs on incidents (run_id) where run_id is not null`,
    `insert into counters (name, value) values ('incidents', 0)`,
  ];
}

/** What versions look like, what monitors measured of them in each release, and what people said of that. */
function monitored({ text, integer, bytes, table, ordered }: SchemaWords): readonly string[] {
  return [
    `create table profiles (version ${text} primary key references versions (id), document ${bytes} not null) ${table}`,
    `create table measures (
      environment ${text} not null, dataset ${text} not null, number ${integer} not null, version ${text} not null,
      at ${text} not null, definition ${text} not null, measured ${text} not null, findings ${text} not null,
      primary key (environment, dataset, number)) ${ordered}`,
    `create table feedback (
      environment ${text} not null, dataset ${text} not null, version ${text} not null, word ${text} not null,
      at ${text} not null, who ${text} not null, why ${text} not null, primary key (environment, dataset, version)) ${table}`,
  ];
}

/** Hooks read the log of events behind everybody's back; what they were not told of yet waits in a table of its own. */
function hooks({ text, integer, ordered }: SchemaWords): readonly string[] {
  return [
    `create table hooks (name ${text} primary key, after ${integer} not null) ${ordered}`,
    `create table deliveries (
      hook ${text} not null, sequence ${integer} not null, attempts ${integer} not null, due_at ${text} not null, problem ${text},
      given_up ${integer} not null, primary key (hook, sequence)) ${ordered}`,
  ];
}
