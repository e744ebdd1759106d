import { SluiceError } from "../errors.ts";
import { boundedMessage } from "../quality/bounded-result.ts";

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

const untold = "what exactly may be personal data, and is not told";

/**
 * An error that fails one dataset, in words with its way out. With `isPersonal`, where rows hold personal data, without its
 * details: the engine quotes the value that it failed on. Throws what ends the whole run, and bugs.
 */
export function failureOf(error: unknown, isPersonal: () => boolean = () => false): string {
  if (!(error instanceof SluiceError) || fatal.has(error.code)) throw error;
  const told = error.details.length > 0 && isPersonal() ? [untold] : error.details;
  const details = told.length > 0 ? ` (${boundedMessage(told.join("; "))})` : "";
  const hint = error.hint === undefined ? "" : `; ${error.hint}`;
  return `${boundedMessage(error.message)}${details}${hint}`;
}
