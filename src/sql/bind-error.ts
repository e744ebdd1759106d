/** From the engine's words about a query that does not bind to a problem with a name and a place. */
import { nearestName } from "../graph/nearest-name.ts";
import type { SqlProblem } from "./binder.ts";
import type { Refusal } from "./lane.ts";
import { type AliasedReference, syntaxProblem } from "./parse.ts";
import { Positions } from "./positions.ts";
import { scanSql } from "./scan-sql.ts";

/** What the engine says with `errors_as_json`. */
interface EngineError {
  readonly exception_type?: string;
  readonly exception_message: string;
  readonly error_subtype?: string;
  readonly position?: string;
  readonly candidates?: string;
  readonly name?: string;
  readonly type?: string;
}

/** What a refusal means for the user's query. `references`: the datasets it reads, with their aliases. */
export function readBindError(
  sql: string,
  { thrown, prefix }: Refusal,
  references: readonly AliasedReference[],
): SqlProblem {
  const error = readJson(thrown);
  const bytes = error.position === undefined ? undefined : Number(error.position) - prefix;
  const position = new Positions(sql).at(bytes);
  const message = error.exception_message;
  if (error.exception_type === "Parser") return syntaxProblem(sql, message, position);
  if (error.exception_type === "Permission") {
    return {
      code: "not-hermetic",
      message: message.replace(" - file system operations are disabled by configuration", ""),
      hint: "declare a source that reads it, and select from the source",
      ...markAt(sql, position),
    };
  }
  if (error.error_subtype === "MISSING_ENTRY" && error.type === "Table") {
    const mark = markDotted(sql, position);
    const { position: start = 0, length } = mark;
    const name = length === undefined ? error.name : sql.slice(start, start + length);
    return { code: "unknown-dataset", message: `dataset "${name ?? ""}" does not exist`, ...mark };
  }
  return (
    readUnknownColumn(sql, error, position, references) ??
    readUnknownTable(sql, message, position) ?? {
      code: "sql-bind",
      ...readOther(error),
      ...markAt(sql, position),
    }
  );
}

function readJson(thrown: string): EngineError {
  const start = thrown.indexOf("{");
  if (start >= 0) {
    try {
      return JSON.parse(thrown.slice(start)) as EngineError;
    } catch {
      // Some errors are raised before the setting applies, as plain text.
    }
  }
  return { exception_message: thrown };
}

function readUnknownColumn(
  sql: string,
  error: EngineError,
  position: number | undefined,
  references: readonly AliasedReference[],
): SqlProblem | undefined {
  const message = error.exception_message;
  const qualified = /^(?:Table|Values list) "(?<table>.*)" does not have a column named "(?<name>.*)"/.exec(
    message,
  )?.groups;
  const bare =
    error.error_subtype === "COLUMN_NOT_FOUND"
      ? error.name
      : /^Referenced column "(?<name>.*)" (?:not found|was not found)/.exec(message)?.groups?.["name"];
  const name = qualified?.["name"] ?? bare;
  if (name === undefined) return undefined;
  const table = qualified?.["table"];
  const candidates = [
    ...(error.candidates?.split(",") ?? []),
    ...quotedAfter(message, "Candidate bindings"),
  ].map((candidate) => candidate.slice(candidate.lastIndexOf(".") + 1));
  return {
    code: "unknown-column",
    message: `column "${name}" does not exist${whereLooked(table, references)}`,
    ...hint(name, candidates),
    ...markName(sql, position, name),
  };
}

function whereLooked(table: string | undefined, references: readonly AliasedReference[]): string {
  if (table !== undefined) {
    const known = references.find((reference) => reference.alias.toLowerCase() === table.toLowerCase());
    return ` in ${known?.name ?? `"${table}"`}`;
  }
  const names = [...new Set(references.map((reference) => reference.name))];
  if (names.length === 1) return ` in ${names[0]}`;
  return names.length === 0 ? ": the query has no FROM" : " in what the query reads";
}

function readUnknownTable(
  sql: string,
  message: string,
  position: number | undefined,
): SqlProblem | undefined {
  const name = /^Referenced table "(?<name>.*)" not found!/.exec(message)?.groups?.["name"];
  if (name === undefined) return undefined;
  const candidates = quotedAfter(message, "Candidate tables");
  return {
    code: "sql-bind",
    message: `"${name}" is not in the FROM clause`,
    ...(candidates.length === 0 ? {} : { hint: `there: ${candidates.map((one) => `"${one}"`).join(", ")}` }),
    ...markAt(sql, position),
  };
}

function readOther(error: EngineError): { readonly message: string; readonly hint?: string } {
  const name = error.name ?? "";
  const candidates = (error.candidates ?? "").split(/,(?![^(]*\))/).filter((one) => one !== "");
  if (error.error_subtype === "NO_MATCHING_FUNCTION") {
    const call = /'(.*)'/.exec(error.exception_message)?.[1] ?? name;
    const types = call.slice(name.length).replaceAll("_LITERAL", "");
    const [only] = candidates;
    return {
      message: `"${name}" does not take ${types}`,
      hint: candidates.length === 1 && only !== undefined ? `it is ${only}` : "cast its arguments",
    };
  }
  if (error.error_subtype === "MISSING_ENTRY") {
    const kind = (error.type ?? "name").toLowerCase().replace(/^(?:scalar|aggregate|table) /, "");
    return { message: `${kind} "${name}" does not exist`, ...hint(name, candidates) };
  }
  return { message: firstLine(error.exception_message) };
}

function hint(name: string, candidates: readonly string[]): { readonly hint?: string } {
  const near = nearestName(name, candidates);
  return near === undefined ? {} : { hint: `did you mean "${near}"?` };
}

const quotedAfter = (message: string, title: string): string[] => {
  const start = message.indexOf(title);
  return start < 0 ? [] : [...message.slice(start).matchAll(/"([^"]*)"/g)].map((match) => match[1] ?? "");
};

/** The rest of such messages lists dozens of overloads, or repeats itself. */
const firstLine = (message: string): string =>
  (message.split("\n")[0] ?? message).replace(/[.!]$/, "").slice(0, 300);

interface Mark {
  readonly position?: number;
  readonly length?: number;
}

function markAt(sql: string, position: number | undefined): Mark {
  if (position === undefined) return {};
  for (const token of scanSql(sql)) {
    if (token.end > position) return { position, length: Math.max(1, token.end - position) };
  }
  return { position, length: 1 };
}

/** The engine points at the start of `c.boddy`; the mistake is its last part. */
function markName(sql: string, position: number | undefined, name: string): Mark {
  if (position === undefined) return {};
  for (const token of scanSql(sql)) {
    if (token.start < position) continue;
    const text = sql.slice(token.start, token.end);
    const plain = token.kind === "name" ? text.slice(1, -1).replaceAll('""', '"') : text;
    if (plain.toLowerCase() === name.toLowerCase()) {
      return { position: token.start, length: token.end - token.start };
    }
    if (token.start > position && token.kind === "mark" && text !== ".") break;
  }
  return markAt(sql, position);
}

/** A name with all its parts: `raw.comments`. */
function markDotted(sql: string, position: number | undefined): Mark {
  if (position === undefined) return {};
  let end = position;
  for (const token of scanSql(sql)) {
    if (token.start < position) continue;
    const isPart = token.kind === "word" || token.kind === "name" || sql[token.start] === ".";
    if (!isPart || token.start !== end) break;
    end = token.end;
  }
  return end === position ? markAt(sql, position) : { position, length: end - position };
}
