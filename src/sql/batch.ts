import {
  type DuckDBConnection,
  type DuckDBPreparedStatement,
  LIST,
  VARCHAR,
  listValue,
} from "@duckdb/node-api";

/** Most queries in one question: more gain nothing. */
const most = 32;

/** Most characters of SQL in one question, but for a single query that has more. */
const longest = 1 << 18;

interface Waiting {
  readonly sql: string;
  readonly resolve: (answer: string | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Asks one thing about queries, many at once: a question has a fixed cost that is more than that of an answer. What is
 * asked while nothing can be answered yet goes into the next question.
 */
export class Batch {
  readonly #one: DuckDBPreparedStatement;
  readonly #many: DuckDBPreparedStatement;
  #waiting: Waiting[] = [];

  private constructor(one: DuckDBPreparedStatement, many: DuckDBPreparedStatement) {
    this.#one = one;
    this.#many = many;
  }

  /** `question` makes a query with one text per row, null for none, from an expression for the text of a query. */
  static async open(
    connection: DuckDBConnection,
    question: (sql: string, from: string) => string,
  ): Promise<Batch> {
    const one = await connection.prepare(question("$1::varchar", ""));
    return new Batch(
      one,
      await connection.prepare(question("sql", "from (select unnest($1::varchar[]) as sql)")),
    );
  }

  /** Wait for `answer` to be called. */
  ask(sql: string): Promise<string | undefined> {
    const { promise, resolve, reject } = Promise.withResolvers<string | undefined>();
    this.#waiting.push({ sql, resolve, reject });
    return promise;
  }

  /** Answer some of what is asked. */
  async answer(): Promise<void> {
    const asked = this.#take();
    if (asked.length > 1) {
      try {
        const answers = await this.#askMany(asked.map(({ sql }) => sql));
        for (const [index, { resolve }] of asked.entries()) resolve(answers[index]);
        return;
      } catch {
        // One of them is too much for the engine: the others shall not suffer.
      }
    }
    for (const { sql, resolve, reject } of asked) await this.#askOne(sql).then(resolve, reject);
  }

  close(): void {
    this.#one.destroySync();
    this.#many.destroySync();
  }

  #take(): Waiting[] {
    let characters = 0;
    const end = this.#waiting.findIndex(({ sql }, index) => {
      characters += sql.length;
      return index > 0 && (index >= most || characters > longest);
    });
    return this.#waiting.splice(0, end < 0 ? this.#waiting.length : end);
  }

  async #askOne(sql: string): Promise<string | undefined> {
    this.#one.bindVarchar(1, sql);
    return textOf((await this.#one.runAndReadAll()).getRows()[0]?.[0]);
  }

  async #askMany(queries: readonly string[]): Promise<(string | undefined)[]> {
    this.#many.bindList(1, listValue([...queries]), LIST(VARCHAR));
    const rows = (await this.#many.runAndReadAll()).getRows();
    if (rows.length !== queries.length)
      throw new Error(`${queries.length} queries got ${rows.length} answers`);
    return rows.map((row) => textOf(row[0]));
  }
}

const textOf = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
