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
  readonly take: (answer: string | undefined) => void;
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

  /**
   * What `read` makes of the answer, once `answer` was called. Answers are many times as long as what is read in them,
   * so they are not handed on.
   */
  ask<T>(sql: string, read: (answer: string | undefined) => T): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const take = (answer: string | undefined): void => {
      try {
        resolve(read(answer));
      } catch (error) {
        reject(error);
      }
    };
    this.#waiting.push({ sql, take, reject });
    return promise;
  }

  /** Answer some of what is asked. */
  async answer(): Promise<void> {
    const asked = this.#next();
    if (asked.length > 1 && (await this.#askMany(asked))) return;
    // One of them is too much for the engine: the others shall not suffer.
    for (const one of asked) await this.#askOne(one);
  }

  close(): void {
    this.#one.destroySync();
    this.#many.destroySync();
  }

  #next(): Waiting[] {
    let characters = 0;
    const end = this.#waiting.findIndex(({ sql }, index) => {
      characters += sql.length;
      return index > 0 && (index >= most || characters > longest);
    });
    return this.#waiting.splice(0, end < 0 ? this.#waiting.length : end);
  }

  async #askOne({ sql, take, reject }: Waiting): Promise<void> {
    try {
      this.#one.bindVarchar(1, sql);
      await giveAnswers(this.#one, [take]);
    } catch (error) {
      reject(error);
    }
  }

  /** Whether there were answers. */
  async #askMany(asked: readonly Waiting[]): Promise<boolean> {
    try {
      const queries = asked.map(({ sql }) => sql);
      this.#many.bindList(1, listValue(queries), LIST(VARCHAR));
      await giveAnswers(
        this.#many,
        asked.map(({ take }) => take),
      );
      return true;
    } catch {
      return false;
    }
  }
}

/**
 * Give everybody his text. Errors: as many texts as takers do not come, and then nobody has got one. The engine's copy
 * is let go at once: it would wait for the next collection of garbage, which knows nothing of its size.
 */
async function giveAnswers(
  statement: DuckDBPreparedStatement,
  takers: readonly Waiting["take"][],
): Promise<void> {
  const result = await statement.stream();
  const chunk = await result.fetchChunk();
  if (chunk?.rowCount !== takers.length)
    throw new Error(`${takers.length} queries got ${chunk?.rowCount ?? 0} answers`);
  const texts = chunk.getColumnVector(0);
  for (const [row, take] of takers.entries()) {
    const text = texts.getItem(row);
    take(typeof text === "string" ? text : undefined);
  }
  chunk.reset();
}
