/** From the `query` function of a TypeScript model to SQL, with a map back to the templates it is made of. */
import type { TemplatePieces } from "../compile/definitions.ts";
import { type Reference, type ReferenceTarget, type SqlText, reference } from "../define/sql.ts";
import { quoteDataset, quoteName, quoteText } from "../sql/quote.ts";

export interface RenderedQuery {
  readonly sql: string;
  /** Outer templates before those they contain. */
  readonly templates: readonly TemplatePieces[];
}

/** Something in a template that cannot become SQL. */
export class TemplateError extends Error {}

/**
 * Ask a model's `query` for its SQL. `inputs`: alias to dataset name. `named`: definitions and their names,
 * for those who put the imported definition itself into the template.
 * Errors: whatever the function throws; `TemplateError` when it does not return SQL.
 */
export function renderQuery(
  query: (inputs: never) => unknown,
  inputs: Readonly<Record<string, string>>,
  named: ReadonlyMap<unknown, string>,
): RenderedQuery {
  const references = Object.fromEntries(
    Object.keys(inputs).map((alias) => [alias, inputReference(alias)] as const),
  );
  const text = query(references as never);
  if (!isSqlText(text)) throw new TemplateError("it must return sql`…`");
  const renderer = new Renderer(inputs, named, ambiguousNames(Object.values(inputs)));
  renderer.write(text, 0);
  return { sql: renderer.sql, templates: renderer.templates };
}

/** Bare names that more than one input has. */
function ambiguousNames(datasets: readonly string[]): ReadonlySet<string> {
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const dataset of new Set(datasets)) {
    const name = bareName(dataset);
    (seen.has(name) ? twice : seen).add(name);
  }
  return twice;
}

const bareName = (dataset: string): string => dataset.slice(dataset.indexOf(".") + 1);

/** Stands for the dataset; each property for a column, whatever its name. */
function inputReference(input: string): Reference {
  const target = Object.freeze({ input });
  return new Proxy<object>(
    {},
    {
      get: (_, column) => {
        if (column === reference) return target;
        if (column === Symbol.toPrimitive) return () => refuseText(input);
        return typeof column === "symbol" ? undefined : columnReference(input, column);
      },
    },
  ) as Reference;
}

const columnReference = (input: string, column: string): Reference =>
  Object.freeze({
    [reference]: Object.freeze({ input, column }),
    [Symbol.toPrimitive]: () => refuseText(`${input}.${column}`),
  });

/** Without this, a forgotten `sql` in front of a template would make "[object Object]" of a column. */
function refuseText(what: string): never {
  throw new TemplateError(`it puts ${what} into plain text; write sql in front of the template: sql\`…\``);
}

const targetOf = (value: unknown): ReferenceTarget | undefined =>
  typeof value === "object" && value !== null ? (value as Partial<Reference>)[reference] : undefined;

const isSqlText = (value: unknown): value is SqlText =>
  typeof value === "object" &&
  value !== null &&
  (value as Partial<SqlText>).kind === "sql" &&
  Array.isArray((value as Partial<SqlText>).strings) &&
  Array.isArray((value as Partial<SqlText>).values);

/** A template in a template in a template is a mistake long before this. */
const deepest = 100;

class Renderer {
  sql = "";
  readonly templates: TemplatePieces[] = [];
  readonly #inputs: Readonly<Record<string, string>>;
  readonly #named: ReadonlyMap<unknown, string>;
  readonly #ambiguous: ReadonlySet<string>;

  constructor(
    inputs: Readonly<Record<string, string>>,
    named: ReadonlyMap<unknown, string>,
    ambiguous: ReadonlySet<string>,
  ) {
    this.#inputs = inputs;
    this.#named = named;
    this.#ambiguous = ambiguous;
  }

  write(text: SqlText, depth: number): void {
    if (depth > deepest) throw new TemplateError("its templates are nested without end");
    const starts: number[] = [];
    this.templates.push({ strings: text.strings, starts });
    for (const [index, piece] of text.strings.entries()) {
      starts.push(this.sql.length);
      this.sql += piece;
      if (index < text.strings.length - 1) this.#writeValue(text.values[index], depth);
    }
  }

  #writeValue(value: unknown, depth: number): void {
    const target = targetOf(value);
    const named = this.#named.get(value);
    if (target !== undefined) this.sql += this.#name(target);
    else if (named !== undefined) this.sql += quoteDataset(named);
    else if (isSqlText(value)) this.write(value, depth + 1);
    else this.sql += literal(value);
  }

  #name({ input, column }: ReferenceTarget): string {
    const dataset = Object.hasOwn(this.#inputs, input) ? this.#inputs[input] : undefined;
    if (dataset === undefined) {
      throw new TemplateError(`it uses "${input}", an input of another model; list it among its own inputs`);
    }
    if (column === undefined) return quoteDataset(dataset);
    const name = bareName(dataset);
    return `${this.#ambiguous.has(name) ? quoteDataset(dataset) : quoteName(name)}.${quoteName(column)}`;
  }
}

function literal(value: unknown): string {
  if (value === null) return "NULL";
  if (typeof value === "string") {
    if (value.includes("\0")) throw new TemplateError("it puts text with a NUL character into SQL");
    return quoteText(value);
  }
  if (typeof value === "boolean" || typeof value === "bigint") return String(value).toUpperCase();
  if (typeof value === "number" && Number.isFinite(value)) return String(value);
  if (typeof value === "object" && (value as { readonly kind?: unknown }).kind === "column") {
    throw new TemplateError(
      "it puts the contract of a column into SQL; the column itself is ${input.column}",
    );
  }
  const what =
    value === undefined ? "undefined" : Array.isArray(value) ? "a list" : `a value of type ${typeof value}`;
  const shown = typeof value === "number" ? String(value) : what;
  throw new TemplateError(
    `it puts ${shown} into SQL; what can stand there is a column, a dataset, sql\`…\`, text, a number, true, false or null`,
  );
}
