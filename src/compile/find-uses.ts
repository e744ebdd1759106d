import type { DatasetId } from "../graph/graph.ts";
import { didYouMean } from "../graph/nearest-name.ts";
import type { Binder, BoundColumn, DatasetReference, SqlProblem } from "../sql/binder.ts";
import { quoteDataset, quoteName } from "../sql/quote.ts";
import { type SqlToken, scanSql } from "../sql/scan-sql.ts";
import { endOfDotted, isOrderKey, isSame, plainName, tokensNamed } from "./name-tokens.ts";

/** What a query reads: its inputs with their columns. */
export type InputColumns = readonly (readonly [DatasetId, readonly BoundColumn[]])[];

/** Columns and uses beyond these are not looked for: their first uses say enough. */
const mostColumns = 10;
const mostUses = 50;
/** Binding a query of this many characters again and again would take too long. */
const longest = 100_000;

/**
 * Every use of the columns that a query misses. The engine stops at the first, and does not always say where it
 * is or that a column is what it lacks. So the query is asked about with such columns given back to its inputs,
 * use by use: a use is where a twin of the column could stand, and a name that nothing has could not. Aliases
 * and columns of subqueries are thereby told apart from the input's column by the engine itself. Where that
 * leads nowhere, the problem is answered as it came. `reader`: the dataset whose query it is.
 */
export async function findUses(
  reader: DatasetId,
  sql: string,
  problem: SqlProblem,
  inputs: InputColumns,
  binder: Binder,
): Promise<readonly SqlProblem[]> {
  const bareNames = new Set(inputs.map(([id]) => bareName(id)));
  const name = missingName(sql, problem);
  if (name === undefined || sql.length > longest || bareNames.size < inputs.length) return [problem];
  const parsed = await binder.parse(sql);
  if (!parsed.ok) return [problem];
  const search = new Search(reader, sql, inputs, binder, parsed.value.references);
  return (await search.find({ problem, name })) ?? [problem];
}

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** What the engine says against a query; with the name of the column, where it lacks one. */
interface Refusal {
  readonly problem: SqlProblem;
  readonly name: string | undefined;
}

/** A column that is missing, and the input it was given back to. */
interface Sought {
  readonly problem: SqlProblem;
  readonly name: string;
  readonly input: DatasetId;
  readonly engineType: string;
}

class Search {
  readonly #sql: string;
  readonly #inputs: InputColumns;
  readonly #binder: Binder;
  /** Where the query names its inputs. */
  readonly #tables: readonly Edit[];
  /** Stands for the inputs' schemas, so that others who bind at the same time see the inputs as they are. */
  readonly #schema: string;
  readonly #sought: Sought[] = [];

  constructor(
    reader: DatasetId,
    sql: string,
    inputs: InputColumns,
    binder: Binder,
    references: readonly DatasetReference[],
  ) {
    this.#sql = sql;
    this.#inputs = inputs;
    this.#binder = binder;
    // No dataset has a space in its name.
    this.#schema = `uses in ${reader.replace(".", " ")}`;
    const ids = new Map(inputs.map(([id]) => [id.toLowerCase(), id]));
    this.#tables = references.flatMap(({ name, position }) => {
      const id = ids.get(name.toLowerCase());
      if (id === undefined || position === undefined) return [];
      return [{ start: position, end: endOfDotted(sql, position), text: quoteDataset(this.#copyOf(id)) }];
    });
  }

  /** All uses of all missing columns, or undefined where the engine does not follow. */
  async find(first: Refusal): Promise<readonly SqlProblem[] | undefined> {
    for (let refusal: Refusal | undefined = first; refusal !== undefined;) {
      const isGiven: boolean = await this.#giveBack(refusal);
      if (this.#sought.length === 0) return undefined;
      // With a guessed type it may not bind for reasons that the user's query does not have.
      if (!isGiven) return this.#sought.map((sought) => sought.problem);
      refusal = await this.#ask([]);
    }
    const found: SqlProblem[] = [];
    for (const sought of this.#sought) {
      found.push(...(await this.#usesOf(sought)));
    }
    return found;
  }

  /** Give the missing column to the input, and the type, with which most of the query binds. */
  async #giveBack({ problem, name }: Refusal): Promise<boolean> {
    if (name === undefined || this.#sought.length === mostColumns) return false;
    if (this.#sought.some((one) => isSame(one.name, name))) return false;
    let best: Sought | undefined;
    for (const [input, columns] of this.#inputs) {
      if (columns.some((column) => isSame(column.name, name))) continue;
      const about = this.#aboutInput(problem, name, input, columns);
      for (const engineType of new Set(["VARCHAR", ...columns.map((column) => column.engineType)])) {
        const sought = { problem: about, name, input, engineType };
        await this.#declare([...this.#sought, sought]);
        const left = await this.#ask([]);
        if (left === undefined) {
          this.#sought.push(sought);
          return true;
        }
        if (left.name !== undefined && !isSame(left.name, name)) best ??= sought;
      }
    }
    if (best === undefined) return false;
    this.#sought.push(best);
    await this.#declare(this.#sought);
    return true;
  }

  /** Not all words of the engine are about a column, and those that come later are about copies of the inputs. */
  #aboutInput(
    problem: SqlProblem,
    name: string,
    input: DatasetId,
    columns: readonly BoundColumn[],
  ): SqlProblem {
    if (this.#sought.length === 0 && problem.code === "unknown-column") return problem;
    const hint = didYouMean(
      name,
      columns.map((column) => column.name),
    );
    return {
      code: "unknown-column",
      message: `column "${name}" does not exist in ${input}`,
      ...(problem.position === undefined ? {} : { position: problem.position, length: problem.length ?? 1 }),
      ...(hint === undefined ? {} : { hint }),
    };
  }

  async #usesOf({ name, problem }: Sought): Promise<SqlProblem[]> {
    const uses: SqlToken[] = [];
    for (const token of tokensNamed(this.#sql, name).slice(0, mostUses)) {
      const lacks = async (other: string): Promise<boolean> =>
        isSame((await this.#ask([renamed(token, other)]))?.name, other);
      // The engine has said so of the first one already.
      const isKnown = token.start === problem.position;
      if (isKnown || (!(await lacks(twinOf(name))) && (await lacks(nothing)))) uses.push(token);
    }
    const proven = await this.#withoutAliases(uses, name);
    // Where no twin can stand, such as in USING, the first of the name has to do.
    if (proven.length === 0) proven.push(...tokensNamed(this.#sql, name).slice(0, 1));
    return proven.map(({ start, end }) => ({ ...problem, position: start, length: end - start }));
  }

  /**
   * A query's ORDER BY takes an alias rather than a column. There, a name that is still good when only the
   * column's twin is left is an alias.
   */
  async #withoutAliases(uses: readonly SqlToken[], name: string): Promise<SqlToken[]> {
    const isOrder = new Map(uses.map((use) => [use, isOrderKey(this.#sql, use)]));
    if (!uses.some((use) => isOrder.get(use))) return [...uses];
    await this.#declare(this.#sought, name);
    const proven: SqlToken[] = [];
    for (const use of uses) {
      const others = uses.filter((other) => other !== use).map((other) => renamed(other, twinOf(name)));
      const isMissing = !isOrder.get(use) || isSame((await this.#ask(others))?.name, name);
      if (isMissing) proven.push(use);
    }
    await this.#declare(this.#sought);
    return proven;
  }

  /** Make the copies known: with the columns that are sought and their twins, but without the one in `absent`. */
  async #declare(sought: readonly Sought[], absent?: string): Promise<void> {
    for (const [id, columns] of this.#inputs) {
      const given = sought.filter((one) => one.input === id);
      const more = given.flatMap(({ name, engineType }) =>
        [name, twinOf(name)].filter((one) => one !== absent).map((one) => ({ name: one, engineType })),
      );
      await this.#binder.declare(this.#copyOf(id), [...columns, ...more]);
    }
  }

  #copyOf(id: DatasetId): DatasetId {
    return `${this.#schema}.${bareName(id)}`;
  }

  /** What the engine says against the query over the copies, with some of its text replaced. */
  async #ask(edits: readonly Edit[]): Promise<Refusal | undefined> {
    let sql = "";
    let at = 0;
    /** From which offset of the changed text on it is so many characters longer. */
    const shifts = [{ from: 0, by: 0 }];
    for (const { start, end, text } of [...this.#tables, ...edits].toSorted((a, b) => a.start - b.start)) {
      sql += this.#sql.slice(at, start) + text;
      at = end;
      shifts.push({ from: sql.length, by: sql.length - at });
    }
    sql += this.#sql.slice(at);
    const outcome = await this.#binder.bind(sql);
    const [problem] = outcome.ok ? [] : outcome.problems;
    if (problem === undefined) return undefined;
    const { position } = problem;
    const name = missingName(sql, problem);
    if (position === undefined) return { problem, name };
    const by = shifts.findLast(({ from }) => from <= position)?.by ?? 0;
    return { problem: { ...problem, position: position - by }, name };
  }
}

/** A name that no column has. */
const nothing = "\u{1f573} nothing";

const twinOf = (name: string): string => `\u{1f573} ${name}`;

const renamed = ({ start, end }: SqlToken, name: string): Edit => ({ start, end, text: quoteName(name) });

const bareName = (id: DatasetId): string => id.slice(id.indexOf(".") + 1);

/** Other words of the engine for a column that is not there. */
const otherWords =
  /^Column "(.*)" (?:referenced that exists in the SELECT clause|in \w+ list not found|does not exist on (?:left|right) side of join)/;

/** The name of the column that a query lacks; undefined for other problems. */
function missingName(sql: string, { code, message, position, length }: SqlProblem): string | undefined {
  if (code === "unknown-column" && position !== undefined && length !== undefined)
    return plainName(sql.slice(position, position + length));
  // In a subquery, the engine looks for `c.body` further out as well, and at last for a table `c`.
  if (position !== undefined && message.endsWith(" is not in the FROM clause")) {
    const [table, dot, name] = [...scanSql(sql)].filter(({ start }) => start >= position);
    const isDotted = table !== undefined && dot !== undefined && sql[dot.start] === ".";
    return isDotted && name !== undefined ? plainName(sql.slice(name.start, name.end)) : undefined;
  }
  const name = otherWords.exec(message)?.[1];
  return name === undefined ? undefined : plainName(name);
}
