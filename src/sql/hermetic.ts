/**
 * What a model may not reach for: clocks, chance, settings, files. The engine knows which of its functions
 * are unstable; the lists here add what it does not say.
 */
import type { SqlProblem } from "./binder.ts";

/** The only values that reach SQL from outside: the run's logical time. */
export const parameterNames = ["run_time", "run_date"] as const;

/** Table functions that compute from their arguments alone. Every other one reads files, settings or the catalogue. */
export const pureTableFunctions = new Set([
  "range",
  "generate_series",
  "unnest",
  "json_each",
  "json_tree",
  "repeat",
  "repeat_row",
]);

/** Unstable, though the engine calls them stable: they read settings, variables or whole tables by name. */
const unstableFunctions = ["getvariable", "getenv", "current_setting", "query", "query_table", "ago"];

/** Words that are functions when no column has that name. */
const clockWords = new Set([
  "current_date",
  "current_time",
  "current_timestamp",
  "localtime",
  "localtimestamp",
]);

const systemSchemas = new Set(["information_schema", "pg_catalog"]);

const dateFunctions = new Set(["current_date", "today"]);

const timeFunctions = /time|now|^ago$|^age$/;

/** Judges the parts of a query by what the engine says about its functions. */
export class Hermetic {
  readonly #unstable: ReadonlySet<string>;

  /** `volatile`: names of functions that the engine itself calls unstable. */
  constructor(volatile: Iterable<string>) {
    this.#unstable = new Set([...volatile, ...unstableFunctions]);
  }

  judgeFunction(name: string, argumentCount: number, position: number | undefined): SqlProblem | undefined {
    const lower = name.toLowerCase();
    // With one argument it counts from today.
    const unstable = this.#unstable.has(lower) || (lower === "age" && argumentCount === 1);
    if (!unstable) return undefined;
    return problem(
      `"${name}()" gives another answer each time it is asked`,
      position,
      name.length,
      wayOut(lower),
    );
  }

  judgeWord(name: string, position: number | undefined): SqlProblem | undefined {
    const lower = name.toLowerCase();
    if (!clockWords.has(lower)) return undefined;
    return problem(
      `"${name}" gives another answer each time it is asked`,
      position,
      name.length,
      wayOut(lower),
    );
  }

  judgeTableFunction(name: string, position: number | undefined): SqlProblem | undefined {
    if (pureTableFunctions.has(name.toLowerCase())) return undefined;
    return problem(
      `"${name}(…)" reads something other than datasets`,
      position,
      name.length,
      "declare a source that reads it, and select from the source",
    );
  }

  judgeTable(schema: string, name: string, position: number | undefined): SqlProblem | undefined {
    if (systemSchemas.has(schema.toLowerCase())) {
      return problem(
        `"${schema}.${name}" is the engine's own catalogue`,
        position,
        schema.length + 1 + name.length,
        "a model reads datasets only",
      );
    }
    if (schema === "" && looksLikeFile(name)) {
      return problem(
        `'${name}' is a file`,
        position,
        name.length + 2,
        "declare a source that reads it, and select from the source",
      );
    }
    return undefined;
  }

  judgeSample(seed: unknown, position: number | undefined): SqlProblem | undefined {
    if (typeof seed === "number" && seed >= 0) return undefined;
    return problem("a sample without a seed draws other rows each time", position, 1, 'add "repeatable (1)"');
  }
}

const looksLikeFile = (name: string): boolean =>
  /[/\\*?:]|\.(?:csv|tsv|txt|json|jsonl|ndjson|parquet|arrow|avro|xlsx|db|duckdb|gz|zst)$/i.test(name);

function wayOut(name: string): string {
  if (dateFunctions.has(name)) return 'use "$run_date", the date of the run\'s logical time';
  if (timeFunctions.test(name)) return 'use "$run_time" (or "$run_date"), the run\'s logical time';
  return "compute it from the data, for example with hash(…)";
}

function problem(what: string, position: number | undefined, length: number, hint: string): SqlProblem {
  const place = position === undefined ? {} : { position, length };
  return { code: "not-hermetic", message: what, hint, ...place };
}
