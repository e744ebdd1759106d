import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Fingerprint } from "./same-work.ts";

/** Parquet files; `without`: by path of a file, names in its column `sluice_file` whose rows do not count. */
interface FilesToRead {
  readonly files: readonly string[];
  readonly without?: Readonly<Record<string, readonly string[]>>;
}

/** What the referee is told to read. */
export interface FingerprintJob {
  /** A database file that holds the outputs given by table, and the name its views know it by. */
  readonly database?: { readonly file: string; readonly catalog: string };
  readonly outputs: Readonly<Record<string, FilesToRead | { readonly table: string }>>;
  /** Columns that are not compared. */
  readonly ignored: readonly string[];
}

/** Let the referee read outputs, in a process of its own. `scratch` is a directory for its instructions. */
export async function fingerprints(
  job: FingerprintJob,
  scratch: string,
): Promise<Readonly<Record<string, Fingerprint>>> {
  const path = join(scratch, "fingerprint-job.json");
  await writeFile(path, JSON.stringify(job));
  const referee = fileURLToPath(new URL("./fingerprint-process.ts", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [referee, path], {
    maxBuffer: 64 * 1024 * 1024,
  });
  return JSON.parse(stdout) as Record<string, Fingerprint>;
}
