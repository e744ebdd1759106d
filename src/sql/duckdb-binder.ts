import { type DuckDBConnection, DuckDBInstance, version } from "@duckdb/node-api";
import { readBindError } from "./bind-error.ts";
import type {
  Binder,
  BoundColumn,
  Outcome,
  ParsedQuery,
  PromisedUnique,
  SqlProblem,
  TracedQuery,
} from "./binder.ts";
import { readEngineJson } from "./engine-json.ts";
import { Hermetic } from "./hermetic.ts";
import { keepsNothing } from "./keeps-nothing.ts";
import { Lane } from "./lane.ts";
import { readDistribution } from "./lineage/distribution.ts";
import { giveParameters } from "./lineage/give-parameters.ts";
import type { PlanNode } from "./lineage/plan-node.ts";
import { readLineage } from "./lineage/read-plan.ts";
import type { Column } from "./lineage/relation.ts";
import { asTable, onlyPlan, readTablePlan } from "./lineage/table-plan.ts";
import { readUniqueness } from "./lineage/unique-keys.ts";
import { type AliasedReference, findRowNumber, readOutputs, readTree, rowNumberName } from "./parse.ts";
import { quoteDataset, quoteName } from "./quote.ts";
import { nextToken } from "./scan-sql.ts";
import { unstableFunctions } from "./unstable-functions.ts";

/**
 * Open an in-memory engine that knows nothing but what it is told by `declare`: no files, no network, no
 * settings. Calls may overlap.
 */
export async function openBinder(): Promise<Binder> {
  const instance = await DuckDBInstance.create(":memory:", {
    enable_external_access: "false",
    errors_as_json: "true",
    threads: "1",
  });
  const connections = await Promise.all([instance.connect(), instance.connect(), instance.connect()]);
  const hermetic = new Hermetic(
    await unstableFunctions(version(), () => readUnstableFunctions(connections[0])),
  );
  await connections[0].run("set global TimeZone = 'UTC'; set lock_configuration = true");
  const lanes = await Promise.all([Lane.open(connections[0]), Lane.open(connections[1])]);
  return new DuckDBBinder(instance, connections[2], lanes, hermetic);
}

/** What the engine says of its functions; see `unstableFunctions`. */
export async function readUnstableFunctions(connection: DuckDBConnection): Promise<string[]> {
  const reader = await connection.runAndReadAll(
    "select distinct function_name from duckdb_functions() where stability in ('VOLATILE', 'CONSISTENT_WITHIN_QUERY')",
  );
  return reader.getRows().map((row) => String(row[0]));
}

/** What the engine would misunderstand: it takes a NUL for the end, and nothing for a wish to see all tables. */
function refuse(sql: string): SqlProblem | undefined {
  const position = sql.indexOf("\0");
  if (position >= 0) {
    return { code: "sql-syntax", message: "there is a NUL character in the query", position, length: 1 };
  }
  if (nextToken(sql, 0) === undefined) return { code: "sql-not-a-query", message: "there is no query" };
  return undefined;
}

const nested = /^(?:STRUCT|MAP|UNION)\(|\]$/;

/** Whether a table can have these columns for certain: no two of one name, whatever their letter case, and no type in another. */
const isPlain = (columns: readonly BoundColumn[]): boolean =>
  new Set(columns.map(({ name }) => name.toLowerCase())).size === columns.length &&
  !columns.some(({ engineType }) => nested.test(engineType));

/** What is read in a plan, which is a hundred times as large as the query. */
function readPlan(
  plan: PlanNode | undefined,
  bound: readonly BoundColumn[],
  promises: readonly PromisedUnique[],
): TracedQuery {
  const operators = new Map<PlanNode, readonly Column[]>();
  const names = bound.map(({ name }) => name);
  const lineage = readLineage(plan, names, operators);
  const unique = readUniqueness(plan, operators, names);
  return {
    ...lineage,
    bound,
    distribution: readDistribution(plan),
    proofs: promises.map((promise) => unique(keptColumns(promise, bound))),
  };
}

const integers = /^U?(?:TINY|SMALL|BIG)?INT(?:EGER)?$/;

/** Those of the columns of a promise whose values are kept as they are made. Fewer are harder to prove, never wrongly proven. */
function keptColumns(promise: PromisedUnique, bound: readonly BoundColumn[]): readonly string[] {
  return promise.flatMap(({ name, engineType: kept }) => {
    const made = bound.find((column) => column.name.toLowerCase() === name.toLowerCase());
    if (made === undefined) return [];
    // Two values may become one when they are kept in another type; no two whole numbers do.
    const isKept =
      kept === undefined ||
      made.engineType === kept ||
      (integers.test(made.engineType) && integers.test(kept));
    return isKept ? [made.name] : [];
  });
}

class DuckDBBinder implements Binder {
  readonly engineVersion = version().replace(/^v?(\d+\.\d+).*$/, "$1");
  readonly #instance: DuckDBInstance;
  /** Makes datasets known while the lanes are busy. */
  readonly #catalog: DuckDBConnection;
  readonly #lanes: readonly [Lane, Lane];
  readonly #hermetic: Hermetic;
  readonly #schemas = new Set<string>();
  /** Whether a dataset has a column of this name. */
  #hasRowNumber = false;
  /** Statements that make datasets known, kept while others are executed: one trip for all of them. */
  #pending: string[] = [];
  /** The trip that will take them, and the last that there is. */
  #nextTrip: Promise<void> | undefined;
  #lastTrip: Promise<void> = Promise.resolve();
  /** How many are under way or waiting. */
  #trips = 0;

  constructor(
    instance: DuckDBInstance,
    catalog: DuckDBConnection,
    lanes: readonly [Lane, Lane],
    hermetic: Hermetic,
  ) {
    this.#instance = instance;
    this.#catalog = catalog;
    this.#lanes = lanes;
    this.#hermetic = hermetic;
  }

  async parse(sql: string): Promise<Outcome<ParsedQuery>> {
    const refused = refuse(sql);
    if (refused !== undefined) return { ok: false, problems: [refused] };
    return this.#freer().tree(sql, (json) => readTree(sql, json, this.#hermetic));
  }

  async keepsNothing(sql: string): Promise<boolean> {
    if (refuse(sql) !== undefined) return false;
    return this.#freer().tree(sql, (json) => {
      const { statements } = readEngineJson(json) as {
        statements?: readonly { readonly node: Readonly<Record<string, unknown>> }[];
      };
      return statements?.length === 1 && statements.every(({ node }) => keepsNothing(node));
    });
  }

  declare(dataset: string, columns: readonly BoundColumn[]): Promise<void> {
    const schema = dataset.slice(0, dataset.indexOf("."));
    if (!this.#schemas.has(schema)) {
      this.#schemas.add(schema);
      this.#pending.push(`create schema if not exists ${quoteName(schema)}`);
    }
    this.#hasRowNumber ||= columns.some(({ name }) => name.toLowerCase() === rowNumberName);
    const list = columns.map((column) => `${quoteName(column.name)} ${column.engineType}`).join(", ");
    this.#pending.push(`create or replace table ${quoteDataset(dataset)} (${list})`);
    return (this.#nextTrip ??= this.#lastTrip = this.#tell(this.#lastTrip));
  }

  forget(dataset: string): Promise<void> {
    this.#pending.push(`drop table if exists ${quoteDataset(dataset)}`);
    return Promise.resolve();
  }

  async bind(sql: string): Promise<Outcome<readonly BoundColumn[]>> {
    const refused = refuse(sql);
    if (refused !== undefined) return { ok: false, problems: [refused] };
    const answer = await this.#freer().columns(sql);
    if ("thrown" in answer) {
      return { ok: false, problems: [readBindError(sql, answer, await this.#references(sql))] };
    }
    return this.#accept(sql, answer);
  }

  async trace(sql: string, promises: readonly PromisedUnique[] = []): Promise<Outcome<TracedQuery>> {
    const refused = refuse(sql);
    if (refused !== undefined) return { ok: false, problems: [refused] };
    const given = giveParameters(sql);
    const table = asTable(given);
    const quick =
      table === undefined
        ? undefined
        : await this.#freer().plan(table, (json) => {
            const read = readTablePlan(json);
            return read && readPlan(read.plan, read.columns, promises);
          });
    const bound = quick === undefined ? await this.bind(sql) : await this.#accept(sql, quick.bound);
    if (!bound.ok) return bound;
    const traced =
      quick ?? (await this.#freer().plan(given, (json) => readPlan(onlyPlan(json), bound.value, promises)));
    return { ok: true, value: traced };
  }

  /** What is under way is waited for: the engine does not survive being closed while it works. */
  close(): void {
    if (this.#trips === 0 && this.#lanes.every(({ busy }) => busy === 0)) this.#closeNow();
    else
      void Promise.allSettled([this.#lastTrip, ...this.#lanes.map((lane) => lane.rest())]).then(() =>
        this.close(),
      );
  }

  #closeNow(): void {
    for (const lane of this.#lanes) lane.close();
    this.#catalog.closeSync();
    this.#instance.closeSync();
  }

  async #tell(before: Promise<void>): Promise<void> {
    this.#trips += 1;
    try {
      await before.catch(() => undefined);
      this.#nextTrip = undefined;
      await this.#catalog.run(this.#pending.splice(0).join(";\n"));
    } finally {
      this.#trips -= 1;
    }
  }

  async #accept(sql: string, columns: readonly BoundColumn[]): Promise<Outcome<readonly BoundColumn[]>> {
    const hidden = await this.#rowNumber(sql);
    if (hidden === undefined && isPlain(columns)) return { ok: true, value: columns };
    const problems = [
      ...(hidden === undefined ? [] : [hidden]),
      ...(await this.#duplicates(sql, columns)),
      ...(await this.#unkept(columns)),
    ];
    return problems.length > 0 ? { ok: false, problems } : { ok: true, value: columns };
  }

  #freer(): Lane {
    const [first, second] = this.#lanes;
    return second.busy < first.busy ? second : first;
  }

  async #references(sql: string): Promise<readonly AliasedReference[]> {
    const parsed = await this.parse(sql);
    return parsed.ok ? (parsed.value.references as readonly AliasedReference[]) : [];
  }

  /** The tables that stand for datasets here have a column more than the files that are read in a run. */
  async #rowNumber(sql: string): Promise<SqlProblem | undefined> {
    if (this.#hasRowNumber || !sql.toLowerCase().includes(rowNumberName)) return undefined;
    const found = await this.#freer().tree(sql, (json) => findRowNumber(sql, json));
    return (
      found && {
        code: "unknown-column",
        message: `column "${rowNumberName}" does not exist: rows of files have no number of their own`,
        ...found,
        length: rowNumberName.length,
        hint: "number them in an order of yours: row_number() over (order by …)",
      }
    );
  }

  /** Unions, and structs whose fields have no names, cannot be columns of a file. */
  async #unkept(columns: readonly BoundColumn[]): Promise<SqlProblem[]> {
    const problems: SqlProblem[] = [];
    for (const { name, engineType } of columns) {
      if (!nested.test(engineType)) continue;
      if (!/\bUNION\(/.test(engineType) && (await this.#freer().isType(engineType))) continue;
      const message = `column "${name}" has the type ${engineType}, which no file can keep`;
      problems.push({
        code: "sql-bind",
        message,
        hint: "make columns, text or a struct with named fields of it",
      });
    }
    return problems;
  }

  /** A table cannot have two columns of one name, whatever their letter case. */
  async #duplicates(sql: string, columns: readonly BoundColumn[]): Promise<SqlProblem[]> {
    const seen = new Set<string>();
    const twice = new Set<string>();
    for (const { name } of columns) (seen.has(name.toLowerCase()) ? twice : seen).add(name.toLowerCase());
    if (twice.size === 0) return [];
    const outputs = await this.#freer().tree(sql, (json) => readOutputs(sql, json));
    return [...twice].map((name) => {
      const position = outputs.findLast((output) => output.name.toLowerCase() === name)?.position;
      return {
        code: "sql-bind" as const,
        message: `two columns are called "${name}"`,
        hint: 'give one another name with "as", or leave it out with "exclude"',
        ...(position === undefined ? {} : { position, length: name.length }),
      };
    });
  }
}
