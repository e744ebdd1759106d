/**
 * Proof of proofs: what a query is said to keep unique, given that columns of its inputs are, is unique in the engine over
 * tables in which they are. `SLUICE_UNIQUE_CASES=2000` tries that many made-up queries, `SLUICE_UNIQUE_FROM=1` from
 * which number on.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openBinder } from "../../src/sql/duckdb-binder.ts";
import { quoteDataset, quoteName } from "../../src/sql/quote.ts";
import { Choices } from "./choices.ts";
import { datasets } from "./made/datasets.ts";
import { madeCase } from "./made/made-case.ts";
import type { Case } from "./perturb.ts";
import { type NamedQuery, readQueries } from "./shaped/read-queries.ts";
import { tpcDs } from "./shaped/tpc-ds.ts";
import { tpcH } from "./shaped/tpc-h.ts";
import { type Bench, declareAll } from "./survey.ts";
import { randomTable, type Table, tableSql, type TableShape } from "./tables.ts";
import { World } from "./world.ts";

const wanted = Number(process.env["SLUICE_UNIQUE_CASES"] ?? 150);
const from = Number(process.env["SLUICE_UNIQUE_FROM"] ?? 1);
let bench: Bench;

beforeAll(async () => {
  bench = { world: await World.open(), binder: await openBinder() };
});

afterAll(() => {
  bench.world.close();
  bench.binder.close();
});

interface Found {
  /** Sets of columns asked about, of queries that the engine answers. */
  asked: number;
  /** Those that are proven by the query alone, and given what holds in the tables. */
  certain: number;
  inherited: number;
  /** Proofs given what does not hold in the tables; and how often the answer then is not unique either. */
  idle: number;
  needed: number;
  readonly findings: string[];
}

const nothing = (): Found => ({ asked: 0, certain: 0, inherited: 0, idle: 0, needed: 0, findings: [] });

/** The table without rows that share values of these columns with an earlier one. */
function withUnique(table: Table, columns: readonly number[]): Table {
  const seen = new Set<string>();
  const rows = table.rows.filter((row) => {
    const values = columns.map((at) => row[at] ?? "");
    if (values.some((value) => /^null/i.test(value))) return true;
    const place = JSON.stringify(values);
    return !seen.has(place) && seen.add(place);
  });
  return { ...table, rows };
}

/** Some tables keep a column unique, some two together, some neither. */
function withKeys(table: Table, choices: Choices): Table {
  const places = choices.shuffle(table.columns.map((_, at) => at));
  const size = choices.below(4);
  return size === 0 ? table : withUnique(table, places.slice(0, size === 3 ? 1 : size));
}

async function repeats(sql: string, columns: readonly string[]): Promise<number | undefined> {
  const names = columns.map(quoteName).join(", ");
  const filled = columns.map((column) => `${quoteName(column)} is not null`).join(" and ");
  const answer = await bench.world.ask(
    `select count(*) as n from (select ${names} from (${sql}) where ${filled} group by ${names} having count(*) > 1)`,
  );
  return answer === undefined ? undefined : Number(JSON.parse(answer.columns[0] ?? ""));
}

/** Every column, some pairs, and all of them. */
function setsOf(names: readonly string[], choices: Choices): (readonly string[])[] {
  const pairs = names.length < 2 ? [] : Array.from({ length: 4 }, () => choices.shuffle(names).slice(0, 2));
  return [...names.map((name) => [name]), ...pairs, names];
}

async function judge(one: Case, choices: Choices, found: Found): Promise<void> {
  const columnsOf = await bench.binder.bind(one.sql);
  if (!columnsOf.ok) return;
  const sets = setsOf(
    columnsOf.value.map(({ name }) => name),
    choices,
  );
  const outcome = await bench.binder.trace(
    one.sql,
    sets.map((columns) => columns.map((name) => ({ name }))),
  );
  if (!outcome.ok) return;
  await bench.world.load(one.tables);
  for (const [at, columns] of sets.entries()) {
    const proofs = outcome.value.proofs[at] ?? [];
    if (proofs.length === 0) {
      found.asked += 1;
      continue;
    }
    const count = await repeats(one.sql, columns);
    if (count === undefined) return;
    found.asked += 1;
    const holding = [];
    for (const given of proofs) {
      const counts = await Promise.all(
        given.map((is) => repeats(`from ${quoteDataset(is.dataset)}`, is.columns)),
      );
      if (counts.every((offending) => offending === 0)) holding.push(given);
    }
    const [proof] = holding;
    if (proof === undefined) {
      found.idle += 1;
      found.needed += count > 0 ? 1 : 0;
      continue;
    }
    if (proof.length === 0) found.certain += 1;
    else found.inherited += 1;
    if (count > 0) {
      const why = `${columns.join(", ")} said to be unique given ${JSON.stringify(proof)}`;
      found.findings.push([why, ...one.tables.map(tableSql), `${one.sql};`].join("\n"));
    }
  }
}

async function judgeFile(queries: readonly NamedQuery[], shapes: readonly TableShape[]): Promise<Found> {
  await declareAll(bench, shapes);
  const found = nothing();
  for (const [at, { sql }] of queries.entries()) {
    const choices = new Choices(at + 1);
    const tables = shapes.map((shape) => withKeys(randomTable(shape, choices), choices));
    await judge({ sql, tables }, choices, found);
  }
  return found;
}

const told = ({ findings, ...counts }: Found): string =>
  JSON.stringify({ ...counts, wrong: findings.length });

describe("what is proven to be unique is unique", () => {
  test(
    "made-up queries",
    async ({ annotate }) => {
      await declareAll(bench, datasets);
      const found = nothing();
      for (let seed = from; seed < from + wanted; seed++) {
        const choices = new Choices(seed ^ 0xbeef);
        const one = madeCase(seed);
        await judge({ ...one, tables: one.tables.map((table) => withKeys(table, choices)) }, choices, found);
      }
      await annotate(told(found));
      expect(found.findings).toEqual([]);
      // Both kinds of proof are there, and what they need of the inputs is needed.
      expect(found.certain).toBeGreaterThan(wanted / 5);
      expect(found.inherited).toBeGreaterThan(wanted / 10);
      expect(found.needed).toBeGreaterThan(found.idle / 5);
    },
    60_000 + wanted * 300,
  );

  test.for<[string, string, readonly TableShape[], number]>([
    ["everyday queries", "plain.sql", datasets, 1],
    ["corners of SQL", "corners.sql", datasets, 2],
    ["TPC-H", "tpc-h.sql", tpcH, 4],
    ["TPC-DS", "tpc-ds-1.sql", tpcDs, 12],
  ])("%s", async ([, file, shapes, each], { annotate }) => {
    const queries = readQueries(file).filter((_, at) => at % each === 0);
    const found = await judgeFile(queries, shapes);
    await annotate(told(found));
    expect(found.findings).toEqual([]);
    expect(found.certain + found.inherited).toBeGreaterThan(0);
  });
});
