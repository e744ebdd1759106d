/** The rows of a query on their way out: whole documents are streamed, only tables are gathered. */
import type { QueryResult } from "../engine/engine.ts";
import { clip, printable } from "./display-text.ts";
import { type JsonValue, jsonValue, textValue } from "./query-value.ts";
import { count } from "./quantity.ts";
import type { Output } from "./shell.ts";
import { renderTable } from "./table.ts";

export type QueryFormat = "table" | "csv" | "json" | "ndjson";

/** Rows of a table unless told otherwise. */
const tableRows = 40;

/** Beyond this many more rows a table no longer counts what it leaves out. */
const countedRows = 1_000_000;

const widestCell = 120;

interface Rows {
  readonly columns: QueryResult["columns"];
  /** Chunks of rows, ended after `limit` rows. */
  readonly chunks: AsyncIterable<readonly (readonly unknown[])[]>;
}

async function* limited(
  rows: QueryResult["rows"],
  limit: number,
): AsyncGenerator<readonly (readonly unknown[])[]> {
  let left = limit;
  for await (const chunk of rows) {
    yield chunk.length <= left ? chunk : chunk.slice(0, left);
    left -= chunk.length;
    if (left <= 0) return;
  }
}

/** Print a result; answers with the number of rows printed. Rejects when the reader went away. */
export async function writeResult(
  out: Output,
  result: QueryResult,
  format: QueryFormat,
  limit: number | undefined,
): Promise<number> {
  if (format === "table") return writeTable(out, result, limit ?? tableRows);
  const rows = { columns: result.columns, chunks: limited(result.rows, limit ?? Infinity) };
  switch (format) {
    case "csv":
      return writeCsv(out, rows);
    case "json":
      return writeJson(out, rows, { open: "[", between: ",", close: "\n]\n" });
    case "ndjson":
      return writeJson(out, rows, { open: "", between: "", close: "" });
  }
}

/** A query may name two columns alike; an object may not: the second `a` becomes `a_2`. */
function distinctNames(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    let distinct = name;
    for (let number = 2; taken.has(distinct); number++) distinct = `${name}_${number}`;
    taken.add(distinct);
    return distinct;
  });
}

async function writeJson(
  out: Output,
  { columns, chunks }: Rows,
  marks: { readonly open: string; readonly between: string; readonly close: string },
): Promise<number> {
  let written = 0;
  const isArray = marks.open !== "";
  const keys = distinctNames(columns.map(({ name }) => name));
  await out.write(marks.open);
  for await (const chunk of chunks) {
    let text = "";
    for (const row of chunk) {
      const document = columns.map((_, index): [string, JsonValue] => [
        keys[index] ?? "",
        jsonValue(row[index]),
      ]);
      const separator = isArray ? `${written === 0 ? "" : marks.between}\n` : "";
      text += `${separator}${JSON.stringify(Object.fromEntries(document))}${isArray ? "" : "\n"}`;
      written += 1;
    }
    if (text !== "") await out.write(text);
  }
  await out.write(isArray && written === 0 ? "]\n" : marks.close);
  return written;
}

/** Quoted where RFC 4180 asks for it; an empty text is `""`, so that it differs from nothing. */
function csvField(value: unknown): string {
  if (value === null || value === undefined) return "";
  const text = textValue(value);
  return text === "" || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

async function writeCsv(out: Output, { columns, chunks }: Rows): Promise<number> {
  let written = 0;
  await out.write(`${columns.map(({ name }) => csvField(name)).join(",")}\n`);
  for await (const chunk of chunks) {
    const lines = chunk.map((row) => columns.map((_, index) => csvField(row[index])).join(","));
    if (lines.length > 0) await out.write(`${lines.join("\n")}\n`);
    written += chunk.length;
  }
  return written;
}

const isNumeric = (engineType: string) =>
  /^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|DECIMAL|FLOAT|DOUBLE)/.test(engineType);

async function writeTable(out: Output, result: QueryResult, limit: number): Promise<number> {
  const { columns } = result;
  const shown: (readonly unknown[])[] = [];
  let more = 0;
  for await (const chunk of result.rows) {
    const room = limit - shown.length;
    shown.push(...chunk.slice(0, room));
    more += Math.max(0, chunk.length - room);
    if (more > countedRows) break;
  }
  const cells = shown.map((row) =>
    columns.map((_, index) => {
      const value = row[index];
      // What is nothing must not look like an empty text.
      if (value === null || value === undefined) return "null";
      return clip(printable(textValue(value)), widestCell);
    }),
  );
  const lines = renderTable(
    columns.map(({ name, engineType }) => ({
      title: printable(name),
      align: isNumeric(engineType) ? ("right" as const) : ("left" as const),
      fixed: isNumeric(engineType),
    })),
    cells,
    { width: out.width(), style: out.style },
  );
  if (more > 0) {
    const howMany = more > countedRows ? `more than ${count(countedRows)}` : count(more);
    lines.push(out.style.dim(`… ${howMany} more; --limit shows them`));
  }
  if (shown.length === 0) lines.push(out.style.dim("(no rows)"));
  await out.write(`${lines.join("\n")}\n`);
  return shown.length;
}
