import { randomUUID } from "node:crypto";
import { readFile, rename, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { editExpected, expectedPlace } from "../compile/edit/edit-expected.ts";
import type { TestResult } from "../run/test-models.ts";

/** Tests whose expected rows were written anew, and those that somebody has to write by hand. */
export interface UpdatedTests {
  readonly written: readonly TestResult[];
  readonly left: readonly TestResult[];
}

/**
 * Write what models hold, and contracts let through, as what tests expect. What fails otherwise is left: a query that does not
 * run, a model that comes to other rows delivery by delivery than as a whole, records that are refused.
 */
export async function writeExpected(root: string, results: readonly TestResult[]): Promise<UpdatedTests> {
  const failed = results.filter(({ failure }) => failure !== undefined);
  const written: TestResult[] = [];
  const texts = new Map<string, string>();
  for (const result of failed) {
    const { test, failure = {} } = result;
    const { held, step, built, rows } = failure;
    if (held === undefined || built === "increments" || rows === "refused" || !/\.ya?ml$/.test(test.path))
      continue;
    const text = texts.get(test.path) ?? (await readFile(join(root, test.path), "utf8"));
    const edited = editExpected(text, expectedPlace(text, test.name, step), held);
    if (edited === undefined) continue;
    texts.set(test.path, edited);
    written.push(result);
  }
  for (const [path, text] of texts) await replace(join(root, path), text);
  return { written, left: failed.filter((one) => !written.includes(one)) };
}

/** All of a file at once: who reads it meanwhile sees the one text or the other. */
async function replace(path: string, text: string): Promise<void> {
  const { mode } = await stat(path);
  const beside = `${path}.${randomUUID()}~`;
  await writeFile(beside, text, { mode });
  await rename(beside, path);
}
