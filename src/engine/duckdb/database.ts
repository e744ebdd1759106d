import {
  type DuckDBConnection,
  DuckDBInstance,
  type DuckDBMaterializedResult,
  type DuckDBResult,
  type DuckDBValue,
} from "@duckdb/node-api";
import { SluiceError } from "../../errors.ts";
import { quoteText } from "../../sql/quote.ts";
import type { SessionOptions } from "../engine.ts";

/**
 * Bytes of input up to which one thread does the work. Two find nothing to divide in so little: who gets nothing asks for
 * more all the time, and that costs as much as the work.
 */
const littleWork = 2 * 1024 * 1024;

/** Milliseconds of a processor after which little input turned out to be much work. On a busy machine they take longer. */
const patience = 500;

/** An engine in memory, with one connection for statements and more for streams that are read meanwhile. */
export class Database implements AsyncDisposable {
  readonly #instance: DuckDBInstance;
  readonly connection: DuckDBConnection;
  /** Bytes the engine may use before it spills. */
  readonly memory: number;
  #interrupted = false;
  #names = 0;
  /** All that this engine may have. */
  readonly #threads: number;
  #using: number;

  constructor(
    instance: DuckDBInstance,
    connection: DuckDBConnection,
    { memory, threads }: Pick<SessionOptions, "memory" | "threads">,
  ) {
    this.#instance = instance;
    this.connection = connection;
    this.memory = memory;
    this.#threads = threads;
    this.#using = threads;
  }

  /** What comes reads so many bytes of files. */
  async expect(bytes: number): Promise<void> {
    await this.#use(bytes <= littleWork ? 1 : this.#threads);
  }

  async #use(threads: number): Promise<void> {
    if (threads === this.#using) return;
    await this.connection.run(`set threads = ${threads}`);
    this.#using = threads;
  }

  /** Work that may be begun a second time, with all threads, where it takes one too long. */
  async hurrying<T>(work: () => Promise<T>): Promise<T> {
    if (this.#using === this.#threads) return work();
    let isLate = false;
    const before = process.cpuUsage();
    const timer = setInterval(() => {
      const { user, system } = process.cpuUsage(before);
      if ((user + system) / 1000 < patience) return;
      // Said again until it is heard: between two statements there is nothing to stop.
      isLate = true;
      this.connection.interrupt();
    }, patience / 2);
    try {
      const done = await work();
      // What was asked may be told as refused where it was only stopped.
      if (!isLate) return done;
    } catch (error) {
      if (!isLate) throw error;
    } finally {
      clearInterval(timer);
    }
    this.refuseInterrupted();
    await this.#use(this.#threads);
    return work();
  }

  /** A new piece of work begins: what was said to the one before does not concern it. */
  begin(): this {
    this.#interrupted = false;
    return this;
  }

  /** A name that nothing else here has. It has a space in it, as no name of a dataset has. */
  uniqueName(kind: string): string {
    this.#names += 1;
    return `${kind} ${this.#names}`;
  }

  /** Whether statements are answered: after some mistakes of its own the engine refuses all. */
  async isUsable(): Promise<boolean> {
    return this.connection.run("select 1").then(
      () => true,
      () => false,
    );
  }

  /** Undo what a piece of work has made. An engine that broke by it has forgotten it, and why it broke is to be told. */
  async undo(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (await this.isUsable()) throw error;
    }
  }

  /** Stop the statement that is running, and the piece of work with it. */
  interrupt(): void {
    this.#interrupted = true;
    this.connection.interrupt();
  }

  /** Errors: `interrupted`. Asked between statements, where the engine has nothing to stop. */
  refuseInterrupted(): void {
    if (this.#interrupted)
      throw new SluiceError("interrupted", "the work was stopped", { hint: "run it again" });
  }

  /** Run statements for their effect. */
  async run(sql: string, values?: Record<string, DuckDBValue>): Promise<DuckDBMaterializedResult> {
    this.refuseInterrupted();
    return this.connection.run(sql, values);
  }

  /** An answer of any length. The next statement ends it. */
  async stream(sql: string): Promise<DuckDBResult> {
    this.refuseInterrupted();
    return this.connection.stream(sql);
  }

  /** All rows of an answer that is known to be small. */
  async all<T extends Record<string, unknown>>(
    sql: string,
    values?: Record<string, DuckDBValue>,
  ): Promise<T[]> {
    this.refuseInterrupted();
    return (await this.connection.runAndReadAll(sql, values)).getRowObjectsJS() as unknown as T[];
  }

  /** The only row of an answer. */
  async one<T extends Record<string, unknown>>(sql: string): Promise<T> {
    const [row] = await this.all<T>(sql);
    if (!row) throw new Error("the engine gave no answer");
    return row;
  }

  /**
   * Run something whose joins are made as they are written: each row of the left looked up among the few on
   * the right. The engine cannot know how long a text is, takes it for short, and would hold all of it.
   */
  async asWritten<T>(work: () => Promise<T>): Promise<T> {
    await this.connection.run(without([...distrusted, "join_order", "build_side_probe_side"]));
    try {
      return await work();
    } finally {
      await this.connection.run(without(distrusted));
    }
  }

  /** A connection of its own: a second statement on the same one would end a stream that is being read. */
  async connect(): Promise<DuckDBConnection> {
    const connection = await this.#instance.connect();
    await connection.run(sessionSettings);
    return connection;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.connection.closeSync();
    this.#instance.closeSync();
  }
}

/**
 * Rewritings that this version of the engine gets wrong: right queries lose rows, gain some, or break off; some of them now
 * and then only, with more than one thread. `right-answers.test.ts` has queries for each.
 */
export const distrusted: readonly string[] = [
  // Takes parts of a query for the same that read the same and give different columns.
  "common_subplan",
  // Looks for what a join will find below LIMIT, DISTINCT and groups, which then are made of other rows.
  "join_filter_pushdown",
  // Finds its rows by the one above; without that it reads all of them twice.
  "late_materialization",
  // Keeps the first rows of groups: loses those without an order and those that a join makes twice, makes one of none.
  "top_n_window_elimination",
  // Takes windows of different groups for the same, and asks twice what may answer differently.
  "window_self_join",
];

const without = (rewritings: readonly string[]): string =>
  `set disabled_optimizers = ${quoteText(rewritings.join(","))}`;

/** Settings that belong to a connection. Errors as JSON are read by `engineFailure`. */
const sessionSettings = "set TimeZone = 'UTC'; set errors_as_json = true; set parquet_metadata_cache = true";

/** Start an engine in memory. `temporary` is where it spills; without it the engine gives up instead. */
export async function openDatabase(
  options: Omit<SessionOptions, "temporary"> & { readonly temporary?: string },
): Promise<Database> {
  const threads = Math.max(1, Math.floor(options.threads));
  const instance = await DuckDBInstance.create(":memory:", {
    threads: String(threads),
    memory_limit: `${Math.max(1, Math.floor(options.memory / 1024))}KiB`,
    temp_directory: options.temporary ?? "",
    // The order of rows is part of a file's content: first delivered, first kept.
    preserve_insertion_order: "true",
    disabled_optimizers: distrusted.join(","),
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
  });
  const connection = await instance.connect();
  await connection.run(sessionSettings);
  return new Database(instance, connection, { memory: options.memory, threads });
}
