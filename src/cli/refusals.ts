import { quarantineColumns } from "../engine/engine.ts";
import { shownRecord } from "../govern/shown-record.ts";
import type { GraphColumn } from "../graph/graph.ts";
import type { Version } from "../graph/version.ts";
import type { Ports } from "../run/ports.ts";
import { quoteText } from "../sql/quote.ts";
import { jsonValue } from "./query-value.ts";

/** Why a source's contract refused records, and a few of them. */
export interface Refusals {
  /** Most frequent first. A record with two reasons counts for both. */
  readonly reasons: readonly { readonly reason: string; readonly records: number }[];
  readonly examples: readonly {
    readonly file: string;
    readonly position: number;
    readonly reasons: readonly string[];
    /** Without personal data; null where nothing of it may be shown. */
    readonly raw: string | null;
    /** What was left out of it: names of fields, or `*` for all of it. */
    readonly hidden: readonly string[];
  }[];
}

const reasonsShown = 10;
const examplesShown = 5;

const memory = 512 * 2 ** 20;

/**
 * Look into the quarantine of one version of a source; with `before`, only at what was refused of the files that
 * this version did not know yet, or that changed since.
 */
export async function readRefusals(
  ports: Ports,
  version: Version,
  columns: readonly GraphColumn[],
  before?: Version,
): Promise<Refusals> {
  if (version.quarantine.length === 0) return { reasons: [], examples: [] };
  const news = newFiles(version, before);
  const where = news.length === 0 ? "" : `where file in (${news.map(quoteText).join(", ")})`;
  const table = {
    name: "this.quarantine",
    files: await Promise.all(version.quarantine.map((file) => ports.storage.local(file))),
    columns: quarantineColumns,
  };
  const ask = async (sql: string) => {
    const result = await ports.engine.query(sql, [table], { memory, threads: 1 });
    const rows: Record<string, unknown>[] = [];
    for await (const chunk of result.rows) {
      for (const row of chunk) {
        const entries = result.columns.map(({ name }, index) => [name, jsonValue(row[index])]);
        rows.push(Object.fromEntries(entries) as Record<string, unknown>);
      }
    }
    return rows;
  };
  const reasons = await ask(
    `select reason, count(*) as records from (select unnest(reasons) as reason from "this"."quarantine" ${where}) as each
     group by reason order by records desc, reason limit ${reasonsShown}`,
  );
  const examples = await ask(
    `select file, "position", reasons, raw from "this"."quarantine" ${where} order by file, "position" limit ${examplesShown}`,
  );
  const shown = examples.map((example) => ({ ...example, ...shownRecord(String(example["raw"]), columns) }));
  return { reasons, examples: shown } as unknown as Refusals;
}

/** Names of files that an earlier version was not read from. None where that is not known. */
function newFiles({ manifest }: Version, before: Version | undefined): string[] {
  if (!before?.manifest || !manifest) return [];
  const known = new Set(before.manifest.files.map(({ name, sha256 }) => `${sha256} ${name}`));
  return manifest.files.filter(({ name, sha256 }) => !known.has(`${sha256} ${name}`)).map(({ name }) => name);
}
