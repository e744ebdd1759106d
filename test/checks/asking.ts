/** Checks asked of rows by the real engine, as a run does. */
import { join } from "node:path";
import { readChecks } from "../../src/compile/checks.ts";
import { moduleSettings } from "../../src/compile/settings.ts";
import { Mistakes } from "../../src/compile/validate.ts";
import type { CheckSpec } from "../../src/define/check-spec.ts";
import type { EngineSession, InputTable } from "../../src/engine/engine.ts";
import { duckdbEngine } from "../../src/engine/duckdb.ts";
import type { DatasetNode, GraphCheck } from "../../src/graph/graph.ts";
import { isJudgedLast, lastChecks } from "../../src/graph/references.ts";
import type { TableColumn } from "../../src/graph/table-column.ts";
import { type Asked, ask } from "../../src/quality/ask.ts";
import { askLast, beforeTable } from "../../src/quality/ask-last.ts";
import { judge } from "../../src/quality/judge.ts";
import type { CheckResult } from "../../src/quality/verdict.ts";
import { openSubject } from "../../src/testing/engine-subject.ts";

/** A row of made-up data; what is not said is null, and `id` counts from 1. */
export interface Row {
  readonly id?: number;
  readonly name?: string | null;
  readonly kind?: string | null;
  readonly n?: number | null;
  readonly m?: number | null;
  readonly x?: number | null;
  readonly price?: string | null;
  readonly day?: string | null;
  readonly at?: string | null;
  readonly until?: string | null;
  readonly json?: string | null;
}

const types = {
  kind: "VARCHAR",
  name: "VARCHAR",
  n: "BIGINT",
  m: "BIGINT",
  id: "BIGINT",
  x: "DOUBLE",
  price: "DECIMAL(12,2)",
  day: "DATE",
  at: "TIMESTAMP",
  until: "TIMESTAMP",
  json: "VARCHAR",
} as const;

export const columns = Object.entries(types).map(([name, engineType]) => ({
  name,
  engineType,
  ...(name === "id"
    ? { declared: { type: "integer", nullable: false, key: true, unique: false, tags: [] } as const }
    : {}),
}));

const node = (checks: readonly GraphCheck[]): DatasetNode => ({
  id: "made.rows",
  path: "sources/made/rows.ts",
  tags: [],
  columns,
  checks,
  fingerprint: "f",
  auditFingerprint: "a",
  kind: "source",
  inputs: [],
  from: { kind: "generator" },
  quarantine: { warn: 0, stop: 0.05 },
});

/** The check as a definition leaves it: read and judged like those of a project. Errors: what is wrong with it. */
export function settled(spec: object): GraphCheck {
  const mistakes = new Mistakes(moduleSettings("made.ts", "", {}));
  const [draft] = readChecks([spec], mistakes);
  const [mistake] = mistakes.diagnostics;
  if (draft === undefined || mistake !== undefined) throw new Error(mistake?.message ?? "no check");
  return draft.check;
}

/** The same check as YAML has it: its kind, with its settings below. */
export function inYaml({ check, ...settings }: CheckSpec): object {
  return { [check]: settings };
}

/** What stands beside the rows when checks are judged last. */
export interface Beside {
  /** Of the dataset `made.others`. */
  readonly others?: readonly Row[];
  /** Columns of the version before, which has the rows of `made.others` as well. */
  readonly before?: readonly TableColumn[];
}

/** The run's logical time in these tests. */
export const runTime = "2026-03-02 12:00:00";

export interface Asking extends AsyncDisposable {
  /** What a check finds in rows. */
  find(spec: CheckSpec, rows: readonly Row[], beside?: Beside): Promise<CheckResult>;
  /** What checks find that are asked together. */
  findAll(specs: readonly CheckSpec[], rows: readonly Row[]): Promise<readonly CheckResult[]>;
}

export async function openAsking(): Promise<Asking> {
  const subject = await openSubject(duckdbEngine());
  let tables = 0;
  const table = async (rows: readonly Row[], name = "made.rows"): Promise<InputTable> => {
    const path = join(subject.directory, `${tables++}.parquet`);
    await subject.session.write(filled(rows), columns, path);
    return { name, files: [path], columns };
  };
  return {
    find: async (spec, rows, { others = [], before } = {}) => {
      const check = settled(spec);
      const asked = isJudgedLast(check)
        ? askLast(node([check]), lastChecks({ id: "made.rows", checks: [check] }), {
            runTime,
            columns,
            before,
          })
        : ask(node([check]));
      const other = await table(others, "made.others");
      const beside = [other, { ...other, name: beforeTable }];
      const [found] = await results(subject.session, asked, await table(rows), ...beside);
      if (found === undefined) throw new Error("no result");
      return found;
    },
    findAll: async (specs, rows) =>
      results(subject.session, ask(node(specs.map(settled))), await table(rows)),
    [Symbol.asyncDispose]: () => subject[Symbol.asyncDispose](),
  };
}

function filled(rows: readonly Row[]): Record<string, unknown>[] {
  const nothing = Object.fromEntries(columns.map(({ name }) => [name, null]));
  return rows.map((row, index) => ({ ...nothing, id: index + 1, ...row }));
}

async function results(
  session: EngineSession,
  asked: readonly Asked[],
  table: InputTable,
  ...others: readonly InputTable[]
): Promise<readonly CheckResult[]> {
  const answers = await session.ask(
    table,
    asked.map(({ question }) => question),
    others,
  );
  return judge(asked, answers).results;
}
