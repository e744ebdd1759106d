import { SluiceError } from "../errors.ts";

/** Errors that end the whole run: going on would help nobody. All others fail one dataset. */
const fatal: ReadonlySet<string> = new Set([
  "interrupted",
  "lease-lost",
  "disk-full",
  "disk-read-only",
  "state-damaged",
  "state-unreachable",
  "environment-busy",
  "storage-damaged",
  "storage-refused",
  "storage-unreachable",
  "package-missing",
]);

/** An error that fails one dataset, in words with its way out. Throws what ends the whole run, and bugs. */
export function failureOf(error: unknown): string {
  if (!(error instanceof SluiceError) || fatal.has(error.code)) throw error;
  const details = error.details.length > 0 ? ` (${error.details.join("; ")})` : "";
  const hint = error.hint === undefined ? "" : `; ${error.hint}`;
  return `${error.message}${details}${hint}`;
}
