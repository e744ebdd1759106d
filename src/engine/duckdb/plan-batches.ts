import type { FileProblem } from "../../graph/delivery.ts";
import type { ContractColumn } from "./contract.ts";
import { planScan, readingKey } from "./landing-scan.ts";
import type { PreparedFile } from "./prepare-landing.ts";
import type { Batch } from "./read-batch.ts";

/**
 * Bytes that are read in one statement, at most; a larger file is read by itself. Each makes one part, which is written
 * again when one of its files changes: enough bytes to keep all threads busy, and not more. Of text, a thread takes
 * 32 MiB at a time.
 */
const batchBytes: Readonly<Record<PreparedFile["format"], number>> = {
  csv: 128 * 2 ** 20,
  lines: 128 * 2 ** 20,
  parquet: 16 * 2 ** 20,
};

/**
 * Put files together that are read alike, in the order of their first, each batch of a bounded size. Files
 * that lack a required column are problems.
 */
export function planBatches(
  files: readonly PreparedFile[],
  columns: readonly ContractColumn[],
  inside: readonly string[],
): { readonly batches: readonly Batch[]; readonly problems: readonly FileProblem[] } {
  const batches: Batch[] = [];
  const problems: FileProblem[] = [];
  for (const group of Map.groupBy(files, readingKey).values()) {
    const [first] = group;
    if (!first) continue;
    const scan = planScan(first, columns, inside);
    if ("message" in scan)
      problems.push(...group.map(({ name }) => ({ file: name, severity: "stop" as const, ...scan })));
    else batches.push(...pieces(group).map((piece) => ({ files: piece, scan, careful: false })));
  }
  return { batches, problems };
}

function pieces(files: readonly PreparedFile[]): PreparedFile[][] {
  const result: PreparedFile[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const file of files) {
    bytes += file.bytes;
    if (bytes > batchBytes[file.format]) {
      result.push([]);
      bytes = file.bytes;
    }
    result.at(-1)?.push(file);
  }
  return result;
}
