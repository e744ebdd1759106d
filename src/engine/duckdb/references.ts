import { openBinder } from "../../sql/duckdb-binder.ts";

/**
 * Datasets a query refers to, each once, as written. What cannot be parsed refers to nothing: whoever runs
 * it is told what is wrong.
 */
export async function references(sql: string): Promise<readonly string[]> {
  const binder = await openBinder();
  try {
    const parsed = await binder.parse(sql);
    return parsed.ok ? [...new Set(parsed.value.references.map(({ name }) => name))] : [];
  } finally {
    binder.close();
  }
}
