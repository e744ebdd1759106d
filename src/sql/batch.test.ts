import { expect, test } from "vitest";
import { openBinder } from "./duckdb-binder.ts";

/** Queries of every fate: sound, wrong, nested too deep, too long for one question with others. */
function queries(): string[] {
  return Array.from({ length: 150 }, (_, index) => {
    if (index % 31 === 0) return `select nothing_${index} from raw.a`;
    if (index % 37 === 0) return `select ${"(".repeat(3000)}1${")".repeat(3000)} as one`;
    if (index % 41 === 0) return `select '${"x".repeat(300_000)}' as long`;
    if (index % 43 === 0) return `select ${index} from from`;
    return `select id, n + ${index} as n_${index} from raw.a where id <> 'it''s "${index}"'`;
  });
}

test("queries asked about all at once get the answers that each gets alone", async () => {
  const binder = await openBinder();
  try {
    await binder.declare("raw.a", [
      { name: "id", engineType: "VARCHAR" },
      { name: "n", engineType: "BIGINT" },
    ]);
    const asked = queries();
    const [parsed, traced] = await Promise.all([
      Promise.all(asked.map((sql) => binder.parse(sql))),
      Promise.all(asked.map((sql) => binder.trace(sql))),
    ]);
    for (const [index, sql] of asked.entries()) {
      expect(parsed[index]).toEqual(await binder.parse(sql));
      // Functions, which are never equal, are left out.
      expect(JSON.stringify(traced[index])).toBe(JSON.stringify(await binder.trace(sql)));
    }
    expect(parsed.filter(({ ok }) => !ok).length).toBeGreaterThan(2);
    expect(traced.filter(({ ok }) => ok).length).toBeGreaterThan(120);
  } finally {
    binder.close();
  }
});
