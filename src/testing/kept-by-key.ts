/** What is kept by key, for those who try an engine: brought up to date as a worker does it, and an oracle of what stands. */
import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { InputTable, UpsertPart, UpsertRequest, UpsertResult, WrittenFile } from "../engine/engine.ts";
import { allRows, type EngineSubject, tableOf } from "./engine-subject.ts";

export interface Row extends Record<string, unknown> {
  readonly key: number | null;
  readonly at: number | null;
  readonly row: string | null;
  readonly gone: boolean | null;
}

/** Names that would be mistaken for the engine's own, and for parts of a query, were they not quoted. */
const types = { key: "BIGINT", at: "BIGINT", row: "VARCHAR", gone: "BOOLEAN" };
export const columns = Object.entries(types).map(([name, engineType]) => ({ name, engineType }));

let steps = 0;

/** What is kept by key, as a worker keeps it. */
export class Kept {
  readonly #subject: EngineSubject;
  readonly #settings: Partial<UpsertRequest>;
  readonly parts: { file: string; fallen?: string; tombstones: boolean }[] = [];

  constructor(subject: EngineSubject, settings: Partial<UpsertRequest> = {}) {
    this.#subject = subject;
    this.#settings = settings;
  }

  async take(
    added: readonly InputTable[],
    all: readonly InputTable[] = added,
    removed: readonly InputTable[] = [],
  ): Promise<UpsertResult> {
    const directory = join(this.#subject.directory, `upsert-${(steps += 1)}`);
    await mkdir(directory);
    const result = await this.#subject.session.upsert({
      sql: "select * from raw.changes -- all of them",
      inputs: [],
      columns,
      key: ["key"],
      order: "at",
      deleted: "gone",
      over: { all: together(all), added: together(added), removed: together(removed) },
      parts: this.parts.map(({ file, fallen }): UpsertPart => ({
        file,
        ...(fallen === undefined ? {} : { fallen }),
      })),
      directory,
      ...this.#settings,
    });
    for (const { part, positions } of result.fallen) {
      const fallen = this.parts[part];
      assert.ok(fallen);
      fallen.fallen = positions.path;
    }
    const keep = (file: WrittenFile | undefined, tombstones: boolean): unknown =>
      file && this.parts.push({ file: file.path, tombstones });
    keep(result.rows, false);
    keep(result.tombstones, true);
    return result;
  }

  /** As readers see it. */
  get table(): InputTable {
    const read = this.parts.filter(({ tombstones }) => !tombstones);
    return {
      name: "mart.kept",
      files: read.map(({ file }) => file),
      fallen: Object.fromEntries(
        read.flatMap(({ file, fallen }) => (fallen === undefined ? [] : [[file, fallen]])),
      ),
      columns: this.#settings.columns ?? columns,
    };
  }

  async rows(): Promise<Row[]> {
    return ((await allRows(this.#subject, this.table)) as Row[]).toSorted(byKey);
  }
}

const byKey = (a: Row, b: Row): number => Number(a.key) - Number(b.key);

const together = (tables: readonly InputTable[]): InputTable => ({
  name: "raw.changes",
  files: tables.flatMap(({ files }) => files),
  columns,
});

export const changes = (subject: EngineSubject, rows: readonly Row[]): Promise<InputTable> =>
  tableOf(subject, "raw.changes", types, rows);

export const change = (
  key: number | null,
  at: number | null,
  row: string | null = null,
  gone = false,
): Row => ({
  key,
  at,
  row,
  gone,
});

/** What stands of rows: the last of each key, unless it says that the key is gone. */
export function standing(rows: readonly Row[]): Row[] {
  const last = new Map<unknown, Row>();
  for (const row of rows) {
    const other = last.get(row.key);
    if (other === undefined || isAfter(row, other)) last.set(row.key, row);
  }
  return [...last.values()].filter(({ gone }) => gone !== true).toSorted(byKey);
}

function isAfter(a: Row, b: Row): boolean {
  for (const name of ["at", "row", "gone"] as const) {
    const [x, y] = [a[name], b[name]];
    if (x === y) continue;
    return y === null || (x !== null && x > y);
  }
  return false;
}
